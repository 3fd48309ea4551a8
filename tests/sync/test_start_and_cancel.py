"""Start and cancel repeatedly at random times, with two runners on one table and Strava's stand-in over HTTP.

START_AND_CANCEL_CYCLES sets the number of cycles.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from pytest_django import Settings

from simulators.process import StandIn
from strava_live.accounts.models import User
from strava_live.database import for_writers, on_database
from strava_live.sync.models import SyncRun
from strava_live.sync.runner import Runner
from strava_live.sync.runs import CannotStart, StillStopping, cancel_run, start_run, wait_until_stopped
from tests.patience import PATIENCE_S
from tests.sync.announced import listening_to
from tests.sync.connected import connect

CYCLES = int(os.environ.get("START_AND_CANCEL_CYCLES", "40"))


@pytest.fixture
def connected(connections_closed: None, stand_in: StandIn, athlete: User, settings: Settings) -> User:
    settings.SYNC_LOOK_EVERY_S = 0.02
    stand_in.limits(overall=[10**6, 10**7], read=[10**6, 10**7], window_s=900)
    strava_id = connect(athlete, stand_in, activities=150)
    stand_in.fault("drip", "activities", ms=0.1, athlete_id=strava_id)
    return athlete


@asynccontextmanager
async def serving() -> AsyncIterator[list[Runner]]:
    runners = [Runner() for _ in range(2)]
    tasks = [asyncio.create_task(runner.serve(take_up=True)) for runner in runners]
    try:
        yield runners
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def started(athlete: User) -> SyncRun:
    try:
        return await for_writers(start_run)(athlete)
    except StillStopping:
        await wait_until_stopped(athlete.pk)
    return await for_writers(start_run)(athlete)


async def start(athlete: User, runner: Runner, chance: random.Random) -> tuple[str, int]:
    """Start as a socket does. Return the answer and the run."""
    try:
        run = await started(athlete)
    except CannotStart as error:
        return error.code, 0
    if chance.random() < 0.7:
        await runner.take_up(run.pk)  # the others are found in the table
    return "started", run.pk


async def cancel(athlete: User, runner: Runner) -> None:
    run = await for_writers(cancel_run)(athlete.pk)
    if run is not None:
        runner.stop(run.pk)


async def test_every_start_is_answered_and_every_end_is_announced_once(connected: User) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    chance = random.Random(seed)
    print(f"seed {seed}, {CYCLES} cycles")  # noqa: T201 - needed to reproduce a failure
    answers: list[tuple[str, int]] = []
    async with listening_to(connected.pk) as announced, serving() as runners:
        for _ in range(CYCLES):
            answers.append(await start(connected, chance.choice(runners), chance))
            (longest,) = chance.choices((0.0, 0.06, 0.6), (10, 10, 1))
            await asyncio.sleep(chance.uniform(0, longest))
            times = chance.choice((1, 1, 2))
            await asyncio.gather(*(cancel(connected, chance.choice(runners)) for _ in range(times)))
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while await on_database(SyncRun.objects.live().exists)():  # noqa: ASYNC110 a table
                    await asyncio.sleep(0.05)

    runs = {run.pk: str(run.state) async for run in SyncRun.objects.all()}
    codes = Counter(code for code, _ in answers)
    print(f"answers {dict(codes)}, runs {dict(Counter(runs.values()))}")  # noqa: T201
    assert set(codes) <= {"started", "already_running"}, f"seed {seed}"
    assert {pk for code, pk in answers if code == "started"} == set(runs)
    assert set(runs.values()) <= {"cancelled", "finished"}, f"seed {seed}: left live"
    assert sorted(announced.ends()) == [(pk, f"sync.{state}") for pk, state in sorted(runs.items())], f"seed {seed}"
