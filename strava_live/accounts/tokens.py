"""Fresh access tokens, refreshed by one process at a time.

Strava may kill a refresh token the moment it hands out the next, so two refreshes at once cost the athlete their
connection. Whoever refreshes first claims the connection's row (refresh_claims.py); no transaction is open during the
call, and what it brings is stored, with retries, before the claim ends (token_storing.py).
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

from strava_live.accounts.encryption import UnreadableSecret
from strava_live.accounts.models import StravaConnection
from strava_live.accounts.refresh_claims import claim, has_lapsed, release_claim
from strava_live.accounts.strava_app import strava
from strava_live.accounts.token_storing import store_until_stored
from strava_live.database import on_database
from strava_live.strava.errors import ReconnectNeeded, StravaError

logger = logging.getLogger(__name__)

MARGIN = timedelta(minutes=5)
LOOK_AGAIN_S = (0.05, 0.25)
TAKE_OVER_AFTER_S = 10.0
"""How long a lapsed claim is left alone while the database answers, so that its holder can still store tokens that a
database outage has kept it from storing."""

refreshes: set[asyncio.Task[str]] = set()  # asyncio itself holds tasks weakly


class TokensUnreadable(ReconnectNeeded):
    """None of FIELD_KEYS opens the stored tokens. Not noted in the row: they are good again once the key is back."""

    sentence = "This site can no longer read its key to your Strava."


class AthleteBearer:
    """The access token of one athlete; see strava.bearer.Bearer."""

    def __init__(self, strava_id: int) -> None:
        self.strava_id = strava_id
        self.connection: StravaConnection | None = None

    async def token(self) -> str:
        """A token that is good for some minutes yet, refreshed by us or by whoever is at it already."""
        lapsed_s = 0.0
        while True:
            connection = self.connection = await find_connection(self.strava_id)
            if connection.expires_at > timezone.now() + MARGIN:
                return connection.access_token.reveal()
            owner = uuid.uuid4().hex
            may_claim = not connection.refresh_owner or lapsed_s >= TAKE_OVER_AFTER_S
            if may_claim and await claim(connection, owner):
                # Good for now, even if Strava should give it less time than our margin: asking on would never end.
                token = await to_its_end(refresh(connection, owner))
                self.connection = await find_connection(self.strava_id)
                return token
            pause = random.uniform(*LOOK_AGAIN_S)  # noqa: S311 no secret
            await asyncio.sleep(pause)
            lapsed_s = lapsed_s + pause if has_lapsed(connection) else 0.0

    async def refused(self, token: str) -> None:
        """Strava does not take it any more: unless somebody has renewed it already, it counts as expired."""
        await expire(self.strava_id, token)


@asynccontextmanager
async def bearer_of(strava_id: int) -> AsyncGenerator[AthleteBearer]:
    """For calls in an athlete's name. When Strava wants them to connect again, that is noted before it is raised."""
    bearer = AthleteBearer(strava_id)
    try:
        yield bearer
    except TokensUnreadable:
        logger.warning("the tokens of an athlete cannot be read with FIELD_KEYS", extra={"strava_id": strava_id})
        raise
    except ReconnectNeeded as error:
        if bearer.connection is not None:
            await note_reconnect_needed(bearer.connection, error)
        raise


async def refresh(connection: StravaConnection, owner: str) -> str:
    """Ask Strava for new tokens, store them, give the access token. Only for who holds the claim, which ends here."""
    try:
        tokens = await strava().refresh(connection.refresh_token.reveal())
    except StravaError:
        try:
            await release_claim(connection, owner)
        except Error:
            logger.warning("a claim on a refresh was not released and ends by itself", exc_info=True)
        raise
    await store_until_stored(connection, owner, tokens)
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
    """Return the row, whose tokens can be read. Raises ReconnectNeeded if there is none that could be of use."""
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
    connection = StravaConnection.objects.filter(strava_id=strava_id).first()
    if connection is not None and holds(connection, token):
        unchanged = StravaConnection.objects.filter(pk=connection.pk, expires_at=connection.expires_at)
        unchanged.update(expires_at=datetime.fromtimestamp(0, UTC))


def holds(connection: StravaConnection, token: str) -> bool:
    try:
        return connection.access_token.reveal() == token
    except UnreadableSecret:
        return False


@on_database
def note_reconnect_needed(connection: StravaConnection, error: ReconnectNeeded) -> None:
    """Unless the athlete has connected again since, or newer tokens are stored: what failed were the old ones then."""
    same = StravaConnection.objects.filter(pk=connection.pk, connected_at=connection.connected_at)
    if same.filter(refresh_token=connection.refresh_token).update(trouble=StravaConnection.Trouble.RECONNECT):
        who = {"strava_id": connection.strava_id, "reason": str(error)}
        logger.warning("an athlete has to connect Strava again", extra=who)
