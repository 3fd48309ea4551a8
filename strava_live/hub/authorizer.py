"""Who may come in at a socket, and where the club stands: asked of the tables for everybody who knocks meanwhile."""

from dataclasses import dataclass

from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.accounts.sessions import users_by_session
from strava_live.clubs.models import Membership, Screen
from strava_live.hub.batcher import Batcher
from strava_live.hub.snapshots import Asked, Hello, hellos
from strava_live.protocol import Close


class ConnectionRefused(Exception):
    """Whoever knocked may not come in; the code says why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Admitted:
    """To the feed of a club: one of its members, or one of its screens."""

    club_id: int
    evictions: int
    """The club's eviction number when this permission was read: an eviction of a higher number came after it."""
    user_id: int | None = None
    screen_id: int | None = None


class Authorizer:
    """One for each hub, so that a question is answered together with those of the same process."""

    def __init__(self) -> None:
        self.people: Batcher[str, User | None] = Batcher(people)
        self.members: Batcher[tuple[str, str], Admitted | int] = Batcher(members)
        self.screens: Batcher[str, Admitted | None] = Batcher(screens)
        self.snapshots: Batcher[Asked, Hello | None] = Batcher(hellos)

    async def person(self, session_key: str) -> User:
        if session_key and (user := await self.people.ask(session_key)):
            return user
        raise ConnectionRefused(Close.NOT_SIGNED_IN)

    async def member(self, session_key: str, slug: str) -> Admitted:
        answer = await self.members.ask((session_key, slug)) if session_key else Close.NOT_SIGNED_IN
        if isinstance(answer, Admitted):
            return answer
        raise ConnectionRefused(answer)

    async def screen(self, digest: str) -> Admitted:
        if admitted := await self.screens.ask(digest):
            return admitted
        raise ConnectionRefused(Close.NOT_THERE)

    async def hello(self, asked: Asked) -> Hello:
        if hello := await self.snapshots.ask(asked):
            return hello
        raise ConnectionRefused(Close.NOT_THERE)


def people(session_keys: list[str]) -> list[User | None]:
    users = users_by_session(session_keys)
    return [users.get(key) for key in session_keys]


def members(knocks: list[tuple[str, str]]) -> list[Admitted | int]:
    users = users_by_session(key for key, _ in knocks)
    found = Membership.objects.active().filter(
        user__in={user.pk for user in users.values()}, club__slug__in={slug for _, slug in knocks}
    )
    rows = found.values_list("user", "club__slug", "club", "club__evictions")
    admitted = {
        (user_id, slug): Admitted(club_id=club_id, evictions=evictions, user_id=user_id)
        for user_id, slug, club_id, evictions in rows
    }

    def answer(session_key: str, slug: str) -> Admitted | int:
        if session_key not in users:
            return Close.NOT_SIGNED_IN
        return admitted.get((users[session_key].pk, slug), Close.NOT_THERE)

    return [answer(*knock) for knock in knocks]


def screens(digests: list[str]) -> list[Admitted | None]:
    valid = Screen.objects.valid(now=timezone.now()).filter(digest__in=set(digests))
    rows = valid.values_list("digest", "club", "pk", "club__evictions")
    found = {digest: Admitted(club_id=club, evictions=evictions, screen_id=pk) for digest, club, pk, evictions in rows}
    return [found.get(digest) for digest in digests]


@dataclass(frozen=True, slots=True)
class Permissions:
    """What those who are inside rest on, for looking it all up at once."""

    session_keys: frozenset[str]
    memberships: frozenset[tuple[int, int]]
    """Of a user in a club."""
    screen_ids: frozenset[int]

    def still(self) -> "Permissions":
        """Those that hold now: a session still somebody's, a member still one, a key not revoked. Four queries."""
        users, clubs = {user for user, _ in self.memberships}, {club for _, club in self.memberships}
        found = Membership.objects.active().filter(user__in=users, club__in=clubs).values_list("user", "club")
        valid = Screen.objects.valid(now=timezone.now()).filter(pk__in=self.screen_ids)
        return Permissions(
            session_keys=frozenset(users_by_session(self.session_keys)),
            memberships=self.memberships & frozenset(found),
            screen_ids=frozenset(valid.values_list("pk", flat=True)),
        )
