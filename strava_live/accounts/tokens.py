"""Valid access tokens of an athlete, refreshed by one process at a time.

Strava may invalidate a refresh token as soon as it returns the next one, so two refreshes at once can cost an athlete
the connection. The process that refreshes first claims a lease on the connection's row (refresh_lease.py). No
transaction is open during the call, and the new tokens are stored, with retries, before the lease ends
(token_storage.py).
"""

import asyncio
import logging
import random
import uuid
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from django.db import Error
from django.utils import timezone

from strava_live.accounts import refresh_lease
from strava_live.accounts.encryption import UnreadableSecret
from strava_live.accounts.models import StravaConnection
from strava_live.accounts.strava_app import strava
from strava_live.accounts.token_storage import store_until_stored
from strava_live.database import on_database
from strava_live.leases import unchanged
from strava_live.strava.errors import ReconnectNeeded, StravaError

logger = logging.getLogger(__name__)

MARGIN = timedelta(minutes=5)
POLL_S = (0.05, 0.25)
TAKE_OVER_AFTER_S = 10.0
"""How long a lapsed lease is left to its owner while the database answers. A database outage may have kept the owner
from storing new tokens, and it stores them now."""

refreshes: set[asyncio.Task[str]] = set()  # asyncio keeps only weak references to tasks


class TokensUnreadable(ReconnectNeeded):
    """None of FIELD_KEYS decrypts the stored tokens. The row does not note that, because the key may come back."""

    sentence = "This site can no longer read its key to your Strava."


class AthleteTokenSource:
    """The access tokens of one athlete; a `TokenSource` for the Strava client."""

    def __init__(self, strava_id: int) -> None:
        self.strava_id = strava_id
        self.connection: StravaConnection | None = None

    async def token(self) -> str:
        """Return a token that is valid for some minutes. Refresh it, or wait for the process that is refreshing it."""
        lapsed_s = 0.0
        while True:
            connection = self.connection = await find_connection(self.strava_id)
            if connection.expires_at > timezone.now() + MARGIN:
                return connection.access_token.reveal()
            owner = uuid.uuid4().hex
            may_claim = not connection.refresh_owner or lapsed_s >= TAKE_OVER_AFTER_S
            if may_claim and await refresh_lease.claim(connection, owner):
                # Use the new token even if its lifetime is shorter than MARGIN: another refresh would not change that.
                token = await run_shielded(refresh(connection, owner))
                self.connection = await find_connection(self.strava_id)
                return token
            pause = random.uniform(*POLL_S)  # noqa: S311 no secret
            await asyncio.sleep(pause)
            lapsed_s = lapsed_s + pause if refresh_lease.has_lapsed(connection) else 0.0

    async def refused(self, token: str) -> None:
        """Mark `token` as expired, because Strava refused it. Do nothing if a newer one is stored already."""
        await expire(self.strava_id, token)


@asynccontextmanager
async def token_source_for(strava_id: int) -> AsyncGenerator[AthleteTokenSource]:
    """Give a block of calls the athlete's tokens. If it raises ReconnectNeeded, note that in the connection's row."""
    source = AthleteTokenSource(strava_id)
    try:
        yield source
    except TokensUnreadable:
        logger.warning("the tokens of an athlete cannot be read with FIELD_KEYS", extra={"strava_id": strava_id})
        raise
    except ReconnectNeeded as error:
        if source.connection is not None:
            await note_reconnect_needed(source.connection, error)
        raise


async def refresh(connection: StravaConnection, owner: str) -> str:
    """Get new tokens from Strava, store them and return the access token.

    `owner` must hold the lease. It is released at the end, whether or not that worked.
    """
    try:
        tokens = await strava().refresh(connection.refresh_token.reveal())
    except StravaError:
        try:
            await refresh_lease.release(connection, owner)
        except Error:
            logger.warning("a refresh lease was not released and ends by itself", exc_info=True)
        raise
    await store_until_stored(connection, owner, tokens)
    return tokens.access


async def finish_refreshes(patience_s: float) -> None:
    """Wait for running refreshes before the process ends, so that the tokens Strava has returned are stored."""
    if refreshes:
        await asyncio.wait(set(refreshes), timeout=patience_s)


async def run_shielded(refreshing: Coroutine[None, None, str]) -> str:
    """Await a refresh in a task of its own, which continues if the caller is cancelled: new tokens must be stored."""
    task = asyncio.create_task(refreshing)
    refreshes.add(task)
    task.add_done_callback(refreshes.discard)
    return await asyncio.shield(task)


@on_database
def find_connection(strava_id: int) -> StravaConnection:
    """Return the athlete's connection. Raise ReconnectNeeded if there is none, or if its tokens cannot be used."""
    connection = StravaConnection.objects.filter(strava_id=strava_id).first()
    if connection is None:
        raise ReconnectNeeded("the athlete has disconnected")
    if connection.trouble == StravaConnection.Trouble.RECONNECT:
        raise ReconnectNeeded("Strava refused this connection before")
    if not connection.is_readable:
        raise TokensUnreadable("none of FIELD_KEYS opens the stored tokens")
    return connection


@on_database
def expire(strava_id: int, token: str) -> None:
    """Mark the stored access token as expired, if it still is `token`."""
    connection = StravaConnection.objects.filter(strava_id=strava_id).first()
    if connection is not None and holds(connection, token):
        unchanged(connection, "expires_at").update(expires_at=datetime.fromtimestamp(0, UTC))


def holds(connection: StravaConnection, token: str) -> bool:
    try:
        return connection.access_token.reveal() == token
    except UnreadableSecret:
        return False


@on_database
def note_reconnect_needed(connection: StravaConnection, error: ReconnectNeeded) -> None:
    """Note that the athlete must reconnect.

    Do nothing if they have reconnected or newer tokens were stored since `connection` was read: the old ones failed.
    """
    if unchanged(connection, "connected_at", "refresh_token").update(trouble=StravaConnection.Trouble.RECONNECT):
        details = {"strava_id": connection.strava_id, "reason": str(error)}
        logger.warning("an athlete has to connect Strava again", extra=details)
