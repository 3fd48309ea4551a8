"""Authorize new connections and read snapshots of clubs' feeds, in batches of those that connect at the same time."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.utils import timezone

from strava_live.accounts.encryption import digest_of
from strava_live.accounts.models import User
from strava_live.accounts.sessions import users_by_session
from strava_live.api_tokens.models import ApiToken
from strava_live.api_tokens.tokens import find_tokens, is_noted, note_used, still_valid
from strava_live.batcher import Batcher
from strava_live.clubs.models import Membership, Screen
from strava_live.database import on_database
from strava_live.hub.snapshots import SharedHello, SnapshotRequest, read_hellos
from strava_live.protocol import Close


class ConnectionRefused(Exception):
    """The client may not connect, or not now. Its socket must be closed with `code`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class FeedAccess:
    """Permission to read one club's feed, as a member or as a wall screen."""

    club_id: int
    eviction_number: int
    """How many evictions the club's row had counted when the permission was read. Later evictions have higher numbers,
    and may have withdrawn the permission."""
    user_id: int | None = None
    """The member; None for a screen."""
    screen_id: int | None = None
    """The screen; None for a member."""


class TokenAccess(NamedTuple):
    """The API token with which a stream is opened, and the token's user."""

    token_id: int
    user: User


class Authorizer:
    """Look up in the database which user, API token or screen connects, and what they may read."""

    def __init__(self) -> None:
        self.users: Batcher[str, User | None] = Batcher(find_users)
        self.tokens: Batcher[str, ApiToken | None] = Batcher(find_tokens_in_order)
        self.members: Batcher[tuple[str, str], FeedAccess | int] = Batcher(find_members)
        self.members_by_id: Batcher[tuple[int, str], FeedAccess | None] = Batcher(find_members_by_id)
        self.screens: Batcher[str, FeedAccess | None] = Batcher(find_screens)
        self.snapshots: Batcher[SnapshotRequest, SharedHello | None] = Batcher(read_hellos)

    async def user(self, session_key: str) -> User:
        """Return the user who is signed in with a session, or raise ConnectionRefused."""
        if session_key and (user := await self.users.ask(session_key)):
            return user
        raise ConnectionRefused(Close.NOT_SIGNED_IN)

    async def token(self, secret: str) -> TokenAccess:
        """Return the access of an API token, found by its secret, or raise ConnectionRefused. Note the token's use."""
        token = await self.tokens.ask(digest_of(secret))
        if token is None:
            raise ConnectionRefused(Close.NOT_SIGNED_IN)
        now = timezone.now()
        if not is_noted(token, now=now):
            await on_database(note_used)(token, now=now)
        return TokenAccess(token.pk, token.user)

    async def member(self, session_key: str, slug: str) -> FeedAccess:
        """Return the access of a session's user to the feed of a club, or raise ConnectionRefused."""
        answer = await self.members.ask((session_key, slug)) if session_key else Close.NOT_SIGNED_IN
        if isinstance(answer, FeedAccess):
            return answer
        raise ConnectionRefused(answer)

    async def member_by_id(self, user_id: int, slug: str) -> FeedAccess:
        """Return the access of an authorized user to the feed of a club, or raise ConnectionRefused."""
        if access := await self.members_by_id.ask((user_id, slug)):
            return access
        raise ConnectionRefused(Close.NOT_THERE)

    async def screen(self, digest: str) -> FeedAccess:
        """Return the access of a wall screen, found by the hash of its key, or raise ConnectionRefused."""
        if access := await self.screens.ask(digest):
            return access
        raise ConnectionRefused(Close.NOT_THERE)

    async def hello(self, request: SnapshotRequest) -> SharedHello:
        """Read the snapshot of a club's feed. Raise ConnectionRefused if the club has been deleted."""
        if hello := await self.snapshots.ask(request):
            return hello
        raise ConnectionRefused(Close.NOT_THERE)


def find_users(session_keys: list[str]) -> list[User | None]:
    """Return the user of each session key, in order; None if the session has expired or does not exist."""
    users = users_by_session(session_keys)
    return [users.get(key) for key in session_keys]


def find_tokens_in_order(digests: list[str]) -> list[ApiToken | None]:
    """Return, for each digest of a secret, the API token with its user; None if the token is not valid."""
    tokens = find_tokens(digests, now=timezone.now())
    return [tokens.get(digest) for digest in digests]


def find_members(requests: list[tuple[str, str]]) -> list[FeedAccess | int]:
    """Return, for each pair of a session key and a club's slug, the access to the feed or the code of the refusal."""
    users = users_by_session(key for key, _ in requests)
    access = member_accesses((users[key].pk, slug) for key, slug in requests if key in users)

    def answer(session_key: str, slug: str) -> FeedAccess | int:
        if session_key not in users:
            return Close.NOT_SIGNED_IN
        return access.get((users[session_key].pk, slug), Close.NOT_THERE)

    return [answer(*request) for request in requests]


def find_members_by_id(requests: list[tuple[int, str]]) -> list[FeedAccess | None]:
    """Return, for each pair of a user id and a club's slug, the access to the feed; None for no active member."""
    access = member_accesses(requests)
    return [access.get(request) for request in requests]


def member_accesses(members: Iterable[tuple[int, str]]) -> dict[tuple[int, str], FeedAccess]:
    """Return the access of active members to feeds, by user id and the club's slug, in one query.

    The answer may have other pairs of these users and clubs, too.
    """
    pairs = set(members)
    found = Membership.objects.active().filter(
        user__in={user_id for user_id, _ in pairs}, club__slug__in={slug for _, slug in pairs}
    )
    rows = found.values_list("user", "club__slug", "club", "club__evictions")
    return {
        (user_id, slug): FeedAccess(club_id=club_id, eviction_number=evictions, user_id=user_id)
        for user_id, slug, club_id, evictions in rows
    }


def find_screens(digests: list[str]) -> list[FeedAccess | None]:
    """Return, for each hash of a key, the access of the wall screen with this key; None if the key is not valid."""
    valid = Screen.objects.valid(now=timezone.now()).filter(digest__in=set(digests))
    rows = valid.values_list("digest", "club", "pk", "club__evictions")
    access = {
        digest: FeedAccess(club_id=club_id, eviction_number=evictions, screen_id=pk)
        for digest, club_id, pk, evictions in rows
    }
    return [access.get(digest) for digest in digests]


@dataclass(frozen=True, slots=True)
class Permissions:
    """The sessions, API tokens, memberships and screens on which the access of a set of connections depends."""

    session_keys: frozenset[str]
    memberships: frozenset[tuple[int, int]]
    """Pairs of user id and club id."""
    screen_ids: frozenset[int]
    token_ids: frozenset[int] = frozenset()

    def still_valid(self) -> "Permissions":
        """Return those of these permissions that the database still grants. Takes four or five queries."""
        users, clubs = {user for user, _ in self.memberships}, {club for _, club in self.memberships}
        found = Membership.objects.active().filter(user__in=users, club__in=clubs).values_list("user", "club")
        valid = Screen.objects.valid(now=timezone.now()).filter(pk__in=self.screen_ids)
        return Permissions(
            session_keys=frozenset(users_by_session(self.session_keys)),
            memberships=self.memberships & frozenset(found),
            screen_ids=frozenset(valid.values_list("pk", flat=True)),
            token_ids=frozenset(still_valid(self.token_ids, now=timezone.now()) if self.token_ids else ()),
        )
