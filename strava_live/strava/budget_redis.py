"""The budget of calls to Strava for all processes of a site, kept in Redis and changed by one atomic script.

Strava counts calls in windows: quarters of an hour, and days. The script uses the clock of Redis, so that all processes
agree on when a window ends. While Redis is unreachable, each process counts its own calls and keeps to a share of each
limit that is small enough for a few processes together. When Redis answers again, the process passes on its count, and
Redis keeps the higher of the two counts.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from redis.asyncio import Redis
from redis.exceptions import RedisError

from strava_live.http.per_loop import PerLoop
from strava_live.strava.budget import BudgetStatus, NotBefore, Permit, share_for, status_of, with_jitter
from strava_live.strava.budget_script import SCRIPT
from strava_live.strava.limits import (
    CallKind,
    Lane,
    Ledger,
    LimitReport,
    Meters,
    Policy,
    WindowNumbers,
    read_limit_report,
)

log = logging.getLogger(__name__)
UNKNOWN_METERS = ("-", "-", "-", "-")
"""Four arguments of the script that stand for numbers that a response of Strava did not name."""


class RedisBudget:
    """The budget of a site that is many processes.

    `connect` makes a client of redis-py, one for each event loop. `local_share` is the share of every limit that this
    process may use without Redis. `timeout_s` is how long Redis may take to answer. After a failure, Redis is asked
    again after `try_again_s` seconds at the earliest.
    """

    def __init__(
        self,
        connect: Callable[[], Redis],
        policy: Policy | None = None,
        *,
        key: str = "strava:budget",
        local_share: float = 0.25,
        timeout_s: float = 1.0,
        try_again_s: float = 2.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.connections = PerLoop(lambda: SingleConnection(connect()))
        self.policy = policy or Policy()
        self.key = key
        self.timeout_s = timeout_s
        self.try_again_s = try_again_s
        self.clock = clock
        self.down_until: float | None = None
        self.local = LocalBudget(self.policy, share=local_share, now=clock())

    @property
    def degraded(self) -> bool:
        """True while this process counts only its own calls, because Redis is unreachable."""
        return self.down_until is not None

    async def acquire(self, lane: Lane, *, kind: CallKind = CallKind.READ) -> Permit | NotBefore:
        share = share_for(self.policy, lane, kind)
        result = await self.run("acquire", "" if share is None else share)
        if result is None:
            return self.local.acquire(share, now=self.clock())
        if result.granted:
            self.local.count_shared_call(result.ledger)
            return Permit(result.ledger.window)
        return self.not_before(result, share or 0.0)

    async def record_response(self, permit: Permit, *, headers: Mapping[str, str], status: int) -> NotBefore | None:
        report = read_limit_report(headers, status=status)
        limits, used = report.limits or UNKNOWN_METERS, report.used or UNKNOWN_METERS
        result = await self.run("record", *permit.window, int(report.refused), *limits, *used)
        if result is None:
            return self.local.record(report, permit, now=self.clock())
        return self.not_before(result, 1.0) if report.refused else None

    async def status(self) -> BudgetStatus:
        result = await self.run("look")
        ledger = result.ledger if result else self.local.ledger_at(self.clock())
        return status_of(ledger, self.policy.windows, degraded=self.degraded)

    def not_before(self, result: "ScriptResult", share: float) -> NotBefore:
        opens_at = result.ledger.opens_at(self.policy.windows, share)
        # `opens_at` is by the clock of Redis; the caller waits by the clock of this machine.
        return with_jitter(self.policy, opens_at - result.now + self.clock())

    async def run(self, *verb: str | float) -> "ScriptResult | None":
        """Run the script with a verb (see budget_script.py) and its arguments, and return its result.

        Return None if Redis does not answer. After such a failure, return None for `try_again_s` seconds without asking
        Redis.
        """
        if self.down_until is not None:
            if time.monotonic() < self.down_until:
                return None
            # Only this caller tries Redis again. The others count alone until it has answered.
            self.down_until = time.monotonic() + self.try_again_s
        try:
            async with asyncio.timeout(self.timeout_s):
                connection = await self.connections.get()
                if self.degraded:
                    # Pass on the local count as if Strava had reported it: usage only rises.
                    known = self.local.ledger_at(self.clock())
                    await self.run_on(connection, "record", *known.window, 0, *UNKNOWN_METERS, *known.used)
                result = await self.run_on(connection, *verb)
        except (RedisError, OSError, TimeoutError) as error:
            self.note_failure(error)
            return None
        self.note_success(result)
        return result

    async def run_on(self, connection: "SingleConnection", *verb: str | float) -> "ScriptResult":
        windows, limits = self.policy.windows, self.policy.limits
        args = [windows.quarter_s, windows.day_s, *limits, *verb]
        return read_result(await connection.run(self.key, args))

    def note_failure(self, error: Exception) -> None:
        if not self.degraded:
            log.warning("no Redis (%s): this process keeps to its own share of Strava's limits", type(error).__name__)
        self.down_until = time.monotonic() + self.try_again_s

    def note_success(self, result: "ScriptResult") -> None:
        self.local.known = result.ledger
        if self.degraded:
            log.warning("Redis is back: Strava's limits are shared again")
        self.down_until = None


class SingleConnection:
    """One connection to Redis, used by one call at a time.

    Hosted Redis limits the number of connections, and the pool of redis-py fails when a hundred callers arrive at once.
    """

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.script = redis.register_script(SCRIPT)
        self.lock = asyncio.Lock()

    async def run(self, key: str, args: list[str | float]) -> list[bytes | str | int]:
        async with self.lock:
            result: list[bytes | str | int] = await self.script(keys=[key], args=args)
            return result

    async def aclose(self) -> None:
        await self.redis.aclose()


class LocalBudget:
    """The budget of one process while Redis is unreachable.

    `known` is the ledger (calls used and limits) that Redis last returned, plus the calls of this process since. `own`
    is a ledger of this process's calls alone, which must stay within `share` of each limit.
    """

    def __init__(self, policy: Policy, *, share: float, now: float) -> None:
        self.policy = policy
        self.share = share
        self.known = Ledger(window=policy.windows.at(now), limits=policy.limits)
        self.own = self.known

    def ledger_at(self, now: float) -> Ledger:
        return self.known.at(self.policy.windows.at(now))

    def count_shared_call(self, ledger: Ledger) -> None:
        """Count a call of this process that Redis has granted, in case Redis fails before this window ends."""
        self.own = self.own.at(ledger.window).with_call()

    def acquire(self, share: float | None, *, now: float) -> Permit | NotBefore:
        """Grant a call if it fits both in the limits of all processes and in this process's share of them."""
        known = self.ledger_at(now)
        own = replace(self.own.at(known.window), limits=known.limits.scaled(self.share))
        full = [] if share is None else [ledger for ledger in (known, own) if not ledger.has_room(share)]
        if full:
            return with_jitter(self.policy, max(ledger.opens_at(self.policy.windows, share or 0.0) for ledger in full))
        self.known, self.own = known.with_call(), own.with_call()
        return Permit(known.window)

    def record(self, report: LimitReport, permit: Permit, *, now: float) -> NotBefore | None:
        self.known = self.ledger_at(now).with_report(report, sent_in=permit.window)
        return with_jitter(self.policy, self.known.opens_at(self.policy.windows, 1.0)) if report.refused else None


class ScriptResult(NamedTuple):
    """What the script returns: whether it granted the call, the time of Redis, and the ledger of all processes."""

    granted: bool
    now: float
    ledger: Ledger


def read_result(raw: list[bytes | str | int]) -> ScriptResult:
    # Numbers arrive as integers. The time arrives as text, because Redis cuts off fractions.
    granted, now, quarter, day, closed, *meters = map(float, raw)
    figures = list(map(int, meters))
    window = WindowNumbers(int(quarter), int(day))
    ledger = Ledger(window, Meters(*figures[:4]), Meters(*figures[4:]), closed=closed == 1)
    return ScriptResult(granted == 1, now, ledger)
