"""Delete a Thing at Bucket if its owner wants that, and have Bucket revoke (end) tokens that are no longer used.

Each grant to revoke is a row of `BucketRevocation`. The first attempt is made at once. The worker makes further
attempts, with growing pauses, for settings.BUCKET_REVOKE_DAYS days. Every attempt begins at the start: what is deleted
or revoked already does no harm.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from enum import Enum, auto

from django.conf import settings
from django.utils import timezone

from strava_live.accounts.encryption import UnreadableSecret
from strava_live.accounts.revocation_queue import claim_next, claim_this
from strava_live.bucket.bucket_app import bucket
from strava_live.bucket.models import BucketRevocation
from strava_live.bucket.tokens import BucketTokensUnreadable, bucket_token_source
from strava_live.bucket_client.errors import (
    BucketError,
    BucketNotAllowed,
    BucketReconnectNeeded,
)
from strava_live.database import on_database

logger = logging.getLogger(__name__)


class BucketRevocationOutcome(Enum):
    """What has become of an attempt."""

    DONE = auto()
    """Bucket has deleted what it was asked to delete, and has revoked the tokens."""
    UNANSWERED = auto()
    """Bucket has not done everything. The worker tries again later."""
    REFUSED = auto()
    """Bucket no longer accepts the tokens: they are ended already. A Thing that was to be deleted is left there."""
    UNREADABLE = auto()
    """No key in FIELD_KEYS decrypts the tokens. The worker tries again later: the operator may put the key back."""


async def revoke_bucket_due() -> int:
    """Process all revocations that are due, one after the other. Return how many are done."""
    done = 0
    while revocation := await claim_next(BucketRevocation):
        done += await process(revocation) is BucketRevocationOutcome.DONE
    return done


async def revoke_bucket_now(revocation: BucketRevocation) -> BucketRevocationOutcome:
    """Try while a browser waits. Give up after a few seconds: the worker tries again."""
    if await claim_this(revocation):
        with suppress(TimeoutError):
            async with asyncio.timeout(settings.BUCKET_REVOKE_WITHIN_S):
                return await process(revocation)
    return BucketRevocationOutcome.UNANSWERED


async def process(revocation: BucketRevocation) -> BucketRevocationOutcome:
    """Make one attempt. Delete the row unless there will be another."""
    is_last = revocation.asked_at < timezone.now() - timedelta(days=settings.BUCKET_REVOKE_DAYS)
    outcome = await attempt(revocation, deletes=bool(revocation.thing_id) and not is_last)
    if is_last:
        logger.error("Bucket did not do for too long what it was asked", extra=details_of(revocation))
    if is_last or outcome in {BucketRevocationOutcome.DONE, BucketRevocationOutcome.REFUSED}:
        await on_database(revocation.delete)()
    return outcome


async def attempt(revocation: BucketRevocation, *, deletes: bool) -> BucketRevocationOutcome:
    """Delete the Thing at Bucket if `deletes`, then revoke the tokens."""
    try:
        if deletes:
            async with bucket_token_source(revocation) as tokens:
                with suppress(BucketNotAllowed):  # it is not there any more
                    await bucket().delete_thing(tokens, revocation.thing_id)
            await on_database(revocation.refresh_from_db)()  # its tokens may have been refreshed
        await bucket().revoke((revocation.refresh_token or revocation.access_token).reveal())
    except (BucketTokensUnreadable, UnreadableSecret):
        logger.warning("tokens that Bucket is to revoke cannot be read with FIELD_KEYS")
        return BucketRevocationOutcome.UNREADABLE
    except BucketReconnectNeeded:
        return BucketRevocationOutcome.REFUSED
    except BucketError as error:
        details = details_of(revocation) | {"reason": str(error)}
        logger.warning("Bucket did not take a revocation", extra=details)
        return BucketRevocationOutcome.UNANSWERED
    logger.info("Bucket revoked a connection", extra=details_of(revocation))
    return BucketRevocationOutcome.DONE


def details_of(revocation: BucketRevocation) -> dict[str, object]:
    return {"revocation": revocation.pk, "tries": revocation.tries, "deletes_thing": bool(revocation.thing_id)}


def is_to_be_deleted(thing_id: str) -> bool:
    """Return True if the owner wants a Thing to be deleted, and Bucket has not done so yet. Nothing is sent to it."""
    return BucketRevocation.objects.filter(thing_id=thing_id).exists()
