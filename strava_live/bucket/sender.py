"""Execute sendings in this process: claim them, renew their leases, and release them when the process ends.

A sending's lease says which process executes it, and until when. A process that is killed renews nothing, so another
process claims its sendings once the leases have ended, and goes on.
"""

import asyncio
import logging
import uuid
from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db.models import Q
from django.utils import timezone

from strava_live.broadcast import announce_work
from strava_live.bucket.models import Sending
from strava_live.bucket.sending_task import SendingTask
from strava_live.bucket.sendings import end_if_unclaimed, is_to_be_stopped
from strava_live.cancellation import finish_even_if_cancelled
from strava_live.database import on_database
from strava_live.leases import Lease

logger = logging.getLogger(__name__)
AT_ONCE = 2
"""How many sendings a process executes at the same time."""
LOOK_EVERY_S = 0.5
"""The seconds between two checks whether the user wants a sending stopped that this process executes."""


class Sender:
    """The sendings that this process executes."""

    def __init__(self) -> None:
        self.lease = Lease(uuid.uuid4().hex, timedelta(seconds=settings.SYNC_LEASE_S))
        self.tasks: dict[int, asyncio.Task[None]] = {}
        self.bell = asyncio.Event()

    def look_now(self) -> None:
        """Look for sendings now, without waiting for the rest of WORK_INTERVAL_S."""
        self.bell.set()

    async def serve(self) -> None:
        """Claim and execute sendings until cancelled. Then release them, so that other processes go on at once."""
        try:
            while True:
                self.bell.clear()
                await self.claim_and_execute()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.bell.wait(), settings.WORK_INTERVAL_S)
        finally:
            await self.release_all()

    async def claim_and_execute(self) -> None:
        """Claim sendings, and execute them in tasks of their own.

        If this is cancelled during the claim, wait for its end: `release_all` then releases what was claimed.
        """
        await finish_even_if_cancelled(self.claim_and_execute_now())

    async def claim_and_execute_now(self) -> None:
        free = AT_ONCE - len(self.tasks)
        try:
            for sending in await on_database(claim_sendings)(self.lease, free, list(self.tasks)):
                self.tasks[sending.pk] = asyncio.create_task(self.execute(sending))
        except DatabaseFailure as error:
            logger.warning("sendings could not be claimed", extra={"reason": repr(error)})

    async def execute(self, sending: Sending) -> None:
        """Execute a sending, and renew its lease meanwhile. Stop it if its user wants that, or if the lease is lost."""
        task = SendingTask(sending, self.lease)
        executing = asyncio.create_task(task.execute())
        try:
            while not executing.done():
                await asyncio.wait([executing], timeout=LOOK_EVERY_S)
                with suppress(DatabaseFailure):
                    if not executing.done() and await on_database(renew_or_stop)(sending, self.lease):
                        task.stop()
            if error := executing.exception():
                logger.error("executing a sending failed", extra={"sending": sending.pk}, exc_info=error)
        finally:
            executing.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait([executing])
            self.tasks.pop(sending.pk, None)
            self.look_now()  # others may wait for the free place

    async def release_all(self) -> None:
        for task in self.tasks.values():
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        try:
            if await on_database(release_leases)(self.lease):
                await announce_work()
        except DatabaseFailure as error:
            logger.warning("leases of sendings were not released", extra={"reason": repr(error)})


def claim_sendings(lease: Lease, most: int, executing: Collection[int] = ()) -> list[Sending]:
    """Claim up to `most` sendings that are due, and return them. End those that are to be stopped.

    Leave out those of deactivated accounts, and those that this process is `executing`, although their leases may have
    ended: the machine may have been suspended. If a claim fails, return those claimed before: nothing would execute
    them until their leases have ended.
    """
    claimed: list[int] = []
    wanted = Q(connection__user__is_active=True) | Q(cancel_asked=True)
    claimable = Sending.objects.claimable(now=timezone.now()).filter(wanted).exclude(pk__in=executing)
    for sending in claimable[: AT_ONCE * 4]:
        try:
            if sending.cancel_asked:
                end_if_unclaimed(sending)
            elif len(claimed) < most and Sending.objects.claim(sending.pk, lease, now=timezone.now()):
                claimed.append(sending.pk)
        except DatabaseFailure:
            if not claimed:
                raise
            logger.warning("a sending could not be claimed", extra={"sending": sending.pk}, exc_info=True)
            break
    return list(Sending.objects.filter(pk__in=claimed).select_related("connection"))


def renew_or_stop(sending: Sending, lease: Lease) -> bool:
    """Renew the lease. Return True if the sending is to be stopped, or if this process has lost it."""
    if is_to_be_stopped(sending, lease):
        return True
    Sending.lease.renew(Sending.objects.filter(pk=sending.pk), lease, now=timezone.now())
    return False


def release_leases(lease: Lease) -> int:
    """End every lease of this process, so that another process goes on at once. Return how many."""
    return Sending.lease.release(Sending.objects.live(), lease.owner)
