"""Execute an import: read an athlete's whole history from Strava, or a window of its days."""

import time
from contextlib import aclosing
from dataclasses import replace

from strava_live.accounts.strava_app import strava
from strava_live.accounts.tokens import token_source_for
from strava_live.cancellation import finish_even_if_cancelled
from strava_live.database import is_temporary, on_database
from strava_live.leases import Lease
from strava_live.protocol import Message, SyncProgress, SyncStarted
from strava_live.strava.limits import Lane
from strava_live.sync.models import SyncRun
from strava_live.sync.pipeline import Chunk, Place, chunks, place_of
from strava_live.sync.run_execution import RunExecution
from strava_live.sync.run_messages import announce_run, waiting_message
from strava_live.sync.runs import note_progress, progress_of, record_progress
from strava_live.sync.store import store_and_announce
from strava_live.sync.watching import is_watched

CALLS_IN_PERSON_LANE = 10
"""While an athlete watches the import that they have started, its first ten calls to Strava may use the whole budget of
calls. Its later calls leave a reserve to other people (strava.limits.Lane)."""
PROGRESS_EVERY_S = 0.3


class RunTask(RunExecution):
    """The execution of an import: walk through the activities of its window and store them, chunk by chunk."""

    def __init__(self, run: SyncRun, lease: Lease) -> None:
        super().__init__(run, lease)
        self.counts_before = Place(None, run.pages, run.requests, run.skipped)
        """The run's counts of pages, requests and skipped activities from before this execution."""
        self.progress_sent_at = 0.0

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
        progress = progress_of(self.run, self.total(place_of(walk)))
        await on_database(record_progress)(self.run, self.lease, progress)
        note_progress(self.run, progress)

    async def store(self, chunk: Chunk) -> None:
        """Store and announce a chunk of activities. Retry while the database is busy or its rows are locked."""
        place = self.total(chunk.place)
        await self.with_retries(store_and_announce, chunk.activities, place, worth_retrying=is_temporary)

    def total(self, place: Place) -> Place:
        """Return `place` with the counts of the run's earlier executions added."""
        before = self.counts_before
        return replace(
            place,
            pages=before.pages + place.pages,
            requests=before.requests + place.requests,
            skipped=before.skipped + place.skipped,
        )

    async def lane(self) -> Lane:
        """Return the lane of the next call to Strava: its priority, which decides how much of the budget it may use.

        The first calls of an import that the athlete has started have the highest priority while the athlete watches
        the page. Routine syncs have the lowest.
        """
        if self.run.reason == SyncRun.Trigger.ROUTINE:
            return Lane.ROUTINE
        early = self.run.reason == SyncRun.Trigger.ASKED and self.run.requests < CALLS_IN_PERSON_LANE
        return Lane.PERSON if early and await is_watched(self.run.athlete_id) else Lane.WEBHOOK

    async def has_paused(self) -> None:
        await self.send(waiting_message(self.run))

    async def send_progress(self) -> None:
        if time.monotonic() - self.progress_sent_at > PROGRESS_EVERY_S:
            self.progress_sent_at = time.monotonic()
            await self.send(SyncProgress(run=self.run.wire()))

    async def send(self, message: Message) -> None:
        await announce_run(self.run, message)
