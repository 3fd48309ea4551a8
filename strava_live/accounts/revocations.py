"""Telling Strava to forget a token: at once when it answers, again and again later when it does not."""

import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from strava_live.accounts.encryption import UnreadableSecret
from strava_live.accounts.models import Revocation, StravaConnection
from strava_live.accounts.strava_app import strava
from strava_live.database import on_database
from strava_live.strava.errors import StravaError

logger = logging.getLogger(__name__)
LONGEST_PAUSE = timedelta(days=1)


async def revoke_due() -> int:
    """Try every revocation that is due, one after the other; how many Strava has answered."""
    answered = 0
    while revocation := await claim_revocation():
        answered += await revoke(revocation)
    return answered


@on_database
def claim_revocation() -> Revocation | None:
    first = timedelta(seconds=settings.REVOCATION_RETRY_S)
    return Revocation.objects.claim(now=timezone.now(), first_pause=first, longest_pause=LONGEST_PAUSE)


def is_connected_again(revocation: Revocation) -> bool:
    """Then nothing is to be revoked any more, and the row has gone or goes."""
    if not StravaConnection.objects.filter(strava_id=revocation.strava_id).exists():
        return False
    revocation.delete()
    return True


async def revoke(revocation: Revocation) -> bool:
    if await on_database(is_connected_again)(revocation):
        return False
    try:
        await strava().revoke(revocation.token.reveal())
    except (StravaError, UnreadableSecret) as error:
        logger.warning("Strava did not take a revocation", extra={"tries": revocation.tries, "reason": str(error)})
        return False
    await on_database(revocation.delete)()
    logger.info("Strava revoked a token")
    return True
