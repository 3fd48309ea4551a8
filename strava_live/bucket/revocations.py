"""Delete what was sent to Bucket if the user wants that, and have Bucket revoke (end) tokens that are no longer used.

Each grant to revoke is a row of `BucketRevocation`. The first attempt is made at once. The worker makes further
attempts, with growing pauses, for settings.BUCKET_REVOKE_DAYS days. Every attempt repeats all steps, because deleting
or revoking a second time does no harm. The last one only revokes the tokens.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from enum import Enum, auto

from django.conf import settings
from django.utils import timezone

from strava_live.accounts.encryption import UnreadableSecret
from strava_live.accounts.revocation_queue import claim_next, claim_this, kept_claimed
from strava_live.bucket.bucket_app import bucket
from strava_live.bucket.models import BucketConnection, BucketRevocation
from strava_live.bucket.own_things import own_things
from strava_live.bucket.tokens import BucketTokensUnreadable, bucket_token_source
from strava_live.bucket_client.errors import (
    BucketError,
    BucketNotAllowed,
    BucketReconnectNeeded,
)
from strava_live.bucket_client.shapes import Thing
from strava_live.database import on_database
from strava_live.http.tokens import TokenSource

logger = logging.getLogger(__name__)
CLOCKS_DIFFER_BY = timedelta(minutes=5)
"""How much Bucket's clock may be ahead of this machine's."""


class BucketRevocationOutcome(Enum):
    """The outcome of an attempt."""

    DONE = auto()
    """Bucket has deleted what it was asked to delete, and has revoked the tokens."""
    UNANSWERED = auto()
    """Bucket has not done everything. The worker tries again later."""
    REFUSED = auto()
    """Bucket no longer accepts the tokens: they are already ended. A Thing that was to be deleted is left there."""
    UNREADABLE = auto()
    """No key in FIELD_KEYS decrypts the tokens. The worker tries again later: the operator may put the key back."""


async def revoke_bucket_due() -> int:
    """Process all revocations that are due, one after the other. Return how many are done."""
    done = 0
    while revocation := await claim_next(BucketRevocation):
        done += await process(revocation) is BucketRevocationOutcome.DONE
    return done


async def revoke_bucket_now(revocation: BucketRevocation) -> BucketRevocationOutcome:
    """Make one attempt while a browser waits. Give up after a few seconds: the worker tries again."""
    if await claim_this(revocation):
        with suppress(TimeoutError):
            async with asyncio.timeout(settings.BUCKET_REVOKE_WITHIN_S):
                return await process(revocation)
    return BucketRevocationOutcome.UNANSWERED


async def process(revocation: BucketRevocation) -> BucketRevocationOutcome:
    """Make one attempt. Delete the row unless there will be another attempt."""
    is_last = revocation.asked_at < timezone.now() - timedelta(days=settings.BUCKET_REVOKE_DAYS)
    async with kept_claimed(revocation):
        outcome = await attempt(revocation, deletes=revocation.deletes_there and not is_last)
    if is_last and (revocation.deletes_there or outcome is not BucketRevocationOutcome.DONE):
        logger.error("Bucket did not do for too long what it was asked", extra=details_of(revocation))
    if is_last or outcome in {BucketRevocationOutcome.DONE, BucketRevocationOutcome.REFUSED}:
        await on_database(revocation.delete)()
    return outcome


async def attempt(revocation: BucketRevocation, *, deletes: bool) -> BucketRevocationOutcome:
    """Delete at Bucket what was sent if `deletes`, then revoke the tokens."""
    try:
        if deletes:
            async with bucket_token_source(revocation) as tokens:
                await delete_what_was_sent(revocation, tokens)
            await on_database(revocation.refresh_from_db)()  # its tokens may have been refreshed
        await bucket().revoke((revocation.refresh_token or revocation.access_token).reveal())
    except (BucketTokensUnreadable, UnreadableSecret):
        logger.warning("tokens that Bucket is to revoke cannot be read with FIELD_KEYS")
        return BucketRevocationOutcome.UNREADABLE
    except BucketReconnectNeeded:
        return BucketRevocationOutcome.REFUSED
    except BucketRevocation.DoesNotExist:  # another process has done everything, and deleted the row
        return BucketRevocationOutcome.DONE
    except BucketError as error:
        details = details_of(revocation) | {"reason": str(error)}
        logger.warning("Bucket did not take a revocation", extra=details)
        return BucketRevocationOutcome.UNANSWERED
    logger.info("Bucket revoked a connection", extra=details_of(revocation))
    return BucketRevocationOutcome.DONE


async def delete_what_was_sent(revocation: BucketRevocation, tokens: TokenSource) -> None:
    """Delete the Thing of the revocation.

    If the revocation has no Thing, because nothing was sent with its connection, delete the Things that earlier
    connections have made.
    """
    ids = [revocation.thing_id]
    if not revocation.thing_id:
        ids = await on_database(left_things)(revocation, await bucket().list_things(tokens))
    for thing_id in ids:
        with suppress(BucketNotAllowed):  # the Thing is not there any more
            await bucket().delete_thing(tokens, thing_id)


def left_things(revocation: BucketRevocation, things: Sequence[Thing]) -> list[str]:
    """Return the ids of this site's Things that were there when the user disconnected.

    Leave out a Thing to which activities are sent again, because the user has connected once more since.
    """
    latest = revocation.asked_at + CLOCKS_DIFFER_BY
    in_use = set(BucketConnection.objects.exclude(thing_id="").values_list("thing_id", flat=True))
    return [
        thing.id
        for thing in own_things(things)
        if thing.id not in in_use and (thing.created_at is None or thing.created_at <= latest)
    ]


def details_of(revocation: BucketRevocation) -> dict[str, object]:
    return {"revocation": revocation.pk, "tries": revocation.tries, "deletes_there": revocation.deletes_there}


def is_to_be_deleted(thing_id: str) -> bool:
    """Return True if the owner wants a Thing to be deleted, and Bucket has not done so yet. Nothing is sent to it."""
    return BucketRevocation.objects.filter(deletes_there=True, thing_id=thing_id).exists()
