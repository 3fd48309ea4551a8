"""One budget for several processes, over a real Redis that may go away."""

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
from strava_live.strava.budget import Go, NotBefore
from strava_live.strava.budget_redis import RedisBudget
from strava_live.strava.limits import Kind, Lane, Ledger, Meters, Policy, Report, Window, Windows
from tests.patience import PATIENCE_S
from tests.strava.servers import RedisProcess
from tests.strava.spender import POLICY

ROOT = Path(__file__).resolve().parents[2]
LONG = POLICY.windows


def budget_on(
    redis: RedisProcess, policy: Policy = POLICY, *, alone: float = 0.25, patience_s: float = PATIENCE_S
) -> RedisBudget:
    return RedisBudget(lambda: Redis(port=redis.port), policy, alone=alone, patience_s=patience_s, look_again_s=0.1)


async def spend(budget: RedisBudget, lane: Lane, attempts: int) -> int:
    answers = await asyncio.gather(*(budget.ask(lane) for _ in range(attempts)))
    return sum(isinstance(answer, Go) for answer in answers)


def two_processes(*arguments: str) -> list[int]:
    """Start two spenders, let them go at the same moment; what each was let do."""
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


def test_two_processes_use_a_limit_up_and_never_exceed_it(redis_process: RedisProcess) -> None:
    went = two_processes(str(redis_process.port), "100", "person")
    assert 19 <= sum(went) <= 20


def test_two_processes_never_make_strava_refuse_a_call(redis_process: RedisProcess, strava_site: StandIn) -> None:
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


async def test_turn_of_the_window_frees_waiters_within_their_jitter(redis_process: RedisProcess) -> None:
    policy = Policy(limits=POLICY.limits, windows=Windows(quarter_s=2.0), jitter_s=(0.05, 0.2))
    budget = budget_on(redis_process, policy)
    went, answer, turn = await within_one_window(budget)
    assert went == 20
    assert isinstance(answer, NotBefore)
    assert turn + 0.04 <= answer.at.timestamp() <= turn + 0.21
    await asyncio.sleep(answer.at.timestamp() - time.time())
    assert isinstance(await budget.ask(Lane.PERSON), Go)


async def within_one_window(budget: RedisBudget) -> tuple[int, Go | NotBefore, float]:
    """How many of thirty went, the answer to one more, and when the window turns. Again if it has turned meanwhile."""
    while True:
        await asyncio.sleep(2.02 - time.time() % 2.0)
        turn = (await budget.standing()).quarter_ends.timestamp()
        went, answer = await spend(budget, Lane.PERSON, 30), await budget.ask(Lane.PERSON)
        if (await budget.standing()).quarter_ends.timestamp() == turn:
            return went, answer, turn


async def test_sign_in_is_counted_and_never_held_back(redis_process: RedisProcess) -> None:
    budget = budget_on(redis_process)
    await spend(budget, Lane.PERSON, 30)
    assert isinstance(await budget.ask(Lane.ROUTINE, kind=Kind.SIGN_IN), Go)
    assert (await budget.standing()).used == Meters(21, 21, 21, 21)


async def test_429_closes_the_window_for_the_other_process_too(redis_process: RedisProcess) -> None:
    one, other = budget_on(redis_process), budget_on(redis_process)
    go = await one.ask(Lane.PERSON)
    assert isinstance(go, Go)
    assert await one.learn(go, headers={}, status=429) is not None
    assert isinstance(await other.ask(Lane.PERSON), NotBefore)
    assert (await other.standing()).closed


async def test_limits_learned_by_one_process_hold_for_the_other(redis_process: RedisProcess) -> None:
    one, other = budget_on(redis_process), budget_on(redis_process)
    go = await one.ask(Lane.PERSON)
    assert isinstance(go, Go)
    headers = {"X-RateLimit-Limit": "400,4000", "X-RateLimit-Usage": "7,70"}
    await one.learn(go, headers={name.lower(): value for name, value in headers.items()}, status=200)
    standing = await other.standing()
    assert (standing.limits, standing.used) == (Meters(400, 4000, 400, 4000), Meters(7, 70, 7, 70))


async def test_killing_redis_leaves_each_process_a_cautious_share(
    redis_process: RedisProcess, caplog: pytest.LogCaptureFixture
) -> None:
    """Twenty calls in the window, ten used by three processes; each may use a quarter of twenty in all."""
    caplog.set_level(logging.WARNING)
    budgets = [budget_on(redis_process, patience_s=1) for _ in range(3)]
    assert [await spend(budget, Lane.PERSON, calls) for budget, calls in zip(budgets, (7, 2, 1), strict=True)] == [
        7,
        2,
        1,
    ]
    redis_process.stop()
    alone = [await spend(budget, Lane.PERSON, 100) for budget in budgets]
    assert alone == [0, 3, 4]
    assert all(budget.degraded for budget in budgets)
    assert (await budgets[0].standing()).degraded
    assert caplog.text.count("keeps to its own share") == 3, "said once by each process"
    assert isinstance(await budgets[0].ask(Lane.PERSON, kind=Kind.SIGN_IN), Go)


async def test_process_alone_stops_at_what_strava_says(redis_process: RedisProcess) -> None:
    budget = budget_on(redis_process, alone=1.0, patience_s=1)
    redis_process.stop()
    go = await budget.ask(Lane.PERSON)
    assert isinstance(go, Go)
    headers = {"x-ratelimit-limit": "20,2000", "x-ratelimit-usage": "18,18"}
    await budget.learn(go, headers=headers, status=200)
    assert await spend(budget, Lane.PERSON, 30) == 2
    assert await budget.learn(go, headers={}, status=429) is not None


async def test_budget_is_shared_again_when_redis_is_back(
    redis_process: RedisProcess, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    one, other = budget_on(redis_process, patience_s=1), budget_on(redis_process, patience_s=1)
    assert await spend(one, Lane.PERSON, 3) == 3
    redis_process.stop()
    assert await spend(one, Lane.PERSON, 30) == 2
    redis_process.start()
    await asyncio.sleep(0.15)
    assert await spend(one, Lane.PERSON, 1) == 1, "one caller looks, and finds it"
    assert await spend(one, Lane.PERSON, 4) == 4
    assert not one.degraded
    assert (await other.standing()).used == Meters(10, 10, 10, 10), "what was used meanwhile is not forgotten"
    assert await spend(other, Lane.PERSON, 30) == 10
    assert caplog.text.count("Redis is back") == 1


async def test_redis_that_does_not_answer_is_not_waited_for(redis_process: RedisProcess) -> None:
    """One after the other a hundred callers would wait for fifty seconds, five times as long as they are given."""
    budget = budget_on(redis_process, alone=1.0, patience_s=0.5)
    await budget.ask(Lane.PERSON)
    redis_process.freeze()
    async with asyncio.timeout(10):
        await asyncio.gather(*(budget.ask(Lane.PERSON) for _ in range(100)))
    assert budget.degraded
    redis_process.thaw()
    async with asyncio.timeout(PATIENCE_S):
        while budget.degraded:
            await asyncio.sleep(0.15)
            standing = await budget.standing()
    assert standing.limits == POLICY.limits, "no late answer is taken for another"
    assert min(standing.used) >= 17


async def test_many_callers_at_once_need_one_connection(redis_process: RedisProcess) -> None:
    budget = budget_on(redis_process, Policy(windows=LONG))
    await spend(budget, Lane.PERSON, 500)
    assert not budget.degraded
    async with Redis(port=redis_process.port) as redis:
        assert len(await redis.client_list()) == 2, "the budget's, and the one that asks"


@pytest.mark.parametrize("seed", range(5))
async def test_script_and_ledger_do_the_same_sums(redis_process: RedisProcess, seed: int) -> None:
    chance = random.Random(seed)
    policy = Policy(limits=Meters(30, 300, 20, 200), windows=LONG)
    budget = budget_on(redis_process, policy)
    window = LONG.at(time.time())
    ledger = Ledger(window, policy.limits)
    for _ in range(200):
        if chance.random() < 0.6:
            lane = chance.choice(list(Lane))
            went = isinstance(await budget.ask(lane), Go)
            assert went == ledger.has_room(policy.share(lane))
            ledger = ledger.counted() if went else ledger
        else:
            report, headers = some_report(chance)
            asked_in = chance.choice([window, Window(window.quarter - 1, window.day)])
            await budget.learn(Go(asked_in), headers=headers, status=429 if report.refused else 200)
            ledger = ledger.learned(report, asked_in=asked_in)
        standing = await budget.standing()
        assert (standing.used, standing.limits, standing.closed) == (ledger.used, ledger.limits, ledger.closed)


def some_report(chance: random.Random) -> tuple[Report, dict[str, str]]:
    limits = Meters(*(chance.randrange(10, 60) for _ in range(4)))
    used = Meters(*(chance.randrange(0, 25) for _ in range(4)))
    headers = {
        "x-ratelimit-limit": f"{limits.overall_quarter},{limits.overall_day}",
        "x-readratelimit-limit": f"{limits.read_quarter},{limits.read_day}",
        "x-ratelimit-usage": f"{used.overall_quarter},{used.overall_day}",
        "x-readratelimit-usage": f"{used.read_quarter},{used.read_day}",
    }
    told = chance.random() < 0.7
    report = Report(limits if told else None, used if told else None, refused=chance.random() < 0.02)
    return report, headers if told else {}
