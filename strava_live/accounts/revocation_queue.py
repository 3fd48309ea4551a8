"""The queue of revocations: rows that are tried again, with growing pauses, until a service has done what is asked."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import Error, models
from django.utils import timezone

from strava_live.database import on_database
from strava_live.leases import unchanged

logger = logging.getLogger(__name__)
DAY = timedelta(days=1)


class QueuedRevocation(models.Model):
    """The abstract base of revocations."""

    asked_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now, db_index=True)
    tries = models.PositiveIntegerField(default=0)
    person_code = models.CharField(max_length=32, blank=True, default="", db_default="")
    """The owner of the tokens, as `code_of_person`, for the receipt of a deleted account. "" if it is not known."""

    class Meta:
        abstract = True

    def claim(self, *, now: datetime, pause: timedelta) -> bool:
        """Claim this revocation for one attempt, by putting off the next attempt until `now` + `pause`.

        Return False if `next_try_at` in the database has changed since the row was read: another process may have
        claimed the revocation.
        """
        if not unchanged(self, "next_try_at").update(next_try_at=now + pause, tries=models.F("tries") + 1):
            return False
        self.refresh_from_db()
        return True


RevocationT = TypeVar("RevocationT", bound=QueuedRevocation)


def due_revocations(model: type[RevocationT], *, now: datetime) -> models.QuerySet[RevocationT]:
    return model._default_manager.filter(next_try_at__lte=now).order_by("next_try_at", "pk")


def claim_due(
    model: type[RevocationT], *, now: datetime, first_pause: timedelta, longest_pause: timedelta = DAY
) -> RevocationT | None:
    """Claim a revocation that is due, and return it. Return None if there is none to claim.

    The pause after the first attempt is `first_pause`. It doubles with each attempt, up to `longest_pause`.
    """
    for revocation in due_revocations(model, now=now)[:20]:
        pause = min(first_pause * 2 ** min(revocation.tries, 20), longest_pause)
        if revocation.claim(now=now, pause=pause):
            return revocation
    return None


def retry_pause() -> timedelta:
    return timedelta(seconds=settings.REVOCATION_RETRY_S)


@on_database
def claim_next(model: type[RevocationT]) -> RevocationT | None:
    return claim_due(model, now=timezone.now(), first_pause=retry_pause())


@on_database
def claim_this(revocation: QueuedRevocation) -> bool:
    return revocation.claim(now=timezone.now(), pause=retry_pause())


@asynccontextmanager
async def kept_claimed(revocation: QueuedRevocation) -> AsyncGenerator[None]:
    """Keep the revocation claimed while the block makes an attempt, which can take longer than the pause."""
    renewing = asyncio.create_task(keep_claimed(revocation))
    try:
        yield
    finally:
        renewing.cancel()


async def keep_claimed(revocation: QueuedRevocation) -> None:
    while True:
        await asyncio.sleep(retry_pause().total_seconds() / 3)
        try:
            await on_database(put_off)(revocation)
        except Error as error:
            logger.warning("a revocation under way is not put off", extra={"reason": repr(error)})


def put_off(revocation: QueuedRevocation) -> None:
    """Set `next_try_at` to the shortest pause from now, unless it is already later."""
    until = timezone.now() + retry_pause()
    rows = type(revocation)._default_manager.filter(pk=revocation.pk, next_try_at__lt=until)
    rows.update(next_try_at=until)
