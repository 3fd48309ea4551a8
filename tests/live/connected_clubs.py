"""Clubs whose members are connected to the stand-in for Strava and share their parkruns.

They are created in bulk, in the database of a running site. Each member's first import has finished without an
activity, so the site numbers their parkruns and has nothing left to read.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulators.process import StandIn
from tests.live.founding import FoundClub, founded
from tests.live_site import LiveSite

SCOPES = "read,activity:read"
AT_ONCE = 2000
"""How many athletes one control call creates."""


@dataclass
class ConnectedClub(FoundClub):
    athletes: list[int]
    """Strava's id of each member, in the same order as `members`."""


def connected_club(site: LiveSite, stand_in: StandIn, *, members: int, screens: int = 1) -> ConnectedClub:
    return connected_clubs(site, stand_in, 1, members=members, screens=screens, sessions=members)[0]


def connected_clubs(
    site: LiveSite, stand_in: StandIn, count: int, *, members: int, screens: int = 1, sessions: int = 1
) -> list[ConnectedClub]:
    """Create clubs and their members, of whom the first `sessions` of each club get a session."""
    grants = Path(site.folder.name) / "grants.json"
    grants.write_text(json.dumps(new_grants(stand_in, count * members)))
    words = f"{str(grants)!r}, {members}, {screens}, {sessions}"
    code = f"from tests.live.connected_clubs import print_clubs; print_clubs({words})"
    return [ConnectedClub(**club) for club in json.loads(site.manage("shell", "-v", "0", "-c", code))]


def new_grants(stand_in: StandIn, count: int) -> list[dict[str, Any]]:
    """Create athletes without activities at the stand-in. Return the tokens of each athlete, with the athlete's id."""
    grants: list[dict[str, Any]] = []
    for first in range(0, count, AT_ONCE):
        orders = [("athletes", {"activities": 0, "event": "bushy"})] * min(AT_ONCE, count - first)
        ids = [int(made["athlete_id"]) for made in stand_in.batch(orders)]
        granted = stand_in.batch([("grant", {"athlete_id": one, "scope": SCOPES}) for one in ids])
        grants += [{"athlete_id": one, **tokens} for one, tokens in zip(ids, granted, strict=True)]
    return grants


def print_clubs(grants_file: str, members: int, screens: int, sessions: int) -> None:
    from django.db import transaction

    grants = json.loads(Path(grants_file).read_text())
    clubs = []
    with transaction.atomic():
        for first in range(0, len(grants), members):
            club = founded(members, screens, sessions=sessions)
            clubs.append(vars(club) | {"athletes": connect(club.members, grants[first : first + members])})
    print(json.dumps(clubs))  # noqa: T201 read by connected_clubs


def connect(user_ids: Sequence[int], grants: Sequence[dict[str, Any]]) -> list[int]:
    """Connect each user with one grant, and let them share their parkruns. Return Strava's ids."""
    from datetime import UTC, datetime

    from django.utils import timezone

    from strava_live.accounts.encryption import Secret
    from strava_live.accounts.models import StravaConnection
    from strava_live.activities.models import AthleteState
    from strava_live.clubs.models import Membership
    from strava_live.sync.models import SyncRun

    now, pairs = timezone.now(), list(zip(user_ids, grants, strict=True))
    StravaConnection.objects.bulk_create(
        StravaConnection(
            user_id=user_id,
            strava_id=grant["athlete_id"],
            access_token=Secret.of(grant["access_token"]),
            refresh_token=Secret.of(grant["refresh_token"]),
            expires_at=datetime.fromtimestamp(grant["expires_at"], UTC),
            scopes=grant["scope"],
            synced_until=now,
        )
        for user_id, grant in pairs
    )
    AthleteState.objects.bulk_create(AthleteState(athlete_id=user_id, history_known=True) for user_id in user_ids)
    SyncRun.objects.bulk_create(
        SyncRun(
            athlete_id=user_id,
            strava_id=grant["athlete_id"],
            state=SyncRun.RunState.FINISHED,
            started_at=now,
            ended_at=now,
        )
        for user_id, grant in pairs
    )
    Membership.objects.filter(user__in=user_ids).update(shares_parkruns=True, shown_as="full", consented_at=now)
    return [grant["athlete_id"] for grant in grants]
