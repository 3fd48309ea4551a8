"""The background work of a process: it can be stopped during any job, and its row says that it is running."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from pytest_django import Settings

from simulators.process import StandIn
from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import Revocation, User
from strava_live.broadcast import announce_work
from strava_live.database import on_database
from strava_live.status.models import WorkingProcess
from strava_live.sync.models import SyncRun
from strava_live.sync.run_task import RunTask
from strava_live.sync.runner import runner
from strava_live.worker import background
from strava_live.worker.background import JOBS, run_background_work
from strava_live.worker.jobs import Job
from tests.busy_threads import all_threads_busy
from tests.patience import PATIENCE_S


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not await condition():
        assert time.monotonic() < deadline, "it has not come true"
        await asyncio.sleep(0.01)


async def end(working: "asyncio.Task[None]") -> None:
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(PATIENCE_S):
            await working


@pytest.mark.parametrize("job", JOBS, ids=[job.name for job in JOBS])
async def test_work_ends_in_the_middle_of_each_job(
    connections_closed: None, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = asyncio.Event()

    async def begin() -> None:
        began.set()
        await job.work()

    monkeypatch.setattr(background, "JOBS", (replace(job, work=begin, begins_with_pause=False),))
    async with all_threads_busy(on_database):
        working = asyncio.create_task(run_background_work(take_up=True))
        await asyncio.wait_for(began.wait(), PATIENCE_S)
        working.cancel()
        await asyncio.sleep(0)
    await end(working)

    assert not await WorkingProcess.objects.aexists()


async def test_process_shows_that_it_runs_until_it_ends(connections_closed: None) -> None:
    working = asyncio.create_task(run_background_work(take_up=True, kind=WorkingProcess.ProcessKind.WORKER))

    async def all_jobs_have_succeeded() -> bool:
        row = await WorkingProcess.objects.afirst()
        return row is not None and {job.name for job in JOBS} <= row.jobs.keys()

    await until(all_jobs_have_succeeded)
    row = await WorkingProcess.objects.aget()
    assert (row.name, row.kind, row.takes_up) == (runner().lease.owner, "worker", True)

    await end(working)
    assert not await WorkingProcess.objects.aexists()


async def test_web_process_that_takes_up_no_work_has_a_row_and_no_jobs(connections_closed: None) -> None:
    working = asyncio.create_task(run_background_work(take_up=False))
    await until(WorkingProcess.objects.filter(jobs__has_key="row of this process").aexists)

    row = await WorkingProcess.objects.aget()
    await end(working)

    assert (row.kind, row.takes_up, list(row.jobs)) == ("web", False, ["row of this process"])


async def test_revocation_that_hangs_delays_neither_the_next_one_nor_deleting(
    connections_closed: None, stand_in: StandIn, settings: Settings
) -> None:
    settings.REVOCATION_RETRY_S = 2 * PATIENCE_S
    stand_in.fault("latency", "revoke", ms=60_000, calls=1)
    now = timezone.now()
    await Session.objects.acreate(session_key="x" * 32, session_data="", expire_date=now - timedelta(days=1))
    strava_ids = [stand_in.add_athlete(activities=1) for _ in range(2)]
    for strava_id in strava_ids:
        token = Secret.of(stand_in.grant(strava_id)["refresh_token"])
        await Revocation.objects.acreate(strava_id=strava_id, token=token)
    working = asyncio.create_task(run_background_work(take_up=True))

    async def has_deleted_sessions() -> bool:
        return not await Session.objects.aexists()

    await until(has_deleted_sessions)
    await until(Revocation.objects.filter(token=Secret.of("")).aexists)
    held = await Revocation.objects.exclude(token=Secret.of("")).acount()
    await end(working)

    assert held == 1


async def test_bell_starts_a_run_at_once_in_one_process(
    connections_closed: None, athlete: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SYNC_LOOK_EVERY_S = settings.SYNC_IDLE_LOOK_EVERY_S = 2 * PATIENCE_S
    read = asyncio.Event()

    async def note(_: RunTask) -> None:
        read.set()

    monkeypatch.setattr(RunTask, "read", note)
    working = asyncio.create_task(run_background_work(take_up=True))
    await until(WorkingProcess.objects.aexists)
    await asyncio.sleep(0.1)  # for the first look
    await SyncRun.objects.acreate(athlete=athlete, strava_id=17, started_at=timezone.now())
    assert not read.is_set()

    await announce_work()
    await asyncio.wait_for(read.wait(), PATIENCE_S)
    await end(working)
