"""Ask Strava to revoke (end) tokens that this site no longer uses, until Strava has done so.

Each token to revoke is a row of `Revocation`. The first attempt is made at once. The worker makes further attempts,
with growing pauses, for settings.STRAVA_REVOKE_DAYS days.

Revoking one token ends all tokens of the athlete, also new ones that the athlete has granted meanwhile. Therefore:

- No attempt is started while the athlete is connected here.
- If the athlete connects again while a call is under way, the call may end the new tokens, too. To find out, the row
  is kept until the call has surely ended. Once Strava has revoked the token, the row is kept for
  settings.REVOCATION_KEPT_S, because a sign-in stores new tokens a little later than Strava grants them. If the athlete
  is connected when the row is due again, Strava is called with the new tokens. If Strava refuses them, the athlete is
  asked to reconnect.
"""

import logging
from dataclasses import replace
from datetime import timedelta
from enum import Enum, auto

from django.conf import settings
from django.utils import timezone

from strava_live.accounts.encryption import Secret, UnreadableSecret
from strava_live.accounts.models import Revocation
from strava_live.accounts.revocation_queue import claim_next, claim_this
from strava_live.accounts.strava_app import strava
from strava_live.accounts.tokens import token_source_for
from strava_live.database import on_database
from strava_live.strava.client import Strava
from strava_live.strava.errors import ReconnectNeeded, StravaError

logger = logging.getLogger(__name__)
REVOCATIONS_AT_ONCE = 4
"""How many revocations a process sends at the same time. A call that hangs does not hold up the others."""


class RevocationOutcome(Enum):
    """The outcome of an attempt to revoke a token."""

    REVOKED = auto()
    UNANSWERED = auto()
    """Strava has not confirmed the revocation. The worker tries again later, unless the athlete has connected again."""
    UNREADABLE = auto()
    """No key in FIELD_KEYS decrypts the token, so it cannot be sent. The athlete can end it on Strava's own site."""


async def revoke_due() -> int:
    """Process all revocations that are due, one after the other. Return how many tokens Strava has revoked."""
    revoked = 0
    while revocation := await claim_next(Revocation):
        revoked += await process(revocation)
    return revoked


async def revoke_now(revocation: Revocation) -> RevocationOutcome:
    """Try to revoke a token while a browser waits. Give up after a few seconds: the worker tries again."""
    if not await claim_this(revocation):
        return RevocationOutcome.UNANSWERED
    return await revoke(revocation, replace(strava(), timeouts=settings.STRAVA_REVOKE_TIMEOUTS))


async def process(revocation: Revocation) -> bool:
    """Revoke the token of a row that is due. If its athlete has connected again, check the new connection instead.

    Delete the row once the new connection has been checked. Also delete it if its token was revoked earlier and the
    athlete is not connected, because nothing is left to check. Delete it, too, if Strava has not answered for too long.
    Return True if Strava has revoked the token now.
    """
    await on_database(revocation.hide_athlete)()
    if strava_id := await on_database(revocation.connected_athlete)():
        if await could_check_connection(strava_id):
            await on_database(revocation.delete)()
        return False
    if not revocation.token:
        await on_database(revocation.delete)()
        return False
    is_last = revocation.asked_at < timezone.now() - timedelta(days=settings.STRAVA_REVOKE_DAYS)
    is_revoked = await revoke(revocation, strava()) is RevocationOutcome.REVOKED
    if is_last and not is_revoked:
        logger.error("Strava did not take a revocation for too long", extra={"tries": revocation.tries})
        await on_database(revocation.delete)()
    return is_revoked


async def revoke(revocation: Revocation, client: Strava) -> RevocationOutcome:
    try:
        await client.revoke(revocation.token.reveal())
    except UnreadableSecret:
        logger.warning("a token that is to be revoked cannot be read with FIELD_KEYS")
        return RevocationOutcome.UNREADABLE
    except StravaError as error:
        logger.warning("Strava did not take a revocation", extra={"tries": revocation.tries, "reason": str(error)})
        return RevocationOutcome.UNANSWERED
    await note_revoked(revocation)
    logger.info("Strava revoked a token")
    return RevocationOutcome.REVOKED


async def could_check_connection(strava_id: int) -> bool:
    """Try the tokens of the athlete's connection at Strava. Return False if Strava gave no clear answer.

    Return True if Strava accepted or refused the tokens, or if there are none that can be tried. If Strava refused
    them, `token_source_for` notes that in the row of the connection, and pages then ask the athlete to reconnect.
    """
    try:
        async with token_source_for(strava_id) as tokens:
            await strava().athlete(tokens)
    except ReconnectNeeded:
        return True
    except StravaError as error:
        logger.warning("a connection could not be checked after a revocation", extra={"reason": str(error)})
        return False
    return True


@on_database
def note_revoked(revocation: Revocation) -> None:
    """Erase the revoked token and the code of its owner, and keep the row for a while.

    Make it due at once if the athlete is connected again.

    The order matters: update the row first, then look for a connection. Connecting updates the row, too
    (`settle_revocations`). Either the connecting comes after this update, finds the token erased, and makes the row
    due. Or the connecting comes before it, and the new connection is found here.
    """
    now, rows = timezone.now(), Revocation.objects.filter(pk=revocation.pk)
    rows.update(token=Secret.of(""), person_code="", next_try_at=now + timedelta(seconds=settings.REVOCATION_KEPT_S))
    if revocation.connected_athlete():
        rows.update(next_try_at=now)
