"""Revoke tokens at Strava: at once if it answers, and again with growing pauses until it does.

Revoking one token ends every token of that athlete, including new ones that they grant in the meantime. Therefore:

- No token is revoked while its athlete is connected here.
- A call that is under way when the athlete connects again cannot be stopped. Its `Revocation` row stays until the call
  must have ended, and for REVOCATION_KEPT_S after Strava's answer, because tokens that Strava granted before it may be
  stored later. When such a row is due and the athlete is connected, the connection is checked at Strava. If its tokens
  are invalid, the athlete is asked to reconnect.
"""

import logging
from dataclasses import replace
from datetime import timedelta
from enum import Enum, auto

from django.conf import settings
from django.utils import timezone

from strava_live.accounts.encryption import Secret, UnreadableSecret
from strava_live.accounts.models import Revocation, StravaConnection
from strava_live.accounts.strava_app import strava
from strava_live.accounts.tokens import token_source_for
from strava_live.database import on_database
from strava_live.strava.client import Strava
from strava_live.strava.errors import ReconnectNeeded, StravaError

logger = logging.getLogger(__name__)
LONGEST_PAUSE = timedelta(days=1)


class Outcome(Enum):
    REVOKED = auto()
    UNANSWERED = auto()
    """The worker will try again."""
    UNREADABLE = auto()
    """None of FIELD_KEYS decrypts the token, so only the athlete can end the access, on Strava's site."""


async def revoke_due() -> int:
    """Process every revocation that is due, one by one. Return how many tokens Strava has revoked."""
    revoked = 0
    while revocation := await claim_due():
        revoked += await process(revocation)
    return revoked


async def revoke_now(revocation: Revocation) -> Outcome:
    """Revoke while a browser waits: take a few seconds at most, and leave the rest to the worker."""
    if not await claim_this(revocation):
        return Outcome.UNANSWERED
    return await revoke(revocation, replace(strava(), timeouts=settings.STRAVA_REVOKE_TIMEOUTS))


async def process(revocation: Revocation) -> bool:
    """Revoke the token, or check the connection if the athlete is connected again. Return True if Strava revoked it."""
    if await is_connected(revocation):
        if await check_connection(revocation.strava_id):
            await on_database(revocation.delete)()
        return False
    if not revocation.token:
        await on_database(revocation.delete)()
        return False
    return await revoke(revocation, strava()) is Outcome.REVOKED


async def revoke(revocation: Revocation, client: Strava) -> Outcome:
    try:
        await client.revoke(revocation.token.reveal())
    except UnreadableSecret:
        logger.warning("a token that is to be revoked cannot be read with FIELD_KEYS")
        return Outcome.UNREADABLE
    except StravaError as error:
        logger.warning("Strava did not take a revocation", extra={"tries": revocation.tries, "reason": str(error)})
        return Outcome.UNANSWERED
    await note_revoked(revocation)
    logger.info("Strava revoked a token")
    return Outcome.REVOKED


async def check_connection(strava_id: int) -> bool:
    """Find out at Strava whether the connection's tokens are valid. Return False if Strava did not answer.

    `token_source_for` notes invalid tokens in the connection's row, and every page then asks the athlete to reconnect.
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
def claim_due() -> Revocation | None:
    first = timedelta(seconds=settings.REVOCATION_RETRY_S)
    return Revocation.objects.claim_due(now=timezone.now(), first_pause=first, longest_pause=LONGEST_PAUSE)


@on_database
def claim_this(revocation: Revocation) -> bool:
    return revocation.claim(now=timezone.now(), pause=timedelta(seconds=settings.REVOCATION_RETRY_S))


@on_database
def is_connected(revocation: Revocation) -> bool:
    return StravaConnection.objects.filter(strava_id=revocation.strava_id).exists()


@on_database
def note_revoked(revocation: Revocation) -> None:
    """Erase the token and keep the row for a while.

    The row is written before the connection is looked up. Connecting writes to the row too, so it either waits for this
    update and sees it, or its connection is seen here.
    """
    now, row = timezone.now(), Revocation.objects.filter(pk=revocation.pk)
    row.update(token=Secret.of(""), next_try_at=now + timedelta(seconds=settings.REVOCATION_KEPT_S))
    if StravaConnection.objects.filter(strava_id=revocation.strava_id).exists():
        row.update(next_try_at=now)
