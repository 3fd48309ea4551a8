"""A day of routine syncs for 500 athletes, simulated: the budget, the longest wait, and people who press meanwhile.

The limits are those that Strava gives an application with 999 athletes, and those of a new application.
"""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from strava_live.strava import budget_redis
from strava_live.strava.budget import MemoryBudget
from strava_live.strava.budget_redis import RedisBudget
from strava_live.strava.budget_script import SCRIPT
from strava_live.strava.limits import SINGLE_PLAYER, Meters, Policy
from tests.sync.routine_day import BEGIN, Days, connected_athletes, stays_within

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ATHLETES = 500
GROWN = Meters(600, 6_000, 300, 3_000)
"""Calls in a quarter of an hour and on a day, then the same for calls that read."""
HOUR = timedelta(hours=1)
CLOCK, KEY = "tests:routine_day:clock", "tests:routine_day:budget"


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with asyncio.Runner() as runner:
        yield runner.get_loop()


def in_memory(limits: Meters, loop: asyncio.AbstractEventLoop) -> Days:
    clock = [BEGIN.timestamp()]
    budget = MemoryBudget(Policy(limits=limits), clock=lambda: clock[0])

    def set_clock(now: datetime) -> None:
        clock[0] = now.timestamp()

    return Days(budget, set_clock, loop)


def test_with_the_limits_of_a_grown_application_no_athlete_waits_more_than_eight_hours(
    loop: asyncio.AbstractEventLoop,
) -> None:
    athletes = connected_athletes(ATHLETES)
    day = in_memory(GROWN, loop)

    day.run(timedelta(days=1), people_an_hour=4)

    assert stays_within(day, GROWN)
    assert day.people_refused == 0
    assert day.longest_wait <= 8 * HOUR, day.longest_wait
    assert min(day.syncs[athlete] for athlete in athletes) >= 3


@pytest.mark.services
def test_the_same_with_the_budget_in_redis(
    redis_url: str, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The script takes the time from a key instead of from the clock of Redis. All else is as it is."""
    simulated = SCRIPT.replace("redis.call('TIME')", f"{{ redis.call('GET', '{CLOCK}'), 0 }}")
    assert simulated != SCRIPT
    monkeypatch.setattr(budget_redis, "SCRIPT", simulated)
    connected_athletes(ATHLETES)
    with Redis.from_url(redis_url) as redis:
        redis.delete(CLOCK, KEY)
        redis.set(CLOCK, BEGIN.timestamp())
        budget = RedisBudget(lambda: AsyncRedis.from_url(redis_url), Policy(limits=GROWN), key=KEY, timeout_s=60)
        day = Days(budget, lambda now: redis.set(CLOCK, now.timestamp()), loop)

        day.run(timedelta(hours=12), people_an_hour=4)

    assert not budget.degraded
    assert stays_within(day, GROWN)
    assert day.people_refused == 0
    assert day.longest_wait <= 8 * HOUR, day.longest_wait


def test_with_the_limits_of_a_new_application_all_athletes_wait_equally_long(
    loop: asyncio.AbstractEventLoop,
) -> None:
    """The share of routine syncs is 700 calls a day, less what people use: 500 athletes wait for about 20 hours."""
    athletes = connected_athletes(ATHLETES)
    days = in_memory(SINGLE_PLAYER, loop)

    days.run(timedelta(days=2), people_an_hour=4)

    assert stays_within(days, SINGLE_PLAYER)
    assert days.people_refused == 0
    assert 16 * HOUR < days.longest_wait <= 22 * HOUR, days.longest_wait
    counts = [days.syncs[athlete] for athlete in athletes]
    assert max(counts) - min(counts) <= 1
