"""One budget for several processes, in a real Redis that is stopped and started."""

import asyncio
import logging
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from redis.asyncio import Redis

from simulators.process import StandIn
from strava_live.strava.budget import NotBefore, Permit
from strava_live.strava.budget_redis import RedisBudget
from strava_live.strava.limits import CallKind, Lane, Ledger, LimitReport, Meters, Policy, WindowLengths, WindowNumbers
from tests.patience import PATIENCE_S
from tests.strava.redis_process import RedisProcess
from tests.strava.spender import POLICY

ROOT = Path(__file__).resolve().parents[2]
LONG = POLICY.windows


def budget_on(
    redis: RedisProcess, policy: Policy = POLICY, *, local_share: float = 0.25, timeout_s: float = PATIENCE_S
) -> RedisBudget:
    return RedisBudget(
        lambda: Redis(port=redis.port), policy, local_share=local_share, timeout_s=timeout_s, try_again_s=0.1
    )


async def spend(budget: RedisBudget, lane: Lane, attempts: int) -> int:
    answers = await asyncio.gather(*(budget.acquire(lane) for _ in range(attempts)))
    return sum(isinstance(answer, Permit) for answer in answers)


def two_processes(*arguments: str) -> list[int]:
    """Run two spenders at the same time and return how many calls each was permitted."""
    command = [sys.executable, "-m", "tests.strava.spender", *arguments]
    pipe = subprocess.PIPE
    spenders = [subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) for _ in range(2)]
    for spender in spenders:
        assert spender.stdout
        assert spender.stdout.readline() == "ready\n"
    for spender in spenders:
        assert spender.stdin
        spender.stdin.write("go\n")
        spender.stdin.flush()
    outputs = [spender.communicate(timeout=PATIENCE_S)[0] for spender in spenders]
    assert [spender.returncode for spender in spenders] == [0, 0]
    return [int(output) for output in outputs]


def test_two_processes_never_exceed_a_limit(redis_process: RedisProcess) -> None:
    went = two_processes(str(redis_process.port), "100", "person")
    assert 19 <= sum(went) <= 20


def test_strava_never_refuses_a_call_of_two_processes(redis_process: RedisProcess, strava_site: StandIn) -> None:
    token = strava_site.grant(strava_site.add_athlete(activities=1))["access_token"]
    strava_site.limits(overall=(20, 2000), read=(20, 2000), window_s=10**7)
    before = strava_site.stats()
    went = two_processes(str(redis_process.port), "100", "person", strava_site.api_url, token)
    after = strava_site.stats()
    assert 19 <= sum(went) <= 20
    assert after["calls"]["activity"] - before["calls"].get("activity", 0) == sum(went)
    assert after["rejected"] == before["rejected"]


def test_two_processes_keep_to_their_lane(redis_process: RedisProcess) -> None:
    assert sum(two_processes(str(redis_process.port), "100", "routine")) == 14
    assert sum(two_processes(str(redis_process.port), "100", "webhook")) == 3
    assert sum(two_processes(str(redis_process.port), "100", "person")) == 3


async def test_calls_are_permitted_again_within_the_jitter_of_the_next_window(redis_process: RedisProcess) -> None:
    policy = Policy(limits=POLICY.limits, windows=WindowLengths(quarter_s=2.0), jitter_s=(0.05, 0.2))
    budget = budget_on(redis_process, policy)
    went, answer, turn = await within_one_window(budget)
    assert went == 20
    assert isinstance(answer, NotBefore)
    assert turn + 0.04 <= answer.at.timestamp() <= turn + 0.21
    await asyncio.sleep(answer.at.timestamp() - time.time())
    assert isinstance(await budget.acquire(Lane.PERSON), Permit)


async def within_one_window(budget: RedisBudget) -> tuple[int, Permit | NotBefore, float]:
    """Return how many of thirty calls were allowed, the answer to one more, and the window's end, all in one window."""
    while True:
        await asyncio.sleep(2.02 - time.time() % 2.0)
        turn = (await budget.status()).quarter_ends.timestamp()
        went, answer = await spend(budget, Lane.PERSON, 30), await budget.acquire(Lane.PERSON)
        if (await budget.status()).quarter_ends.timestamp() == turn:
            return went, answer, turn


async def test_sign_in_is_counted_but_never_delayed(redis_process: RedisProcess) -> None:
    budget = budget_on(redis_process)
    await spend(budget, Lane.PERSON, 30)
    assert isinstance(await budget.acquire(Lane.ROUTINE, kind=CallKind.SIGN_IN), Permit)
    assert (await budget.status()).used == Meters(21, 21, 21, 21)


async def test_429_closes_the_window_for_the_other_process_too(redis_process: RedisProcess) -> None:
    one, other = budget_on(redis_process), budget_on(redis_process)
    permit = await one.acquire(Lane.PERSON)
    assert isinstance(permit, Permit)
    assert await one.record_response(permit, headers={}, status=429) is not None
    assert isinstance(await other.acquire(Lane.PERSON), NotBefore)
    assert (await other.status()).closed


async def test_limits_learned_by_one_process_apply_to_the_other(redis_process: RedisProcess) -> None:
    one, other = budget_on(redis_process), budget_on(redis_process)
    permit = await one.acquire(Lane.PERSON)
    assert isinstance(permit, Permit)
    headers = {"X-RateLimit-Limit": "400,4000", "X-RateLimit-Usage": "7,70"}
    await one.record_response(permit, headers={name.lower(): value for name, value in headers.items()}, status=200)
    status = await other.status()
    assert (status.limits, status.used) == (Meters(400, 4000, 400, 4000), Meters(7, 70, 7, 70))


async def test_without_redis_each_process_uses_a_small_share(
    redis_process: RedisProcess, caplog: pytest.LogCaptureFixture
) -> None:
    """The window allows twenty calls, of which three processes have used ten. Each may use five, a quarter, in all."""
    caplog.set_level(logging.WARNING)
    budgets = [budget_on(redis_process, timeout_s=1) for _ in range(3)]
    assert [await spend(budget, Lane.PERSON, calls) for budget, calls in zip(budgets, (7, 2, 1), strict=True)] == [
        7,
        2,
        1,
    ]
    redis_process.stop()
    alone = [await spend(budget, Lane.PERSON, 100) for budget in budgets]
    assert alone == [0, 3, 4]
    assert all(budget.degraded for budget in budgets)
    assert (await budgets[0].status()).degraded
    assert caplog.text.count("keeps to its own share") == 3, "logged once by each process"
    assert isinstance(await budgets[0].acquire(Lane.PERSON, kind=CallKind.SIGN_IN), Permit)


async def test_process_without_redis_stops_at_the_limit_strava_reports(redis_process: RedisProcess) -> None:
    budget = budget_on(redis_process, local_share=1.0, timeout_s=1)
    redis_process.stop()
    permit = await budget.acquire(Lane.PERSON)
    assert isinstance(permit, Permit)
    headers = {"x-ratelimit-limit": "20,2000", "x-ratelimit-usage": "18,18"}
    await budget.record_response(permit, headers=headers, status=200)
    assert await spend(budget, Lane.PERSON, 30) == 2
    assert await budget.record_response(permit, headers={}, status=429) is not None


async def test_budget_is_shared_again_when_redis_is_back(
    redis_process: RedisProcess, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    one, other = budget_on(redis_process, timeout_s=1), budget_on(redis_process, timeout_s=1)
    assert await spend(one, Lane.PERSON, 3) == 3
    redis_process.stop()
    assert await spend(one, Lane.PERSON, 30) == 2
    redis_process.start()
    await asyncio.sleep(0.15)
    assert await spend(one, Lane.PERSON, 1) == 1, "one caller tries Redis again"
    assert await spend(one, Lane.PERSON, 4) == 4
    assert not one.degraded
    assert (await other.status()).used == Meters(10, 10, 10, 10), "calls made without Redis are counted"
    assert await spend(other, Lane.PERSON, 30) == 10
    assert caplog.text.count("Redis is back") == 1


async def test_callers_do_not_queue_for_a_redis_that_hangs(redis_process: RedisProcess) -> None:
    """In a queue a hundred callers would wait for fifty seconds, five times as long as they are given."""
    budget = budget_on(redis_process, local_share=1.0, timeout_s=0.5)
    await budget.acquire(Lane.PERSON)
    redis_process.freeze()
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*(budget.acquire(Lane.PERSON) for _ in range(100)))
    assert budget.degraded
    redis_process.thaw()
    async with asyncio.timeout(PATIENCE_S):
        while budget.degraded:
            await asyncio.sleep(0.15)
            status = await budget.status()
    assert status.limits == POLICY.limits, "a late answer is not taken for that of a later call"
    assert min(status.used) >= 17


async def test_many_callers_share_one_connection(redis_process: RedisProcess) -> None:
    budget = budget_on(redis_process, Policy(windows=LONG))
    await spend(budget, Lane.PERSON, 500)
    assert not budget.degraded
    async with Redis(port=redis_process.port) as redis:
        assert len(await redis.client_list()) == 2, "the budget's connection and this test's"


@pytest.mark.parametrize("seed", range(5))
async def test_script_and_ledger_compute_the_same(redis_process: RedisProcess, seed: int) -> None:
    chance = random.Random(seed)
    policy = Policy(limits=Meters(30, 300, 20, 200), windows=LONG)
    budget = budget_on(redis_process, policy)
    window = LONG.at(time.time())
    ledger = Ledger(window, policy.limits)
    for _ in range(200):
        if chance.random() < 0.6:
            lane = chance.choice(list(Lane))
            went = isinstance(await budget.acquire(lane), Permit)
            assert went == ledger.has_room(policy.share(lane))
            ledger = ledger.with_call() if went else ledger
        else:
            report, headers = random_report(chance)
            asked_in = chance.choice([window, WindowNumbers(window.quarter - 1, window.day)])
            await budget.record_response(Permit(asked_in), headers=headers, status=429 if report.refused else 200)
            ledger = ledger.with_report(report, sent_in=asked_in)
        status = await budget.status()
        assert (status.used, status.limits, status.closed) == (ledger.used, ledger.limits, ledger.closed)


def random_report(chance: random.Random) -> tuple[LimitReport, dict[str, str]]:
    limits = Meters(*(chance.randrange(10, 60) for _ in range(4)))
    used = Meters(*(chance.randrange(0, 25) for _ in range(4)))
    headers = {
        "x-ratelimit-limit": f"{limits.overall_quarter},{limits.overall_day}",
        "x-readratelimit-limit": f"{limits.read_quarter},{limits.read_day}",
        "x-ratelimit-usage": f"{used.overall_quarter},{used.overall_day}",
        "x-readratelimit-usage": f"{used.read_quarter},{used.read_day}",
    }
    complete = chance.random() < 0.7
    report = LimitReport(limits if complete else None, used if complete else None, refused=chance.random() < 0.02)
    return report, headers if complete else {}
