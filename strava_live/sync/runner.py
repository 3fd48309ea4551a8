"""Execute sync runs in this process: claim them, renew their leases, stop them, and release them on shutdown.

A run's lease says which process executes it, and until when. `Runner.poll` finds the runs in the table that this
process may claim: new ones, ones whose pause is over, and ones whose lease has expired because their process has ended.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.conf import settings
from django.db import Error as DatabaseFailure

from strava_live.batcher import Batcher
from strava_live.broadcast import announce_work
from strava_live.cancellation import finish_even_if_cancelled
from strava_live.database import on_database
from strava_live.leases import Lease
from strava_live.sync.claims import claim_runs, end_and_find_runs, renew_leases, routine_slots
from strava_live.sync.event_task import EventTask
from strava_live.sync.models import SyncRun
from strava_live.sync.run_execution import RunExecution
from strava_live.sync.run_task import RunTask
from strava_live.sync.waiting_events import add_runs, delays_of_next, look_after_waiting_runs

logger = logging.getLogger(__name__)
RENEWALS_PER_LEASE = 4
"""How many times a lease is renewed within its length. It ends only after several failed renewals in a row."""
REST_S = 0.02
"""The shortest pause in seconds between two polls, also while the bell rings all the time."""


LOOK_AGAIN_EVERY_S = 0.1
"""The least time in seconds between two queries that check whether more events are due for athletes whose runs have
ended."""
LONGEST_WAIT_HERE_S = 30.0
"""The longest pause of a postponed event that this process waits for by itself. A job finds the other events later."""


class Runner:
    """Executes the runs of one process, each in an asyncio task, on the event loop in which it was created."""

    def __init__(self) -> None:
        self.lease = Lease(uuid.uuid4().hex, timedelta(seconds=settings.SYNC_LEASE_S))
        self.loop = asyncio.get_running_loop()
        self.tasks: dict[int, tuple[RunExecution, asyncio.Task[None]]] = {}
        """The execution of each run and the asyncio task that runs it, by id of the run."""
        self.being_claimed: dict[int, str] = {}
        """The runs that a database thread is claiming now: the kind of each, by id of the run."""
        self.looking_again: set[asyncio.Task[None]] = set()
        """The tasks that check, after a run about events, whether more events are due."""
        self.next_events: Batcher[int, float | None] = Batcher(
            delays_of_next, on_database=on_database, interval_s=LOOK_AGAIN_EVERY_S
        )
        """Looks up for many athletes at once when their next event is due."""
        self.run_added = asyncio.Event()
        self.look = asyncio.Event()
        """Set to end the pause before the next poll."""
        self.is_any_live = True
        """Whether the last poll found a live run in the table, of this or any other process."""
        self.shutting_down = False
        self.renewed_at = time.monotonic()

    @property
    def free_slots(self) -> int:
        """How many more imports this process can execute. 0 during shutdown: a new run would not be released."""
        return self.free_slots_for(SyncRun.RunKind.HISTORY, settings.SYNC_RUNS_A_PROCESS)

    @property
    def free_event_slots(self) -> int:
        """How many more runs about events this process can execute. Imports have other slots: one can take an hour."""
        return self.free_slots_for(SyncRun.RunKind.ACTIVITIES, settings.EVENT_RUNS_A_PROCESS)

    def free_slots_for(self, kind: SyncRun.RunKind, most: int) -> int:
        if self.shutting_down:
            return 0
        executing = sum(execution.run.kind == kind for execution, _ in self.tasks.values())
        return most - executing - sum(claimed == kind for claimed in self.being_claimed.values())

    @property
    def free_routine_slots(self) -> int:
        """How many more routine syncs this process can execute. They leave most slots to runs that people wait for."""
        routine = sum(task.run.reason == SyncRun.Trigger.ROUTINE for task, _ in self.tasks.values())
        return max(0, routine_slots() - routine)

    async def serve(self, *, take_up: bool) -> None:
        """Poll until cancelled, then release all runs. With `take_up`, also claim imports from the table."""
        try:
            while True:
                try:
                    await self.poll(take_up=take_up)
                except Exception:
                    logger.exception("looking after runs failed")
                await self.sleep(take_up=take_up)
        finally:
            await asyncio.shield(self.release_all())

    async def sleep(self, *, take_up: bool) -> None:
        """Sleep until the next poll.

        A process without runs polls seldom if it claims no imports, or if no run is live: a run that is added later
        rings the bell.
        """
        is_idle = not self.tasks and not (take_up and self.is_any_live)
        pause = settings.SYNC_IDLE_LOOK_EVERY_S if is_idle else settings.SYNC_LOOK_EVERY_S
        wake_up = self.look if take_up or self.tasks else self.run_added
        await asyncio.sleep(min(REST_S, pause))
        with suppress(TimeoutError):
            await asyncio.wait_for(wake_up.wait(), pause - REST_S)
        self.run_added.clear()
        self.look.clear()

    def look_now(self) -> None:
        """Poll at once, because there is work in the table. An idle process that claims no imports sleeps on."""
        self.look.set()

    async def poll(self, *, take_up: bool) -> None:
        """Renew leases, end the runs that athletes want stopped, and claim runs about events from the table.

        With `take_up`, also claim imports.
        """
        if self.tasks:
            await self.renew_when_due()
            for run_id in await on_database(SyncRun.objects.asked_to_stop)(list(self.tasks)):
                self.stop(run_id)
        slots = {SyncRun.RunKind.ACTIVITIES: self.free_event_slots}
        if take_up:
            slots[SyncRun.RunKind.HISTORY] = self.free_slots
        found = await on_database(end_and_find_runs)(slots, self.free_routine_slots)
        self.is_any_live = bool(found)
        for kind, run_ids in found.items():
            await self.claim_and_execute(run_ids, kind)

    async def renew_when_due(self) -> None:
        """Renew the leases of all runs in one statement, RENEWALS_PER_LEASE times within the length of a lease."""
        now = time.monotonic()
        if now - self.renewed_at >= self.lease.length.total_seconds() / RENEWALS_PER_LEASE:
            await on_database(renew_leases)(self.lease, list(self.tasks))
            self.renewed_at = now

    async def take_up(self, run_id: int) -> bool:
        """Claim an import and execute it. Return False if there is no free slot or another process has claimed it."""
        return await self.claim_and_execute([run_id], SyncRun.RunKind.HISTORY)

    async def claim_and_execute(self, run_ids: Collection[int], kind: SyncRun.RunKind) -> bool:
        """Claim those of these runs that are still free, and execute them. Return whether there were any.

        No more are claimed than there are free slots.
        If the caller is cancelled, the claims and the starts are finished first. A run that was claimed but not started
        would wait until its lease ends.
        """
        free = self.free_slots if kind == SyncRun.RunKind.HISTORY else self.free_event_slots
        others = [run_id for run_id in run_ids if run_id not in self.tasks and run_id not in self.being_claimed]
        if not (wanted := others[: max(0, free)]):
            return False
        self.being_claimed |= dict.fromkeys(wanted, kind)
        return await finish_even_if_cancelled(self.claim_and_execute_these(wanted))

    async def claim_and_execute_these(self, run_ids: Collection[int]) -> bool:
        try:
            runs = await on_database(claim_runs)(run_ids, self.lease)
        finally:
            for run_id in run_ids:
                self.being_claimed.pop(run_id, None)
        if not runs or await self.has_released():
            return False
        for run in runs:
            self.execute(run)
        return True

    async def start_event_runs(self, athlete_ids: Collection[int]) -> None:
        """Execute a run about events for each of these athletes who has no live one. See `event_runs.handle_events`.

        Athletes whose run this process is executing are left out. Their new events are handled nevertheless: the run
        checks for more events before it ends, and `look_again` checks once more after its end.
        """
        executing = {execution.run.athlete_id for execution, _ in self.tasks.values() if not execution.run.is_import}
        if others := [athlete_id for athlete_id in athlete_ids if athlete_id not in executing]:
            await finish_even_if_cancelled(self.claim_new_event_runs(others))

    async def claim_new_event_runs(self, athlete_ids: Collection[int]) -> None:
        runs = await on_database(add_runs)(athlete_ids, self.lease)
        if await self.has_released():
            return
        for run in runs:
            self.execute(run)
        if paused := set(athlete_ids) - {run.athlete_id for run in runs}:
            await on_database(look_after_waiting_runs)(paused)

    def execute(self, run: SyncRun) -> None:
        """Execute a run that this process has claimed. Do nothing if this process already executes it.

        Both a poll and an event that arrives at the same moment may call this for one run.
        """
        if run.pk in self.tasks:
            return
        execution = RunTask(run, self.lease) if run.is_import else EventTask(run, self.lease)
        task = asyncio.create_task(execution.execute())
        if not self.tasks:
            self.look_now()  # an idle process polls seldom
        self.tasks[run.pk] = execution, task
        self.run_added.set()
        task.add_done_callback(lambda done: self.remove(run, done))

    def remove(self, run: SyncRun, task: "asyncio.Task[None]") -> None:
        """Remove a task that is done. Poll for runs that wait for its slot. After a run about events, `look_again`.

        If the task failed, only log its error: its run is claimed again once the lease has ended.
        """
        was_full = self.free_slots <= 0 if run.is_import else self.free_event_slots <= 0
        self.tasks.pop(run.pk, None)
        if was_full:
            self.look_now()  # other runs may wait for the slot
        if not task.cancelled() and (error := task.exception()):
            logger.error("executing a run failed", extra={"run": run.pk}, exc_info=error)
        elif not run.is_import and not self.shutting_down:
            again = asyncio.create_task(self.look_again(run.athlete_id))
            self.looking_again.add(again)
            again.add_done_callback(self.looking_again.discard)

    async def look_again(self, athlete_id: int) -> None:
        """Start another run about events when the athlete's next waiting event is due.

        It is due at once if it was committed while the last run ended. A postponed event is due after its pause. If
        this process has no free slot then, the run waits for a process that has one.

        If the pause is longer than LONGEST_WAIT_HERE_S, do nothing: `event_runs.handle_leftover_events` finds the event
        later. That job also finds the event if this process is killed.
        """
        with log_errors("looking for more events failed"):
            delay_s = await self.next_events.ask(athlete_id)
            if delay_s is not None and delay_s <= LONGEST_WAIT_HERE_S:
                await asyncio.sleep(delay_s)
                if self.free_event_slots > 0:
                    await self.start_event_runs([athlete_id])
                else:
                    await on_database(add_runs)([athlete_id], None)
                    await announce_work()

    def stop(self, run_id: int) -> None:
        """Stop a run that its athlete wants stopped. Do nothing if this process does not execute it."""
        run_task, _ = self.tasks.get(run_id, (None, None))
        if run_task is not None:
            run_task.stop()

    async def release_all(self) -> None:
        """Cancel all tasks and end their leases, so that other processes continue the runs at once."""
        self.shutting_down = True
        for task in self.looking_again:
            task.cancel()
        tasks = [task for _, task in self.tasks.values()]
        for task in tasks:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
        await self.release_leases()

    async def release_leases(self) -> None:
        try:
            if await on_database(SyncRun.objects.release_all)(self.lease.owner):
                await announce_work()
        except DatabaseFailure as error:
            logger.warning("leases were not released and end by themselves", extra={"reason": repr(error)})

    async def has_released(self) -> bool:
        """Return True if the process is shutting down. Then also release the runs that it has claimed meanwhile."""
        if self.shutting_down:
            await self.release_leases()
        return self.shutting_down


@contextmanager
def log_errors(message: str) -> Iterator[None]:
    """If the block raises an error, log it instead of raising it."""
    try:
        yield
    except Exception:
        logger.exception(message)


current: Runner | None = None


def runner() -> Runner:
    """Return the runner of this event loop, and create it if there is none. A web process or worker has one loop."""
    global current  # noqa: PLW0603 one per process
    if current is None or current.loop is not asyncio.get_running_loop():
        current = Runner()
    return current


def existing_runner() -> Runner | None:
    """Return the runner of this event loop, or None if it has none.

    A view that is called by a test client or under WSGI has an event loop of its own, without a runner.
    """
    return current if current is not None and current.loop is asyncio.get_running_loop() else None
