"""A run ends once in this process and its end is announced once, whatever happens while the end is being written."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.utils import timezone

from strava_live.database import for_writers, on_database
from strava_live.strava.errors import RateLimited, ReconnectNeeded
from strava_live.sync.models import SyncRun
from strava_live.sync.run_task import RunTask
from strava_live.sync.runner import Runner
from strava_live.sync.runs import LeaseLost, cancel_run, end_run
from tests.busy_threads import all_threads_busy
from tests.sync.announced import listening_to


@pytest.fixture
def waiting_run(connections_closed: None, run: SyncRun) -> SyncRun:
    SyncRun.objects.update(state="waiting", lease_owner="", lease_until=None)
    return run


async def state_of(run: SyncRun) -> str:
    return str((await SyncRun.objects.aget(pk=run.pk)).state)


async def executing(run: SyncRun) -> tuple[Runner, "asyncio.Task[None]"]:
    runner = Runner()
    assert await runner.take_up(run.pk)
    return runner, runner.tasks[run.pk][1]


@dataclass
class Reading:
    """Stands for reading from Strava. It ends with `outcome` once the test sets `goes_on`."""

    outcome: Exception | None
    has_begun: asyncio.Event = field(default_factory=asyncio.Event)
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self, _: RunTask) -> None:
        self.has_begun.set()
        await self.goes_on.wait()
        if self.outcome is not None:
            raise self.outcome


def reading(monkeypatch: pytest.MonkeyPatch, outcome: Exception | None = None) -> Reading:
    stands_in = Reading(outcome)

    async def read(task: RunTask) -> None:
        await stands_in.read(task)

    monkeypatch.setattr(RunTask, "read", read)
    return stands_in


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (LeaseLost(), "cancelled"),
        (RateLimited(timezone.now()), "cancelled"),
        (ValueError(), "cancelled"),
        (ReconnectNeeded("revoked"), "failed"),
        (None, "finished"),
    ],
    ids=["lease lost", "rate limited", "unexpected", "refused", "all read"],
)
async def test_run_is_stopped_while_its_end_waits_for_a_database_thread(
    waiting_run: SyncRun, monkeypatch: pytest.MonkeyPatch, outcome: Exception | None, state: str
) -> None:
    """It is stopped five times: by sockets of its athlete, and by the poll of its process."""
    stands_in = reading(monkeypatch, outcome)
    async with listening_to(waiting_run.athlete_id) as announced:
        runner, task = await executing(waiting_run)
        await stands_in.has_begun.wait()
        await sync_to_async(SyncRun.objects.filter(pk=waiting_run.pk).update)(cancel_asked=True)
        async with all_threads_busy(on_database):
            await asyncio.sleep(0.05)
            stands_in.goes_on.set()
            for _ in range(5):
                await asyncio.sleep(0.05)
                runner.stop(waiting_run.pk)
        await asyncio.wait([task])

    assert await state_of(waiting_run) == state
    assert announced.ends() == [(waiting_run.pk, f"sync.{state}")]


async def test_run_is_stopped_before_it_starts_reading(waiting_run: SyncRun, monkeypatch: pytest.MonkeyPatch) -> None:
    reading(monkeypatch)
    async with listening_to(waiting_run.athlete_id) as announced:
        runner, task = await executing(waiting_run)
        runner.stop(waiting_run.pk)
        await asyncio.wait([task])

    assert await state_of(waiting_run) == "cancelled"
    assert announced.ends() == [(waiting_run.pk, "sync.cancelled")]


async def test_end_is_written_once_the_database_is_back(waiting_run: SyncRun, monkeypatch: pytest.MonkeyPatch) -> None:
    stands_in, calls = reading(monkeypatch), 0

    def away_twice(*args: Any, **kwargs: Any) -> bool:
        nonlocal calls
        calls += 1
        if calls < 3:
            raise OperationalError("canceling statement due to lock timeout")
        return end_run(*args, **kwargs)

    monkeypatch.setattr("strava_live.sync.run_execution.end_run", away_twice)
    async with listening_to(waiting_run.athlete_id) as announced:
        runner, task = await executing(waiting_run)
        await stands_in.has_begun.wait()
        runner.stop(waiting_run.pk)
        await asyncio.wait([task])

    assert await state_of(waiting_run) == "cancelled"
    assert announced.ends() == [(waiting_run.pk, "sync.cancelled")]


async def test_run_is_executed_if_the_caller_is_cancelled_while_it_is_claimed(
    waiting_run: SyncRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tab closed right after Start must not leave the run waiting until its lease expires."""
    reading(monkeypatch)
    runner = Runner()
    taking = asyncio.create_task(runner.take_up(waiting_run.pk))
    async with all_threads_busy(on_database):
        await asyncio.sleep(0.02)
        taking.cancel()
        await asyncio.sleep(0.02)
    with pytest.raises(asyncio.CancelledError):
        await taking

    assert list(runner.tasks) == [waiting_run.pk]
    await runner.release_all()
    assert (await SyncRun.objects.aget(pk=waiting_run.pk)).lease_owner == ""


async def test_process_that_shuts_down_releases_its_runs_and_announces_no_end(
    waiting_run: SyncRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands_in = reading(monkeypatch)
    async with listening_to(waiting_run.athlete_id) as announced:
        runner, _ = await executing(waiting_run)
        await stands_in.has_begun.wait()
        await runner.release_all()

    run = await SyncRun.objects.aget(pk=waiting_run.pk)
    assert (run.state, run.lease_owner, announced.ends()) == ("running", "", [])


async def test_run_without_a_lease_is_cancelled_by_many_at_once_and_ends_once(waiting_run: SyncRun) -> None:
    async with listening_to(waiting_run.athlete_id) as announced:
        runners = [Runner() for _ in range(2)]
        cancelling = [for_writers(cancel_run)(waiting_run.athlete_id) for _ in range(4)]
        polling = [runner.poll(take_up=False) for runner in runners for _ in range(2)]
        await asyncio.gather(*cancelling, *polling)

    assert await state_of(waiting_run) == "cancelled"
    assert announced.ends() == [(waiting_run.pk, "sync.cancelled")]
