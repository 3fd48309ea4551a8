"""Regular jobs: none holds up another, whether it hangs, fails or is cancelled."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from pytest_django import Settings

from strava_live.worker.jobs import Job, Jobs
from tests.patience import PATIENCE_S


class Counted:
    """A job that counts its runs, and that a test can wait for."""

    def __init__(self) -> None:
        self.runs = 0
        self.changed = asyncio.Condition()

    async def work(self) -> None:
        async with self.changed:
            self.runs += 1
            self.changed.notify_all()

    async def until(self, runs: int) -> None:
        async with asyncio.timeout(PATIENCE_S), self.changed:
            await self.changed.wait_for(lambda: self.runs >= runs)


async def hang() -> None:
    await asyncio.Event().wait()


async def fail() -> None:
    raise ValueError("no such thing")


async def end(repeating: "asyncio.Task[None]") -> None:
    repeating.cancel()
    with suppress(asyncio.CancelledError):
        await repeating


@pytest.mark.parametrize("trouble", [hang, fail])
async def test_job_that_hangs_or_fails_holds_up_no_other(trouble: Callable[[], Awaitable[None]]) -> None:
    other = Counted()
    jobs = Jobs([Job("trouble", trouble, "WORK_INTERVAL_S"), Job("other", other.work, "WORK_INTERVAL_S")])

    repeating = asyncio.create_task(jobs.repeat_all())
    await other.until(3)
    await end(repeating)

    assert list(jobs.successes()) == ["other"]


async def test_failure_is_logged_with_the_job_and_the_age_of_its_last_success(
    caplog: pytest.LogCaptureFixture,
) -> None:
    outcomes = iter([True, False])

    async def succeed_once() -> None:
        if not next(outcomes):
            raise ValueError("no such thing")

    job = Job("sometimes", succeed_once, "WORK_INTERVAL_S")
    jobs = Jobs([job])
    with caplog.at_level(logging.ERROR):
        await jobs.run(job)
        await jobs.run(job)

    (record,) = caplog.records
    assert (record.__dict__["job"], record.__dict__["last_success_s_ago"]) == ("sometimes", 0)


async def test_job_that_hangs_too_long_is_cancelled_and_runs_again(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.JOB_WITHIN_S = 0.01
    began = Counted()

    async def begin_and_hang() -> None:
        await began.work()
        await hang()

    repeating = asyncio.create_task(Jobs([Job("hangs", begin_and_hang, "WORK_INTERVAL_S")]).repeat_all())
    await began.until(2)
    await end(repeating)

    assert "a job failed" in caplog.text


async def test_bell_begins_only_the_jobs_that_listen_to_it(settings: Settings) -> None:
    settings.WORK_INTERVAL_S = 2 * PATIENCE_S
    woken, regular = Counted(), Counted()
    jobs = Jobs(
        [Job("woken", woken.work, "WORK_INTERVAL_S", hears_bell=True), Job("regular", regular.work, "WORK_INTERVAL_S")]
    )
    repeating = asyncio.create_task(jobs.repeat_all())
    await woken.until(1)
    await regular.until(1)

    jobs.ring()
    await woken.until(2)
    await end(repeating)

    assert regular.runs == 1


async def test_run_that_hangs_does_not_hold_up_the_others_of_a_job_with_several_at_once() -> None:
    counted, hanging = Counted(), iter([True])

    async def first_hangs() -> None:
        await counted.work()
        if next(hanging, False):
            await hang()

    repeating = asyncio.create_task(Jobs([Job("several", first_hangs, "WORK_INTERVAL_S", at_once=2)]).repeat_all())
    await counted.until(5)
    await end(repeating)


async def test_cancelling_ends_a_job_in_its_middle() -> None:
    began = Counted()

    async def begin_and_hang() -> None:
        await began.work()
        await hang()

    repeating = asyncio.create_task(Jobs([Job("hangs", begin_and_hang, "WORK_INTERVAL_S")]).repeat_all())
    await began.until(1)
    repeating.cancel()

    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(PATIENCE_S):
            await repeating


async def test_job_that_returns_although_it_is_cancelled_does_not_go_on(settings: Settings) -> None:
    """Work in a database thread may do so. The next pause would hold up the end of the process."""
    settings.WORK_INTERVAL_S = 2 * PATIENCE_S
    begun = asyncio.Event()

    async def finish_anyway() -> None:
        begun.set()
        with suppress(asyncio.CancelledError):
            await hang()

    repeating = asyncio.create_task(Jobs([Job("stubborn", finish_anyway, "WORK_INTERVAL_S")]).repeat_all())
    await begun.wait()

    async with asyncio.timeout(PATIENCE_S):
        await end(repeating)
