"""Give valid access tokens of a connection, and have one process at a time refresh them.

A service may end a refresh token as soon as it has returned the next one, so two refreshes at once can cost a user the
connection. A process therefore claims a lease on the row of the connection before it asks the service for new tokens
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
from typing import Any, Generic

from django.db import Error
from django.utils import timezone

from strava_live.accounts import refresh_lease
from strava_live.accounts.encryption import UnreadableSecret
from strava_live.accounts.token_columns import TokenColumns
from strava_live.accounts.token_service import ConnectionT, TokenService
from strava_live.accounts.token_storage import store_until_stored
from strava_live.database import on_database
from strava_live.leases import unchanged

logger = logging.getLogger(__name__)

MARGIN = timedelta(minutes=5)
"""An access token that ends sooner than this is refreshed before it is used."""
POLL_S = (0.05, 0.25)
"""The least and the most seconds between two reads of the row while another process refreshes the tokens."""
TAKE_OVER_AFTER_S = 10.0
"""How long a process waits, after a lease has ended by itself, before it claims the lease. The owner may have got new
tokens from the service during an outage of the database, and may be storing them now."""

refreshes: set[asyncio.Task[str]] = set()
"""The refreshes that are under way in this process. asyncio itself keeps only weak references to tasks."""


class ConnectionTokenSource(Generic[ConnectionT]):
    """Gives a service's client the access tokens of one connection (see `http.tokens.TokenSource`)."""

    def __init__(self, service: TokenService[ConnectionT], key: Any) -> None:
        self.service = service
        self.key = key
        self.connection: ConnectionT | None = None

    async def token(self) -> str:
        """Return an access token: the stored one, or a new one if the stored one ends within MARGIN.

        If another process is refreshing the tokens, wait for that process. Raise `service.reconnect_needed` if there
        are no tokens that can be used.
        """
        lapsed_s = 0.0
        while True:
            connection = self.connection = await find_connection(self.service, self.key)
            if is_usable(connection):
                return connection.access_token.reveal()
            if not connection.refresh_token:
                raise self.service.reconnect_needed("the access token has expired, and there is no refresh token")
            owner = uuid.uuid4().hex
            may_claim = not connection.refresh_owner or lapsed_s >= TAKE_OVER_AFTER_S
            if may_claim and await refresh_lease.claim(connection, owner):
                # Use the new token even if its lifetime is shorter than MARGIN: another refresh would not change that.
                token = await run_shielded(refresh(self.service, connection, owner))
                self.connection = await find_connection(self.service, self.key)
                return token
            pause = random.uniform(*POLL_S)  # noqa: S311 no secret
            await asyncio.sleep(pause)
            lapsed_s = lapsed_s + pause if refresh_lease.has_lapsed(connection) else 0.0

    async def refused(self, token: str) -> None:
        """Record that `token` has expired, because the service refused it. Do nothing if another is stored by now."""
        await expire(self.service, self.key, token)


@asynccontextmanager
async def noting_trouble(source: ConnectionTokenSource[ConnectionT]) -> AsyncGenerator[None]:
    """If the block raises `reconnect_needed`, note in the row of the connection that the user must reconnect.

    For its subclass `unreadable`, only log a warning.
    """
    service = source.service
    try:
        yield
    except service.unreadable:
        details = {"service": service.name, service.key: source.key}
        logger.warning("the tokens of a connection cannot be read with FIELD_KEYS", extra=details)
        raise
    except service.reconnect_needed as error:
        if source.connection is not None:
            await note_reconnect_needed(service, source.connection, error)
        raise


def is_usable(connection: TokenColumns) -> bool:
    """Return True if the access token is valid for longer than MARGIN.

    Without a refresh token, the access token is used until it ends.
    """
    margin = MARGIN if connection.refresh_token else timedelta(0)
    return connection.expires_at > timezone.now() + margin


async def refresh(service: TokenService[ConnectionT], connection: ConnectionT, owner: str) -> str:
    """Get new tokens from the service, store them and return the access token.

    `owner` must hold the lease. The lease is released at the end, also if the service returned no tokens.
    """
    try:
        tokens = await service.refresh(connection.refresh_token.reveal())
    except service.errors:
        try:
            await refresh_lease.release(connection, owner)
        except Error:
            logger.warning("a refresh lease was not released and ends by itself", exc_info=True)
        raise
    await store_until_stored(service, connection, owner, tokens)
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
def find_connection(service: TokenService[ConnectionT], key: Any) -> ConnectionT:
    """Return the connection. Raise `service.reconnect_needed` if there is none, or if its tokens cannot be used."""
    connection = service.find(key)
    if connection is None:
        raise service.reconnect_needed("the user has disconnected")
    if connection.trouble == TokenColumns.RECONNECT:
        raise service.reconnect_needed(f"{service.name} refused this connection before")
    if not connection.tokens_can_be_decrypted:
        raise service.unreadable("none of FIELD_KEYS opens the stored tokens")
    return connection


@on_database
def expire(service: TokenService[ConnectionT], key: Any, token: str) -> None:
    """Record that the stored access token has expired, if it still is `token`."""
    connection = service.find(key)
    if connection is not None and holds(connection, token):
        unchanged(connection, "expires_at").update(expires_at=datetime.fromtimestamp(0, UTC))


def holds(connection: TokenColumns, token: str) -> bool:
    """Return True if `token` is the access token that `connection` has stored."""
    try:
        return connection.access_token.reveal() == token
    except UnreadableSecret:
        return False


@on_database
def note_reconnect_needed(service: TokenService[ConnectionT], connection: ConnectionT, error: Exception) -> None:
    """Note in the row of the connection that the user must reconnect.

    Do nothing if the user has reconnected, or other tokens were stored, since `connection` was read: then the tokens
    that failed are not in use any more.
    """
    if unchanged(connection, "connected_at", "refresh_token").update(trouble=TokenColumns.RECONNECT):
        details = service.details(connection) | {"reason": str(error)}
        logger.warning("a user has to connect again", extra=details)
