"""Telling Strava to forget a token: at once when it answers, again and again later when it does not.

Strava ends every token of the athlete with it, also those that it has given in the meantime. So:

- No call is made for an athlete who is connected here.
- A call that is under way while the athlete connects cannot be taken back. Its row stays, also for REVOCATION_KEPT_S
  after Strava's answer, since new tokens may have been given before it and be stored only now. When the row is due
  and the athlete is connected, the connection is checked at Strava: if its tokens are dead, the athlete is asked to
  connect again.
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
from strava_live.accounts.tokens import bearer_of
from strava_live.database import on_database
from strava_live.strava.client import Strava
from strava_live.strava.errors import ReconnectNeeded, StravaError

logger = logging.getLogger(__name__)
LONGEST_PAUSE = timedelta(days=1)


class Outcome(Enum):
    REVOKED = auto()
    UNANSWERED = auto()
    """The worker tries again."""
    UNREADABLE = auto()
    """None of FIELD_KEYS opens the token, so only the athlete can end the access, at Strava."""


async def revoke_due() -> int:
    """Work on every revocation that is due, one after the other. Return how many Strava has answered."""
    answered = 0
    while revocation := await claim_due():
        answered += await work_on(revocation)
    return answered


async def revoke_now(revocation: Revocation) -> Outcome:
    """For a page whose browser waits: take a few seconds at most, and leave the rest to the worker."""
    if not await claim_this(revocation):
        return Outcome.UNANSWERED
    return await revoke(revocation, replace(strava(), timeouts=settings.STRAVA_REVOKE_TIMEOUTS))


async def work_on(revocation: Revocation) -> bool:
    """Revoke, or check the connection of an athlete who is connected again. Return True if Strava has revoked."""
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
    await note_answered(revocation)
    logger.info("Strava revoked a token")
    return Outcome.REVOKED


async def check_connection(strava_id: int) -> bool:
    """Ask Strava whether the tokens are alive. Return False if it does not say.

    `bearer_of` notes dead tokens in the connection's row, where every page shows that the athlete must connect again.
    """
    try:
        async with bearer_of(strava_id) as bearer:
            await strava().athlete(bearer)
    except ReconnectNeeded:
        return True
    except StravaError as error:
        logger.warning("a connection could not be checked after a revocation", extra={"reason": str(error)})
        return False
    return True


@on_database
def claim_due() -> Revocation | None:
    first = timedelta(seconds=settings.REVOCATION_RETRY_S)
    return Revocation.objects.claim(now=timezone.now(), first_pause=first, longest_pause=LONGEST_PAUSE)


@on_database
def claim_this(revocation: Revocation) -> bool:
    pause = timedelta(seconds=settings.REVOCATION_RETRY_S)
    return Revocation.objects.claim_row(revocation, now=timezone.now(), pause=pause)


@on_database
def is_connected(revocation: Revocation) -> bool:
    return StravaConnection.objects.filter(strava_id=revocation.strava_id).exists()


@on_database
def note_answered(revocation: Revocation) -> None:
    """Forget the token and keep the row for a while. The row first: connecting writes to it too, and is waited for."""
    now, row = timezone.now(), Revocation.objects.filter(pk=revocation.pk)
    row.update(token=Secret.of(""), next_try_at=now + timedelta(seconds=settings.REVOCATION_KEPT_S))
    if StravaConnection.objects.filter(strava_id=revocation.strava_id).exists():
        row.update(next_try_at=now)
