"""Execute one sync run in this process: read from Strava, then write and announce the outcome.

The lease says that this process owns the run, and until when. `RunTask` reads an athlete's history, `EventTask` handles
Strava's events.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.utils import timezone

from strava_live.activities.athlete_state import AthleteErased
from strava_live.cancellation import finish_even_if_cancelled, wait_even_if_cancelled
from strava_live.database import on_database, retry_pauses
from strava_live.leases import Lease
from strava_live.strava.errors import RateLimited, StravaDown, StravaError, UnexpectedAnswer
from strava_live.sync.failures import UnexpectedFailure
from strava_live.sync.models import SyncRun
from strava_live.sync.runs import LeaseLost, end_run, pause_run

logger = logging.getLogger(__name__)
T = TypeVar("T")

MOST_SETBACKS = 20
"""The most setbacks in a row: Strava has not answered, or this site has failed. After one more, `give_up` is called."""


class RunExecution:
    """The execution of one run in this process, from its claim to the end of its lease. A subclass defines `read`."""

    def __init__(self, run: SyncRun, lease: Lease) -> None:
        self.run = run
        self.lease = lease
        self.reading: asyncio.Task[None] | None = None
        self.stopped_by_athlete = False

    async def read(self) -> None:
        """Read from Strava and store what was read. Raise the error that stops it."""
        raise NotImplementedError

    async def finish(self) -> None:
        """End the run after `read` has read everything."""
        await self.end(SyncRun.RunState.FINISHED)

    async def has_paused(self) -> None:
        """Called after the run was paused. Does nothing; a subclass may announce the pause."""

    async def give_up(self, error: StravaError) -> None:
        """End the run after too many setbacks in a row."""
        await self.end(SyncRun.RunState.FAILED, error)

    def stop(self) -> None:
        """Stop reading because the athlete has asked for it. `execute` then writes and announces the end."""
        self.stopped_by_athlete = True
        if self.reading is not None:
            self.reading.cancel()

    async def execute(self) -> None:
        """Read from Strava, then write and announce the outcome.

        Only the reading can be cancelled. Once an outcome is being written, it is written to the end: a run that is
        neither ended nor released would block its athlete's next run until the lease ends. If the process shuts down
        during the reading, no outcome is written: `Runner.release_all` releases the run for another process.
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
        """End or pause the run. If that fails, log the error as one of this site, and pause the run for a retry.

        Do nothing if the athlete's account was deleted: the run was deleted with it.
        """
        try:
            await self.end_or_pause(outcome)
        except AthleteErased:
            logger.info("a run was deleted with its athlete's account", extra={"run": self.run.pk})
        except Exception:
            logger.exception("the outcome of a run could not be written", extra={"run": self.run.pk})
            await self.back_off(UnexpectedFailure("unexpected"))

    async def end_or_pause(self, outcome: BaseException | None) -> None:
        match outcome:
            case None:
                await self.finish()
            case AthleteErased():
                raise outcome
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

    async def back_off(self, error: StravaError) -> None:
        """Pause the run after a setback: Strava has not answered, or this site has failed.

        The pause doubles with each setback in a row, up to settings.SYNC_LONGEST_PAUSE_S. It is at least as long as
        Strava asks. After more than MOST_SETBACKS setbacks in a row, give up.
        """
        setbacks = self.run.setbacks + 1
        if setbacks > MOST_SETBACKS:
            await self.give_up(error)
            return
        longest = min(settings.SYNC_LONGEST_PAUSE_S, settings.SYNC_FIRST_PAUSE_S * 2 ** (setbacks - 1))
        pause = random.uniform(longest / 2, longest)  # noqa: S311 no secret
        if error.retry_after:
            pause = max(pause, error.retry_after + random.uniform(0, settings.SYNC_FIRST_PAUSE_S))  # noqa: S311
        await self.pause(timezone.now() + timedelta(seconds=pause), SyncRun.Wait.STRAVA_DOWN, setbacks=setbacks)

    async def pause(self, until: datetime, reason: SyncRun.Wait, *, setbacks: int) -> None:
        """Release the run until `until`. End it instead if the athlete wants it stopped."""
        if await self.write(pause_run, until=until, reason=reason, setbacks=setbacks):
            await self.has_paused()
        else:
            await self.end(SyncRun.RunState.CANCELLED)

    async def end(self, state: SyncRun.RunState, error: StravaError | None = None) -> None:
        """End the run. Do nothing if the lease was lost: another process has claimed the run, or it was ended."""
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


def outcome_of(reading: "asyncio.Task[None]") -> BaseException | None:
    """Return why reading stopped, or None if everything was read."""
    return asyncio.CancelledError() if reading.cancelled() else reading.exception()
