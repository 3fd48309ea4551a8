"""The club runners of the stand-in for Strava: give each an account, import their history, let them join the demo club.

`add_club_runners` runs beside the site that bin/dev has started, whose background work reads the histories. The
function may be stopped at any time and called again, and then does only what is missing.
"""

import json
import time
import urllib.request
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from strava_live.accounts.connections import connect_strava
from strava_live.accounts.models import StravaConnection, User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import KINDS_ON_THE_WALL, Entry
from strava_live.membership.joining import join
from strava_live.strava.payloads import read_tokens
from strava_live.sync.models import SyncRun
from strava_live.sync.runs import CannotStart, start_run
from strava_live.visibility import ShownAs

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
"""Hosts on which the stand-in may run. Strava itself must never be asked for a control API."""
TIMEOUT_S = 10.0
LOOK_EVERY_S = 0.5
SCOPES = ("read,activity:read", "read,activity:read", "read,activity:read_all")
"""The scopes that club runners permit, chosen by the runner's number. activity:read_all includes private activities."""


@dataclass(frozen=True)
class ClubRunner:
    number: int
    strava_id: int
    name: str

    @property
    def username(self) -> str:
        return f"runner-{self.number:02}"

    @property
    def shown_as(self) -> ShownAs:
        """How the club shows the runner's name. A few runners hide it, about a third show it in full."""
        if self.number % 13 == 0:
            return ShownAs.HIDDEN
        return ShownAs.FULL if self.number % 3 == 0 else ShownAs.SHORT

    @property
    def scopes(self) -> str:
        return SCOPES[self.number % len(SCOPES)]


class StandInControl:
    """The control API of the stand-in for Strava."""

    def __init__(self, api_url: str) -> None:
        parts = urlsplit(api_url)
        self.url = f"{parts.scheme}://{parts.netloc}/control" if parts.hostname in LOCAL_HOSTS else ""

    def club_runners(self) -> list[ClubRunner]:
        """Return the club runners, or an empty list if the API is not that of a stand-in on this machine."""
        if not self.url:
            return []
        names = {one["id"]: one["name"] for one in self.call("athletes") if one.get("club_runner")}
        return [ClubRunner(number, strava_id, names[strava_id]) for number, strava_id in enumerate(sorted(names), 1)]

    def connected(self) -> set[int]:
        """Return Strava's ids of the athletes whose consent is valid."""
        return set(self.call("stats")["connected"]) if self.url else set()

    def grant(self, runner: ClubRunner) -> dict[str, Any]:
        """Let the runner consent, and return the tokens."""
        granted: dict[str, Any] = self.call("grant", athlete_id=runner.strava_id, scope=runner.scopes)
        return granted

    def call(self, name: str, **values: Any) -> Any:
        """Read from the control API, or write `values` to it."""
        body = json.dumps(values).encode() if values else None
        json_type = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/{name}", body, json_type)  # noqa: S310 - on this machine
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            return json.load(answer)


def add_club_runners(club: Club, code: str, *, time_zone: str) -> int:
    """Make the club runners members who share parkruns. Return how many are members now."""
    control = StandInControl(settings.STRAVA_API_URL)
    return add_runners(control, control.club_runners(), club, code, time_zone=time_zone)


def add_runners(
    control: StandInControl, runners: Sequence[ClubRunner], club: Club, code: str, *, time_zone: str
) -> int:
    """Make these athletes of the stand-in members who share parkruns. Return how many are members now.

    Each joins once their first import has finished, so that the club gets their whole history at once. A runner whose
    import has failed is left out. `code` is that of an invitation.
    """
    consented = control.connected()
    waiting: dict[int, ClubRunner] = {}
    for runner in runners:
        user = account_of(runner, time_zone)
        if needs_grant(user, runner, consented):
            connect(user, runner, control.grant(runner))
        with suppress(CannotStart):
            start_first_import(user)
        if not Membership.objects.in_club(club.pk).of(user.pk).exists():
            waiting[user.pk] = runner
    while waiting:
        # Read the runs first: the runner of an import that ends after this joins in the next round.
        importing = SyncRun.objects.live().filter(athlete__in=list(waiting)).exists()
        for user_id in imported(waiting):
            join_quietly(club, user_id, waiting.pop(user_id), code)
        if not importing:
            break  # also if imports have failed: the next start tries them again
        time.sleep(LOOK_EVERY_S)
    return len(runners) - len(waiting)


def account_of(runner: ClubRunner, time_zone: str) -> User:
    """Return the runner's account, and create it without a password if it does not exist."""
    known = User.objects.filter(username=runner.username).first()
    return known or User.objects.create_user(
        runner.username, display_name=runner.name, time_zone=time_zone, time_zone_known=True
    )


def needs_grant(user: User, runner: ClubRunner, consented: set[int]) -> bool:
    """Return whether the runner is not connected, or the stand-in has lost their tokens."""
    known = StravaConnection.objects.filter(user=user, strava_id=runner.strava_id).first()
    return known is None or known.needs_reconnecting or runner.strava_id not in consented


def connect(user: User, runner: ClubRunner, granted: dict[str, Any]) -> None:
    tokens = read_tokens(granted, now=timezone.now())
    connect_strava(user, strava_id=runner.strava_id, tokens=tokens, scopes=runner.scopes)


def start_first_import(user: User) -> None:
    """Start an import of the whole history, unless one has finished. The site's background work executes it."""
    if StravaConnection.objects.filter(user=user, synced_until=None).exists():
        start_run(user)


def imported(user_ids: Iterable[int]) -> list[int]:
    """Return the ids of those users whose whole history has been read."""
    read = StravaConnection.objects.filter(user__in=list(user_ids)).exclude(synced_until=None)
    return list(read.values_list("user", flat=True))


def join_quietly(club: Club, user_id: int, runner: ClubRunner, code: str) -> None:
    """Let the runner join, without filling the feed: put the `joined` and `history` entries below all others."""
    with transaction.atomic():
        oldest = Entry.objects.of_club(club.pk).order_by("at").values_list("at", flat=True).first()
        join(user_id, code, parkruns=True, shown_as=runner.shown_as)
        about = Entry.objects.of_club(club.pk).of_athlete(user_id).exclude(kind__in=KINDS_ON_THE_WALL)
        about.update(at=(oldest or timezone.now()) - timedelta(minutes=1))
