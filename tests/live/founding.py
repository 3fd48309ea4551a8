"""Create clubs in the database of a running site, with members, their sessions, and screens.

`found_clubs` runs `print_clubs` in a process with the site's settings and database.
"""

import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

from simulators.process import StandIn
from tests.live.visitor import Visitor
from tests.live_site import LiveSite


@dataclass
class FoundClub:
    pk: int
    slug: str
    members: list[int]
    sessions: list[str]
    """The session keys of the members who have one, in the same order."""
    screens: list[int]
    keys: list[str]


def found_club(site: LiveSite, *, members: int = 2, screens: int = 1) -> FoundClub:
    return found_clubs(site, 1, members=members, screens=screens)[0]


def found_clubs(site: LiveSite, count: int, *, members: int = 2, screens: int = 1) -> list[FoundClub]:
    code = f"from tests.live.founding import print_clubs; print_clubs({count}, {members}, {screens})"
    return [FoundClub(**club) for club in json.loads(site.manage("shell", "-v", "0", "-c", code))]


def print_clubs(count: int, members: int, screens: int) -> None:
    print(json.dumps([vars(founded(members, screens)) for _ in range(count)]))  # noqa: T201 read by found_clubs


def founded(members: int, screens: int, *, sessions: int | None = None) -> FoundClub:
    """Create a club. Only the first `sessions` members get a session, if that is given."""
    from strava_live.accounts.models import User
    from strava_live.clubs.keys import put_up_screen
    from strava_live.clubs.models import Club, Membership

    club = Club.objects.create(slug=f"club-{secrets.token_hex(4)}", name="Delft Runners")
    users = User.objects.bulk_create(
        User(username=f"{club.slug}-{number}", display_name=f"Alva Berg{number}") for number in range(members)
    )
    Membership.objects.bulk_create(Membership(club=club, user=user) for user in users)
    put_up = [put_up_screen(club.pk) for _ in range(screens)]
    return FoundClub(
        pk=club.pk,
        slug=club.slug,
        members=[user.pk for user in users],
        sessions=sessions_of(users[:sessions]),
        screens=[screen.pk for screen in put_up],
        keys=[screen.secret.reveal() for screen in put_up],
    )


def newcomer(site: LiveSite, username: str) -> Visitor:
    """Sign up a user without the forms, because hashing a password as in production takes a third of a second."""
    code = f"from tests.live.founding import print_newcomer; print_newcomer({username!r})"
    visitor = Visitor(site.url)
    session = site.manage("shell", "-v", "0", "-c", code).strip()
    visitor.jar.set("sessionid", session, domain="localhost.local")
    return visitor


def connected_athlete(site: LiveSite, stand_in: StandIn, **history: object) -> tuple[Visitor, int]:
    """Sign up an athlete and connect the account of a new athlete at the stand-in, who has this history.

    Return the athlete's browser, and the id at Strava.
    """
    strava_id = stand_in.add_athlete(**history)
    visitor = newcomer(site, f"athlete{strava_id}")
    visitor.connect_strava(stand_in, strava_id)
    return visitor, strava_id


def print_newcomer(username: str) -> None:
    from strava_live.accounts.models import User

    User.objects.filter(username=username).delete()  # left over from another test
    user = User.objects.create_user(username)
    user.password = "not checked: a hash takes long"
    user.save()
    print(*sessions_of([user]))  # noqa: T201 for the process that asked


def table_of(site: LiveSite, club_id: int) -> list[dict[str, Any]]:
    code = f"import json; from tests.live.founding import table; print(json.dumps(table({club_id})))"
    rows: list[dict[str, Any]] = json.loads(site.manage("shell", "-v", "0", "-c", code))
    return rows


def table(club_id: int) -> list[dict[str, Any]]:
    """Return the entries in the database, as a feed must show them."""
    from strava_live.feed.models import Entry
    from strava_live.feed.wording import text_of
    from strava_live.formats import utc_iso_exact

    return [
        {"id": row.pk, "at": utc_iso_exact(row.at), "seq": row.seq, "text": text_of(row), "cheers": row.cheers}
        for row in Entry.objects.of_club(club_id).not_removed()
    ]


def sessions_of(users: list[Any]) -> list[str]:
    """Create a session for each user, as signing in does. Return their keys."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    backend = "allauth.account.auth_backends.AuthenticationBackend"
    keys = []
    for user in users:
        session = SessionStore()
        session.update({SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: backend})
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.create()
        keys.append(str(session.session_key))
    return keys
