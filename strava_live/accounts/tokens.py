"""Give valid access tokens of an athlete, and have one process at a time refresh them.

Strava may end a refresh token as soon as it has returned the next one, so two refreshes at once can cost an athlete the
connection. A process therefore claims a lease on the row of the connection before it asks Strava for new tokens
(refresh_lease.py). No transaction is open during that call. Storing the new tokens is retried until it succeeds
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
"""An access token that ends sooner than this is refreshed before it is used."""
POLL_S = (0.05, 0.25)
"""The least and the most seconds between two looks at the row while another process refreshes the tokens."""
TAKE_OVER_AFTER_S = 10.0
"""How long a process waits, after a lease has ended by itself, before it claims the lease. The owner may have got new
tokens from Strava during an outage of the database, and may be storing them now."""

refreshes: set[asyncio.Task[str]] = set()
"""The refreshes that are under way in this process. asyncio itself keeps only weak references to tasks."""


class TokensUnreadable(ReconnectNeeded):
    """None of the keys in FIELD_KEYS decrypts the stored tokens.

    Nothing is noted in the row of the connection, because the operator may put the right key back.
    """

    sentence = "This site can no longer read its key to your Strava."


class AthleteTokenSource:
    """Gives the Strava client the access tokens of one athlete (see `http.tokens.TokenSource`)."""

    def __init__(self, strava_id: int) -> None:
        self.strava_id = strava_id
        self.connection: StravaConnection | None = None

    async def token(self) -> str:
        """Return an access token: the stored one, or a new one if the stored one ends within MARGIN.

        If another process is refreshing the tokens, wait for that process. Raise ReconnectNeeded if there are no tokens
        that can be used.
        """
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
        """Record that `token` has expired, because Strava refused it. Do nothing if another token is stored by now."""
        await expire(self.strava_id, token)


@asynccontextmanager
async def token_source_for(strava_id: int) -> AsyncGenerator[AthleteTokenSource]:
    """Yield the source of an athlete's tokens, for the calls to Strava in the block.

    If the block raises ReconnectNeeded, note in the row of the connection that the athlete must reconnect. For its
    subclass TokensUnreadable, only log a warning.
    """
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

    `owner` must hold the lease. The lease is released at the end, also if Strava returned no tokens.
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
    """Before the process ends, wait up to `patience_s` for its refreshes, so that their tokens are stored."""
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
    if not connection.tokens_can_be_decrypted:
        raise TokensUnreadable("none of FIELD_KEYS opens the stored tokens")
    return connection


@on_database
def expire(strava_id: int, token: str) -> None:
    """Record that the stored access token has expired, if it still is `token`."""
    connection = StravaConnection.objects.filter(strava_id=strava_id).first()
    if connection is not None and holds(connection, token):
        unchanged(connection, "expires_at").update(expires_at=datetime.fromtimestamp(0, UTC))


def holds(connection: StravaConnection, token: str) -> bool:
    """Return True if `token` is the access token that `connection` has stored."""
    try:
        return connection.access_token.reveal() == token
    except UnreadableSecret:
        return False


@on_database
def note_reconnect_needed(connection: StravaConnection, error: ReconnectNeeded) -> None:
    """Note in the row of the connection that the athlete must reconnect.

    Do nothing if the athlete has reconnected, or other tokens were stored, since `connection` was read: then the tokens
    that failed are not in use any more.
    """
    if unchanged(connection, "connected_at", "refresh_token").update(trouble=StravaConnection.Trouble.RECONNECT):
        details = {"strava_id": connection.strava_id, "reason": str(error)}
        logger.warning("an athlete has to connect Strava again", extra=details)
