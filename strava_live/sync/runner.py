"""Execute runs in this process: claim them, renew their leases, stop them, and release them on shutdown.

Runs without a living process are found in the table: new or due ones, and those whose lease has expired.
"""

import asyncio
import logging
import time
import uuid
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from strava_live.database import on_database
from strava_live.leases import Lease
from strava_live.sync.cancellation import finish_even_if_cancelled
from strava_live.sync.models import SyncRun
from strava_live.sync.run_task import RunTask
from strava_live.sync.runs import end_cancelled

logger = logging.getLogger(__name__)
RENEWALS_PER_LEASE = 4


class Runner:
    """The runs of one process. Belongs to the event loop in which it was created."""

    def __init__(self) -> None:
        self.lease = Lease(uuid.uuid4().hex, timedelta(seconds=settings.SYNC_LEASE_S))
        self.loop = asyncio.get_running_loop()
        self.tasks: dict[int, tuple[RunTask, asyncio.Task[None]]] = {}
        """The runs being executed, by id."""
        self.being_claimed: set[int] = set()
        self.run_added = asyncio.Event()
        self.shutting_down = False
        self.renewed_at = time.monotonic()

    @property
    def free_slots(self) -> int:
        """How many more runs this process can execute. 0 on shutdown, because new ones would not be released."""
        if self.shutting_down:
            return 0
        return settings.SYNC_RUNS_A_PROCESS - len(self.tasks) - len(self.being_claimed)

    async def serve(self, *, take_up: bool) -> None:
        """Poll until cancelled, then release all runs. `take_up`: also claim runs that wait in the table."""
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
        """Sleep until the next poll. A process without runs that claims none polls seldom, until a run is added."""
        if take_up or self.tasks:
            await asyncio.sleep(settings.SYNC_LOOK_EVERY_S)
            return
        self.run_added.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.run_added.wait(), settings.SYNC_IDLE_LOOK_EVERY_S)

    async def poll(self, *, take_up: bool) -> None:
        """Renew leases, stop the runs that athletes want stopped, and claim runs from the table if `take_up`."""
        if self.tasks:
            await self.renew_when_due()
            for run_id in await on_database(SyncRun.objects.asked_to_stop)(list(self.tasks)):
                self.stop(run_id)
        await on_database(end_cancelled)(SyncRun.objects.all())
        if take_up and self.free_slots > 0:
            for run_id in await on_database(claimable_runs)(self.free_slots):
                await self.take_up(run_id)

    async def renew_when_due(self) -> None:
        """Renew all leases together, four times per lease length, so that a few failures lose no lease."""
        now = time.monotonic()
        if now - self.renewed_at >= self.lease.length.total_seconds() / RENEWALS_PER_LEASE:
            await on_database(renew_leases)(self.lease, list(self.tasks))
            self.renewed_at = now

    async def take_up(self, run_id: int) -> bool:
        """Claim a run and execute it. Return False if there is no free slot or another process has claimed it.

        A run that is claimed and not executed would wait until its lease expires, so this is finished even if the
        caller is cancelled.
        """
        if self.free_slots <= 0 or run_id in self.tasks or run_id in self.being_claimed:
            return False
        self.being_claimed.add(run_id)
        return await finish_even_if_cancelled(self.claim_and_execute(run_id))

    async def claim_and_execute(self, run_id: int) -> bool:
        try:
            run = await on_database(claim_run)(run_id, self.lease)
        finally:
            self.being_claimed.discard(run_id)
        if run is None:
            return False
        run_task = RunTask(run, self.lease)
        task = asyncio.create_task(run_task.execute())
        self.tasks[run_id] = run_task, task
        self.run_added.set()
        task.add_done_callback(lambda done: self.remove(run_id, done))
        return True

    def remove(self, run_id: int, task: "asyncio.Task[None]") -> None:
        """Log the error of a task that has failed. Its lease expires, and then a process takes the run up again."""
        self.tasks.pop(run_id, None)
        if not task.cancelled() and (error := task.exception()):
            logger.error("executing a run failed", extra={"run": run_id}, exc_info=error)

    def stop(self, run_id: int) -> None:
        """Stop a run that its athlete wants stopped. Do nothing if it is not executed here."""
        run_task, _ = self.tasks.get(run_id, (None, None))
        if run_task is not None:
            run_task.stop()

    async def release_all(self) -> None:
        """Cancel all tasks and give up their leases."""
        self.shutting_down = True
        tasks = [task for _, task in self.tasks.values()]
        for task in tasks:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
        await on_database(SyncRun.objects.release_all)(self.lease.owner)


def renew_leases(lease: Lease, run_ids: list[int]) -> None:
    SyncRun.objects.renew_leases(run_ids, lease, now=timezone.now())


def claimable_runs(limit: int) -> list[int]:
    return list(SyncRun.objects.claimable(now=timezone.now()).values_list("pk", flat=True)[:limit])


def claim_run(run_id: int, lease: Lease) -> SyncRun | None:
    if not SyncRun.objects.claim(run_id, lease, now=timezone.now()):
        return None
    return SyncRun.objects.filter(pk=run_id).leased_by(lease.owner).first()


current: Runner | None = None


def runner() -> Runner:
    """Return the runner of this event loop, and create it if there is none. A process that serves has one loop."""
    global current  # noqa: PLW0603 one per process
    if current is None or current.loop is not asyncio.get_running_loop():
        current = Runner()
    return current


def existing_runner() -> Runner | None:
    """Return the runner of this event loop, or None: a form served without a long-lived loop has none."""
    return current if current is not None and current.loop is asyncio.get_running_loop() else None
