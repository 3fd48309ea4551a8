"""Fresh access tokens, refreshed by one process at a time.

Strava may kill a refresh token the moment it hands out the next, so two refreshes at once cost the athlete their
connection. Whoever refreshes first claims the connection's row for 70 seconds, longer than a call to Strava can take;
nothing is held during the call, and what it brings is stored only while the claim is still ours.
"""

import asyncio
import logging
import random
import uuid
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import Revocation, StravaConnection
from strava_live.accounts.strava_app import strava
from strava_live.database import on_database
from strava_live.strava.errors import ReconnectNeeded, StravaError
from strava_live.strava.payloads import Tokens

logger = logging.getLogger(__name__)

MARGIN = timedelta(minutes=5)
CLAIM = timedelta(seconds=70)
LOOK_AGAIN_S = (0.05, 0.25)

refreshes: set[asyncio.Task[str]] = set()  # asyncio itself holds tasks weakly


class AthleteBearer:
    """The access token of one athlete; see strava.bearer.Bearer."""

    def __init__(self, strava_id: int) -> None:
        self.strava_id = strava_id
        self.connection: StravaConnection | None = None

    async def token(self) -> str:
        """A token that is good for some minutes yet, refreshed by us or by whoever is at it already."""
        while True:
            connection = self.connection = await find_connection(self.strava_id)
            if connection.expires_at > timezone.now() + MARGIN:
                return connection.access_token.reveal()
            me = uuid.uuid4().hex
            if await claim(connection, me):
                # Good for now, even if Strava should give it less time than our margin: asking on would never end.
                return await to_its_end(refresh(connection, me))
            await asyncio.sleep(random.uniform(*LOOK_AGAIN_S))  # noqa: S311 no secret

    async def refused(self, token: str) -> None:
        """Strava does not take it any more: unless somebody has renewed it already, it counts as expired."""
        await expire(self.strava_id, token)


@asynccontextmanager
async def bearer_of(strava_id: int) -> AsyncGenerator[AthleteBearer]:
    """For calls in an athlete's name. When Strava wants them to connect again, that is noted before it is raised."""
    bearer = AthleteBearer(strava_id)
    try:
        yield bearer
    except ReconnectNeeded as error:
        if bearer.connection is not None:
            await note_reconnect_needed(bearer.connection, error)
        raise


async def refresh(connection: StravaConnection, me: str) -> str:
    """Ask Strava for new tokens, store them, give the access token. Only for who holds the claim, which ends here."""
    try:
        tokens = await strava().refresh(connection.refresh_token.reveal())
    except StravaError:
        await release(connection, me)
        raise
    await store(connection, me, tokens)
    return tokens.access


async def finish_refreshes(patience_s: float) -> None:
    """Before the process ends: what Strava has answered must be stored."""
    if refreshes:
        await asyncio.wait(set(refreshes), timeout=patience_s)


async def to_its_end(refreshing: Coroutine[None, None, str]) -> str:
    """Also when whoever waits is cancelled: new tokens that nobody stores cost the athlete the connection."""
    task = asyncio.create_task(refreshing)
    refreshes.add(task)
    task.add_done_callback(refreshes.discard)
    return await asyncio.shield(task)


@on_database
def find_connection(strava_id: int) -> StravaConnection:
    connection = StravaConnection.objects.filter(strava_id=strava_id).first()
    if connection is None:
        raise ReconnectNeeded("the athlete has disconnected")
    if connection.trouble == StravaConnection.Trouble.RECONNECT:
        raise ReconnectNeeded("Strava refused this connection before")
    return connection


@on_database
def claim(connection: StravaConnection, me: str) -> bool:
    """Ours alone, if nobody has it and nobody has refreshed since it was read."""
    now = timezone.now()
    unchanged = StravaConnection.objects.filter(pk=connection.pk, expires_at=connection.expires_at)
    free = unchanged.filter(Q(refresh_until=None) | Q(refresh_until__lt=now))
    return bool(free.update(refresh_owner=me, refresh_until=now + CLAIM))


@on_database
def release(connection: StravaConnection, me: str) -> None:
    mine = StravaConnection.objects.filter(pk=connection.pk, refresh_owner=me)
    mine.update(refresh_owner="", refresh_until=None)


@on_database
def store(connection: StravaConnection, me: str, tokens: Tokens) -> None:
    """Fenced by the claim. Who disconnected meanwhile had the old token revoked; the new one must go the same way."""
    mine = StravaConnection.objects.filter(pk=connection.pk, refresh_owner=me)
    stored = mine.update(
        access_token=Secret.of(tokens.access),
        refresh_token=Secret.of(tokens.refresh),
        expires_at=tokens.expires_at,
        refresh_owner="",
        refresh_until=None,
    )
    if not stored and not StravaConnection.objects.filter(strava_id=connection.strava_id).exists():
        Revocation.objects.create(strava_id=connection.strava_id, token=Secret.of(tokens.refresh))
        raise ReconnectNeeded("the athlete has disconnected")


@on_database
def expire(strava_id: int, token: str) -> None:
    connection = StravaConnection.objects.filter(strava_id=strava_id).first()
    if connection is not None and connection.access_token.reveal() == token:
        unchanged = StravaConnection.objects.filter(pk=connection.pk, expires_at=connection.expires_at)
        unchanged.update(expires_at=datetime.fromtimestamp(0, UTC))


@on_database
def note_reconnect_needed(connection: StravaConnection, error: ReconnectNeeded) -> None:
    """Unless they have connected again since: what failed was the old grant then."""
    same = StravaConnection.objects.filter(pk=connection.pk, connected_at=connection.connected_at)
    if same.update(trouble=StravaConnection.Trouble.RECONNECT):
        who = {"strava_id": connection.strava_id, "reason": str(error)}
        logger.warning("an athlete has to connect Strava again", extra=who)
