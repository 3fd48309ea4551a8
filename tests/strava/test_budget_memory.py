"""The budget of a site that is one process."""

import asyncio
from datetime import UTC, datetime

from strava_live.strava.budget import MemoryBudget, NotBefore, Permit
from strava_live.strava.limits import CallKind, Lane, Meters, Policy
from tests.together import at_once

TWENTY = Policy(limits=Meters(20, 2000, 20, 2000))
START = 1_000_000 * 900.0


async def spend(budget: MemoryBudget, lane: Lane, attempts: int) -> int:
    return sum([isinstance(await budget.acquire(lane), Permit) for _ in range(attempts)])


async def test_lower_lanes_stop_first() -> None:
    budget = MemoryBudget(TWENTY, clock=lambda: START)
    assert await spend(budget, Lane.ROUTINE, 50) == 14
    assert await spend(budget, Lane.WEBHOOK, 50) == 3
    assert await spend(budget, Lane.PERSON, 50) == 3
    assert isinstance(await budget.acquire(Lane.PERSON, kind=CallKind.SIGN_IN), Permit)
    assert (await budget.status()).used == Meters(21, 21, 21, 21)


async def test_full_budget_gives_each_caller_a_different_time_to_return() -> None:
    budget = MemoryBudget(TWENTY, clock=lambda: START + 100)
    await spend(budget, Lane.PERSON, 20)
    answers = [await budget.acquire(Lane.PERSON) for _ in range(50)]
    waits = [answer.at.timestamp() - (START + 900) for answer in answers if isinstance(answer, NotBefore)]
    assert len(waits) == 50
    assert all(1.0 <= wait <= 5.0 for wait in waits)
    assert max(waits) - min(waits) > 1.0


async def test_calls_are_permitted_again_in_the_next_window() -> None:
    now = [START]
    budget = MemoryBudget(TWENTY, clock=lambda: now[0])
    await spend(budget, Lane.PERSON, 20)
    answer = await budget.acquire(Lane.PERSON)
    assert isinstance(answer, NotBefore)
    now[0] = answer.at.timestamp()
    assert await spend(budget, Lane.PERSON, 50) == 20


async def test_full_day_waits_for_midnight() -> None:
    now = [START]
    budget = MemoryBudget(Policy(limits=Meters(100, 30, 100, 30)), clock=lambda: now[0])
    assert await spend(budget, Lane.PERSON, 50) == 30
    answer = await budget.acquire(Lane.PERSON)
    assert isinstance(answer, NotBefore)
    midnight = datetime.fromtimestamp(START, UTC).replace(hour=0, minute=0, second=0).timestamp() + 86_400
    assert 1.0 <= answer.at.timestamp() - midnight <= 5.0


async def test_reported_usage_raises_the_count_and_never_lowers_it() -> None:
    budget = MemoryBudget(clock=lambda: START)
    permit = await budget.acquire(Lane.PERSON)
    assert isinstance(permit, Permit)
    headers = {"x-ratelimit-limit": "400,4000", "x-ratelimit-usage": "390,390"}
    assert await budget.record_response(permit, headers=headers, status=200) is None
    assert await spend(budget, Lane.PERSON, 50) == 10
    assert await budget.record_response(permit, headers=headers, status=200) is None
    assert isinstance(await budget.acquire(Lane.PERSON), NotBefore)


async def test_429_closes_the_window() -> None:
    now = [START]
    budget = MemoryBudget(clock=lambda: now[0])
    permit = await budget.acquire(Lane.PERSON)
    assert isinstance(permit, Permit)
    closed = await budget.record_response(permit, headers={}, status=429)
    assert closed is not None
    assert 1.0 <= closed.at.timestamp() - (START + 900) <= 5.0
    assert isinstance(await budget.acquire(Lane.PERSON), NotBefore)
    assert (await budget.status()).closed
    now[0] = closed.at.timestamp()
    assert isinstance(await budget.acquire(Lane.ROUTINE), Permit)


def test_event_loops_of_several_threads_share_one_budget() -> None:
    budget = MemoryBudget(Policy(limits=Meters(10**6, 10**6, 1000, 10**6)), clock=lambda: START)

    went = at_once(4, lambda: asyncio.run(spend(budget, Lane.PERSON, 500)))

    assert sum(went) == 1000
