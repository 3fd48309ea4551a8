"""Execute one sync run until it ends, pauses or loses its lease: read from Strava, classify, store, announce.

A run is one reading of an athlete's Strava. The lease says that this process owns the run, and until when.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.utils import timezone

from strava_live.accounts.strava_app import strava
from strava_live.accounts.tokens import token_source_for
from strava_live.database import is_temporary, on_database, retry_pauses
from strava_live.leases import Lease
from strava_live.protocol import Message, SyncProgress, SyncStarted
from strava_live.strava.errors import RateLimited, StravaDown, StravaError, UnexpectedAnswer
from strava_live.strava.limits import Lane
from strava_live.sync.cancellation import finish_even_if_cancelled, wait_even_if_cancelled
from strava_live.sync.failures import UnexpectedFailure
from strava_live.sync.models import SyncRun
from strava_live.sync.pipeline import Chunk, Place, chunks, place_of
from strava_live.sync.run_messages import announce_run, waiting_message
from strava_live.sync.runs import LeaseLost, end_run, pause_run, record_progress
from strava_live.sync.store import store_and_announce
from strava_live.sync.watching import is_watched

logger = logging.getLogger(__name__)
T = TypeVar("T")

CALLS_IN_PERSON_LANE = 10
"""The number of a run's first calls to Strava that may use the whole budget of calls while the athlete watches. Later
calls leave a reserve to other people (strava.limits.Lane)."""
PROGRESS_EVERY_S = 0.3
MOST_SETBACKS = 20
"""The number of times in a row that Strava may fail to answer. After one more, the run ends as failed."""


class RunTask:
    """The execution of one run in this process, from a claim to the end of its lease."""

    def __init__(self, run: SyncRun, lease: Lease) -> None:
        self.run = run
        self.lease = lease
        self.counts_before = Place(None, run.pages, run.requests, run.skipped)
        """The run's counts of pages, requests and skipped activities from before this execution."""
        self.reading: asyncio.Task[None] | None = None
        self.stopped_by_athlete = False
        self.progress_sent_at = 0.0

    def stop(self) -> None:
        """Stop reading because the athlete has asked for it. `execute` then writes and announces the end."""
        self.stopped_by_athlete = True
        if self.reading is not None:
            self.reading.cancel()

    async def execute(self) -> None:
        """Read from Strava, then write and announce the outcome.

        Only the reading can be cancelled. Writing the outcome is not: a run that is neither ended nor released would
        block its athlete's next run until the lease ends.
        """
        reading = self.reading = asyncio.create_task(self.read())
        if self.stopped_by_athlete:
            reading.cancel()
        try:
            await asyncio.wait([reading])
        except asyncio.CancelledError:  # the process is shutting down
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await wait_even_if_cancelled(reading)
            if reading.cancelled() and not self.stopped_by_athlete:
                raise
        await finish_even_if_cancelled(self.write_outcome(outcome_of(reading)))

    async def write_outcome(self, outcome: BaseException | None) -> None:
        """End or pause the run. If that raises an error, which is then a fault of this site, pause it for a retry."""
        try:
            await self.end_or_pause(outcome)
        except Exception:
            logger.exception("the outcome of a run could not be written", extra={"run": self.run.pk})
            await self.back_off(UnexpectedFailure("unexpected"))

    async def end_or_pause(self, outcome: BaseException | None) -> None:
        match outcome:
            case None:
                await self.end(SyncRun.RunState.FINISHED)
            case asyncio.CancelledError() | LeaseLost():
                await self.end(SyncRun.RunState.CANCELLED)
            case RateLimited():
                await self.pause(outcome.until, SyncRun.Wait.RATE_LIMIT, setbacks=self.run.setbacks)
            case StravaDown() | UnexpectedAnswer():
                await self.back_off(outcome)
            case StravaError():
                await self.end(SyncRun.RunState.FAILED, outcome)
            case _:
                logger.error("a run failed unexpectedly", extra={"run": self.run.pk}, exc_info=outcome)
                await self.back_off(UnexpectedFailure("unexpected"))

    async def read(self) -> None:
        """Walk through the activities of the run's window and store them, chunk by chunk."""
        await self.send(SyncStarted(run=self.run.wire()))
        async with token_source_for(self.run.strava_id) as bearer:
            before = self.run.reached or self.run.before
            walk = strava().activities(
                bearer, lane=await self.lane(), before=before, after=self.run.after, few=self.run.is_short
            )
            async with aclosing(chunks(walk)) as read:
                async for chunk in read:
                    await finish_even_if_cancelled(self.store(chunk))
                    await self.send_progress()
                    walk.lane = await self.lane()
        await on_database(record_progress)(self.run, self.lease, self.total(place_of(walk)))

    async def store(self, chunk: Chunk) -> None:
        """Store and announce a chunk of activities. Retry while the database is busy or its rows are locked."""
        place = self.total(chunk.place)
        await self.with_retries(store_and_announce, chunk.activities, place, worth_retrying=is_temporary)

    def total(self, place: Place) -> Place:
        """Return `place` with the counts of the run's earlier executions added."""
        before = self.counts_before
        return Place(
            place.reached, before.pages + place.pages, before.requests + place.requests, before.skipped + place.skipped
        )

    async def lane(self) -> Lane:
        """Return the lane of the next call to Strava: its priority, which decides how much of the budget it may use.

        The first calls of a run have the highest priority while the athlete watches the page.
        """
        if self.run.reason == SyncRun.Trigger.ROUTINE:
            return Lane.ROUTINE
        early = self.run.reason == SyncRun.Trigger.ASKED and self.run.requests < CALLS_IN_PERSON_LANE
        return Lane.PERSON if early and await is_watched(self.run.athlete_id) else Lane.WEBHOOK

    async def back_off(self, error: StravaError) -> None:
        """Pause the run after a setback: Strava has not answered, or this site has failed.

        The pause doubles with each setback in a row, and is at least as long as Strava asks. After more than
        MOST_SETBACKS, end the run as failed.
        """
        setbacks = self.run.setbacks + 1
        if setbacks > MOST_SETBACKS:
            await self.end(SyncRun.RunState.FAILED, error)
            return
        longest = min(settings.SYNC_LONGEST_PAUSE_S, settings.SYNC_FIRST_PAUSE_S * 2 ** (setbacks - 1))
        pause = random.uniform(longest / 2, longest)  # noqa: S311 no secret
        if error.retry_after:
            pause = max(pause, error.retry_after + random.uniform(0, settings.SYNC_FIRST_PAUSE_S))  # noqa: S311
        await self.pause(timezone.now() + timedelta(seconds=pause), SyncRun.Wait.STRAVA_DOWN, setbacks=setbacks)

    async def pause(self, until: datetime, reason: SyncRun.Wait, *, setbacks: int) -> None:
        """Release the run until `until`. End it instead if the athlete wants it stopped."""
        if await self.write(pause_run, until=until, reason=reason, setbacks=setbacks):
            await self.send(waiting_message(self.run))
        else:
            await self.end(SyncRun.RunState.CANCELLED)

    async def end(self, state: SyncRun.RunState, error: StravaError | None = None) -> None:
        """End the run. Do nothing if the lease was lost: the process that holds it now ends the run."""
        if await self.write(end_run, state=state, error=error):
            logger.info("a run has ended", extra={"run": self.run.pk, "state": str(state), "reason": repr(error)})

    async def write(self, change: Callable[..., bool], **fields: Any) -> bool:
        """Call `change` (`end_run` or `pause_run`) in a database thread. Retry after every database error."""
        return await self.with_retries(on_database(change), worth_retrying=lambda _: True, **fields)

    async def with_retries(
        self,
        change: Callable[..., Awaitable[T]],
        *args: Any,
        worth_retrying: Callable[[DatabaseFailure], bool],
        **fields: Any,
    ) -> T:
        """Call `change` with the run and its lease. Retry after database errors that `worth_retrying` accepts.

        Give up after the length of a lease, because another process may have claimed the run by then.
        """
        began, pauses = time.monotonic(), retry_pauses()
        while True:
            try:
                return await change(self.run, self.lease, *args, **fields)
            except DatabaseFailure as error:
                too_late = time.monotonic() - began > self.lease.length.total_seconds()
                if too_late or not worth_retrying(error):
                    raise
                logger.warning("a run could not be written", extra={"run": self.run.pk, "reason": repr(error)})
            await asyncio.sleep(next(pauses))

    async def send_progress(self) -> None:
        if time.monotonic() - self.progress_sent_at > PROGRESS_EVERY_S:
            self.progress_sent_at = time.monotonic()
            await self.send(SyncProgress(run=self.run.wire()))

    async def send(self, message: Message) -> None:
        await announce_run(self.run, message)


def outcome_of(reading: "asyncio.Task[None]") -> BaseException | None:
    """Return why reading stopped, or None if everything was read."""
    return asyncio.CancelledError() if reading.cancelled() else reading.exception()
