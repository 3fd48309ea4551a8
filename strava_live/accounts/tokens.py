"""Give valid access tokens of an athlete's connection to Strava."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import Revocation, StravaConnection
from strava_live.accounts.strava_app import strava
from strava_live.accounts.token_service import NewTokens, TokenService
from strava_live.accounts.token_source import ConnectionTokenSource, noting_trouble
from strava_live.broadcast import announce_work_after_commit
from strava_live.strava.errors import ReconnectNeeded, StravaError
from strava_live.strava.payloads import Tokens


class TokensUnreadable(ReconnectNeeded):
    """None of the keys in FIELD_KEYS decrypts the stored tokens.

    Nothing is noted in the row of the connection, because the operator may put the right key back.
    """

    sentence = "This site can no longer read its key to your Strava."


async def refresh_at_strava(refresh_token: str) -> Tokens:
    return await strava().refresh(refresh_token)


def revoke_unstored(spent: StravaConnection, tokens: NewTokens, is_connected: bool) -> None:
    """Have Strava revoke new tokens if the athlete has disconnected, because that has revoked the old ones.

    If the athlete has connected again, do nothing: revoking one token would end those of the new grant too.
    """
    if not is_connected:
        Revocation.ask(spent.strava_id, Secret.of(tokens.refresh), user_id=spent.user_id)
        announce_work_after_commit()


STRAVA_TOKENS = TokenService(
    name="Strava",
    model=StravaConnection,
    key="strava_id",
    refresh=refresh_at_strava,
    errors=StravaError,
    reconnect_needed=ReconnectNeeded,
    unreadable=TokensUnreadable,
    reject=revoke_unstored,
)


class AthleteTokenSource(ConnectionTokenSource[StravaConnection]):
    """Gives the Strava client the access tokens of one athlete."""

    def __init__(self, strava_id: int) -> None:
        super().__init__(STRAVA_TOKENS, strava_id)


@asynccontextmanager
async def token_source_for(strava_id: int) -> AsyncGenerator[AthleteTokenSource]:
    """Yield the source of an athlete's tokens, for the calls to Strava in the block.

    If the block raises ReconnectNeeded, note in the row of the connection that the athlete must reconnect. For its
    subclass TokensUnreadable, only log a warning.
    """
    source = AthleteTokenSource(strava_id)
    async with noting_trouble(source):
        yield source
