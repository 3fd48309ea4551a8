"""Run one sync to its end, its next wait or the loss of its lease: fetch, classify, store, announce."""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from contextlib import aclosing, suppress
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.utils import timezone

from strava_live.accounts.strava_app import strava
from strava_live.accounts.tokens import token_source_for
from strava_live.broadcast import announce, athlete_group
from strava_live.database import is_temporary, on_database
from strava_live.protocol import (
    ActivitiesFound,
    ActivitySaved,
    Message,
    SyncProgress,
    SyncStarted,
    SyncWaiting,
)
from strava_live.strava.errors import RateLimited, StravaDown, StravaError, UnexpectedAnswer
from strava_live.strava.limits import Lane
from strava_live.sync.finishing import finish, finish_task
from strava_live.sync.models import SyncRun, utc_iso
from strava_live.sync.pipeline import Chunk, Place, chunks, place_of
from strava_live.sync.run_messages import announce_run
from strava_live.sync.runs import Lease, LeaseLost, end_run, note_place, pause_run
from strava_live.sync.store import StoredChunk, store_chunk
from strava_live.sync.watching import is_watched

logger = logging.getLogger(__name__)
T = TypeVar("T")

CALLS_IN_A_PERSONS_LANE = 10
PROGRESS_EVERY_S = 0.3
MOST_SETBACKS = 20
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0
"""Between attempts to write to a run while the database fails."""


class UnexpectedFailure(StravaError):
    """Something on our side; tried again like a Strava that is down."""

    code = "strava_down"
    sentence = "Something went wrong here during your import."
    next_step = "Try again later. If it keeps happening, tell the person who runs this site."


class RunTask:
    """One run in the hands of this process."""

    def __init__(self, run: SyncRun, lease: Lease) -> None:
        self.run = run
        self.lease = lease
        self.before = Place(None, run.pages, run.requests, run.skipped)
        self.reading: asyncio.Task[None] | None = None
        self.stopped_by_athlete = False
        self.told_at = 0.0

    def stop(self) -> None:
        """Stop reading because the athlete wants it. What is written and announced after that goes on."""
        self.stopped_by_athlete = True
        if self.reading is not None:
            self.reading.cancel()

    async def go(self) -> None:
        """Read; then write and announce what has become of the run.

        Only reading can be cancelled. A run that is neither ended nor released keeps its athlete from starting another
        until its lease ends, so the rest is finished whatever arrives meanwhile, and happens once.
        """
        reading = self.reading = asyncio.create_task(self.read())
        if self.stopped_by_athlete:
            reading.cancel()
        try:
            await asyncio.wait([reading])
        except asyncio.CancelledError:  # the process is going away
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await finish_task(reading)
            if reading.cancelled() and not self.stopped_by_athlete:
                raise
        await finish(self.settle(outcome_of(reading)))

    async def settle(self, outcome: BaseException | None) -> None:
        """Write and announce what has become of the run. A failure on our side is tried again later."""
        try:
            await self.conclude(outcome)
        except Exception:
            logger.exception("a run could not be concluded", extra={"run": self.run.pk})
            await self.back_off(UnexpectedFailure("unexpected"))

    async def conclude(self, outcome: BaseException | None) -> None:
        match outcome:
            case None:
                await self.end(SyncRun.State.FINISHED)
            case asyncio.CancelledError() | LeaseLost():
                await self.end(SyncRun.State.CANCELLED)
            case RateLimited():
                await self.wait(outcome.until, SyncRun.Wait.RATE_LIMIT, setbacks=self.run.setbacks)
            case StravaDown() | UnexpectedAnswer():
                await self.back_off(outcome)
            case StravaError():
                await self.end(SyncRun.State.FAILED, outcome)
            case _:
                logger.error("following a run failed", extra={"run": self.run.pk}, exc_info=outcome)
                await self.back_off(UnexpectedFailure("unexpected"))

    async def read(self) -> None:
        await self.tell(SyncStarted(run=self.run.wire()))
        async with token_source_for(self.run.strava_id) as bearer:
            before = self.run.reached or self.run.before
            walk = strava().activities(bearer, lane=await self.lane(), before=before, after=self.run.after)
            async with aclosing(chunks(walk)) as read:
                async for chunk in read:
                    await finish(self.keep(chunk))
                    await self.tell_progress()
                    walk.lane = await self.lane()
        await on_database(note_place)(self.run, self.lease, self.in_all(place_of(walk)))

    async def keep(self, chunk: Chunk) -> None:
        """Store it. While a row is locked that it needs, try again: it need not be read from Strava again."""
        place = self.in_all(chunk.place)
        stored = await self.persist(store_chunk, chunk.activities, place, worth_retrying=is_temporary)
        await announce(athlete_group(self.run.athlete_id), chunk_messages(self.run, stored), marks=stored.marks)

    def in_all(self, place: Place) -> Place:
        """A walk counts from where it began; a run counts all its walks."""
        before = self.before
        return Place(
            place.reached, before.pages + place.pages, before.requests + place.requests, before.skipped + place.skipped
        )

    async def lane(self) -> Lane:
        """A person waits for the first calls of what a socket shows; after that others go first."""
        if self.run.reason == SyncRun.Reason.ROUTINE:
            return Lane.ROUTINE
        early = self.run.reason == SyncRun.Reason.ASKED and self.run.requests < CALLS_IN_A_PERSONS_LANE
        return Lane.PERSON if early and await is_watched(self.run.athlete_id) else Lane.WEBHOOK

    async def back_off(self, error: StravaError) -> None:
        """Strava is down: again and again, longer and longer, until it is plain that it will not come back.

        At least as long as Strava asks.
        """
        setbacks = self.run.setbacks + 1
        if setbacks > MOST_SETBACKS:
            await self.end(SyncRun.State.FAILED, error)
            return
        longest = min(settings.SYNC_LONGEST_PAUSE_S, settings.SYNC_FIRST_PAUSE_S * 2 ** (setbacks - 1))
        pause = random.uniform(longest / 2, longest)  # noqa: S311 no secret
        if error.retry_after:
            pause = max(pause, error.retry_after + random.uniform(0, settings.SYNC_FIRST_PAUSE_S))  # noqa: S311
        await self.wait(timezone.now() + timedelta(seconds=pause), SyncRun.Wait.STRAVA_DOWN, setbacks=setbacks)

    async def wait(self, until: datetime, reason: SyncRun.Wait, *, setbacks: int) -> None:
        """Release the run until then. One that its athlete has stopped meanwhile ends instead."""
        if await self.write(pause_run, until=until, reason=reason, setbacks=setbacks):
            await self.tell(SyncWaiting(run=self.run.wire(), until=utc_iso(until), reason=str(reason)))
        else:
            await self.end(SyncRun.State.CANCELLED)

    async def end(self, state: SyncRun.State, error: StravaError | None = None) -> None:
        """End the run, which announces it. Do nothing if the lease was lost: its new owner ends the run."""
        if await self.write(end_run, state=state, error=error):
            logger.info("a run has ended", extra={"run": self.run.pk, "state": str(state), "reason": repr(error)})

    async def write(self, verb: Callable[..., bool], **changes: Any) -> bool:
        """Call a verb that ends or releases the run."""
        return await self.persist(verb, worth_retrying=lambda _: True, **changes)

    async def persist(
        self, verb: Callable[..., T], *args: Any, worth_retrying: Callable[[DatabaseFailure], bool], **changes: Any
    ) -> T:
        """Call a verb on the run. Try again while the database fails, for as long as the lease."""
        began, pause = time.monotonic(), FIRST_PAUSE_S
        while True:
            try:
                return await on_database(verb)(self.run, self.lease, *args, **changes)
            except DatabaseFailure as error:
                too_late = time.monotonic() - began > self.lease.length.total_seconds()
                if too_late or not worth_retrying(error):
                    raise
                logger.warning("a run could not be written", extra={"run": self.run.pk, "reason": repr(error)})
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    async def tell_progress(self) -> None:
        if time.monotonic() - self.told_at > PROGRESS_EVERY_S:
            self.told_at = time.monotonic()
            await self.tell(SyncProgress(run=self.run.wire()))

    async def tell(self, message: Message) -> None:
        await announce_run(self.run, message)


def outcome_of(reading: "asyncio.Task[None]") -> BaseException | None:
    """Return why reading stopped, or None if everything has been read."""
    return asyncio.CancelledError() if reading.cancelled() else reading.exception()


def chunk_messages(run: SyncRun, stored: StoredChunk) -> list[Message]:
    """What was found, and of that what was saved by itself."""
    found = ActivitiesFound(run_id=run.pk, items=stored.items, mark=stored.marks.now)
    return [found, *(ActivitySaved(item=item, mark=stored.marks.now) for item in stored.saved)]
