"""The runs of this process: taking them up, keeping their leases, stopping them, and letting go of them in the end.

Whatever is not held by a living process is found in the table: ready and due, or with a lease that nobody renews.
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
from strava_live.sync.finishing import finish
from strava_live.sync.models import SyncRun
from strava_live.sync.run_task import RunTask
from strava_live.sync.runs import Lease, end_cancelled

logger = logging.getLogger(__name__)
RENEWALS_A_LEASE = 4


class Runner:
    """One a process; it belongs to the event loop it serves in."""

    def __init__(self) -> None:
        self.lease = Lease(uuid.uuid4().hex, timedelta(seconds=settings.SYNC_LEASE_S))
        self.loop = asyncio.get_running_loop()
        self.following: dict[int, tuple[RunTask, asyncio.Task[None]]] = {}
        self.taking: set[int] = set()
        self.taken_up = asyncio.Event()
        self.stopped = False
        self.renewed_at = time.monotonic()

    @property
    def room(self) -> int:
        """How many more runs this process can take. None once it stops: nothing would release them."""
        if self.stopped:
            return 0
        return settings.SYNC_RUNS_A_PROCESS - len(self.following) - len(self.taking)

    async def serve(self, *, take_up: bool) -> None:
        """Until cancelled; then every run is given back at once, for whoever looks next."""
        try:
            while True:
                try:
                    await self.look_round(take_up=take_up)
                except Exception:
                    logger.exception("looking after runs failed")
                await self.rest(take_up=take_up)
        finally:
            await asyncio.shield(self.let_go())

    async def rest(self, *, take_up: bool) -> None:
        """Who follows nothing and takes up nothing looks seldom: only for what was to stop and lost its process."""
        if take_up or self.following:
            await asyncio.sleep(settings.SYNC_LOOK_EVERY_S)
            return
        self.taken_up.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.taken_up.wait(), settings.SYNC_IDLE_LOOK_EVERY_S)

    async def look_round(self, *, take_up: bool) -> None:
        if self.following:
            await self.renew_when_due()
            for run_id in await on_database(SyncRun.objects.to_stop)(list(self.following)):
                self.stop(run_id)
        await on_database(end_cancelled)(SyncRun.objects.all())
        if take_up and self.room > 0:
            for run_id in await on_database(waiting_runs)(self.room):
                await self.follow(run_id)

    async def renew_when_due(self) -> None:
        """Renew all leases together, four times a length: a few may fail before the first is lost."""
        now = time.monotonic()
        if now - self.renewed_at >= self.lease.length.total_seconds() / RENEWALS_A_LEASE:
            await on_database(renew)(self.lease, list(self.following))
            self.renewed_at = now

    async def follow(self, run_id: int) -> bool:
        """Take this run up if there is room and nobody else has it."""
        if self.room <= 0 or run_id in self.following or run_id in self.taking:
            return False
        self.taking.add(run_id)
        return await finish(self.take(run_id))

    async def take(self, run_id: int) -> bool:
        """Claim the run and begin with it. What is claimed and not begun would wait until its lease ends, so a caller
        that is cancelled meanwhile does not stop this."""
        try:
            run = await on_database(claimed)(run_id, self.lease)
        finally:
            self.taking.discard(run_id)
        if run is None:
            return False
        following = RunTask(run, self.lease)
        task = asyncio.create_task(following.go())
        self.following[run_id] = following, task
        self.taken_up.set()
        task.add_done_callback(lambda done: self.over(run_id, done))
        return True

    def over(self, run_id: int, task: "asyncio.Task[None]") -> None:
        self.following.pop(run_id, None)
        if not task.cancelled() and (error := task.exception()):
            # The lease runs out and somebody tries again; what happened must not go unseen.
            logger.error("following a run failed", extra={"run": run_id}, exc_info=error)

    def stop(self, run_id: int) -> None:
        """Because its athlete wants it so. However often."""
        following, _ = self.following.get(run_id, (None, None))
        if following is not None:
            following.stop()

    async def let_go(self) -> None:
        self.stopped = True
        tasks = [task for _, task in self.following.values()]
        for task in tasks:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
        await on_database(SyncRun.objects.let_go)(owner=self.lease.owner)


def renew(lease: Lease, followed: list[int]) -> None:
    SyncRun.objects.renew(followed, owner=lease.owner, now=timezone.now(), lease=lease.length)


def waiting_runs(room: int) -> list[int]:
    return list(SyncRun.objects.claimable(now=timezone.now()).values_list("pk", flat=True)[:room])


def claimed(run_id: int, lease: Lease) -> SyncRun | None:
    if not SyncRun.objects.claim(run_id, owner=lease.owner, now=timezone.now(), lease=lease.length):
        return None
    return SyncRun.objects.filter(pk=run_id, lease_owner=lease.owner).first()


current: Runner | None = None


def runner() -> Runner:
    """This process's; made anew when its event loop is another, as it is from test to test."""
    global current  # noqa: PLW0603 a process has one
    if current is None or current.loop is not asyncio.get_running_loop():
        current = Runner()
    return current
