"""One budget for all processes of a site, kept in Redis by one atomic script.

The script reads Redis's clock, not the callers': all processes then agree on when a window turns, however far their own
clocks are apart. When Redis cannot be reached, each process goes on by itself, within a share of every limit that is
small enough for a few processes together, and says so; when Redis is back, it is told what was used meanwhile.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from redis.asyncio import Redis
from redis.exceptions import RedisError

from strava_live.strava.budget import Go, NotBefore, Standing, share_for, staggered, standing_of
from strava_live.strava.budget_script import SCRIPT
from strava_live.strava.limits import Kind, Lane, Ledger, Meters, Policy, Report, Window, read_report
from strava_live.strava.per_loop import PerLoop

log = logging.getLogger(__name__)


class RedisBudget:
    """The budget of a site that is many processes.

    `connect` makes a client of redis-py, one for each event loop. `alone` is the share of every limit that this process
    allows itself without Redis; `patience_s` how long it waits for Redis before it takes itself for alone, and
    `look_again_s` how long until it tries once more.
    """

    def __init__(
        self,
        connect: Callable[[], Redis],
        policy: Policy | None = None,
        *,
        key: str = "strava:budget",
        alone: float = 0.25,
        patience_s: float = 1.0,
        look_again_s: float = 2.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._lines = PerLoop(lambda: _Line(connect()))
        self._policy = policy or Policy()
        self._key = key
        self._patience_s = patience_s
        self._look_again_s = look_again_s
        self._clock = clock
        self._lost_until: float | None = None
        self._alone = _Alone(self._policy, share=alone, now=clock())

    @property
    def degraded(self) -> bool:
        """Whether this process is going on by itself, without Redis."""
        return self._lost_until is not None

    async def ask(self, lane: Lane, *, kind: Kind = Kind.READ) -> Go | NotBefore:
        share = share_for(self._policy, lane, kind)
        answer = await self._run("ask", "" if share is None else share)
        if answer is None:
            return self._alone.ask(share, now=self._clock())
        if answer.granted:
            self._alone.saw_a_call(answer.ledger)
            return Go(answer.ledger.window)
        return self._not_before(answer, share or 0.0)

    async def learn(self, go: Go, *, headers: Mapping[str, str], status: int) -> NotBefore | None:
        report = read_report(headers, status=status)
        limits, used = report.limits or _UNSAID, report.used or _UNSAID
        answer = await self._run("learn", *go.window, int(report.refused), *limits, *used)
        if answer is None:
            return self._alone.learn(report, go, now=self._clock())
        return self._not_before(answer, 1.0) if report.refused else None

    async def standing(self) -> Standing:
        answer = await self._run("look")
        ledger = answer.ledger if answer else self._alone.known_at(self._clock())
        return standing_of(ledger, self._policy.windows, degraded=self.degraded)

    def _not_before(self, answer: "_Answer", share: float) -> NotBefore:
        opens = answer.ledger.opens(self._policy.windows, share)
        # Whoever waits does it by this machine's clock.
        return staggered(self._policy, opens - answer.now + self._clock())

    async def _run(self, *verb: str | float) -> "_Answer | None":
        """Run the script; None when Redis does not answer, or did not a moment ago."""
        if self._lost_until is not None:
            if time.monotonic() < self._lost_until:
                return None
            # One caller looks whether Redis is back; meanwhile the others go on alone.
            self._lost_until = time.monotonic() + self._look_again_s
        try:
            async with asyncio.timeout(self._patience_s):
                line = await self._lines.get()
                if self.degraded:
                    # What was used meanwhile, in the words of an answer by Strava: usage only rises.
                    known = self._alone.known_at(self._clock())
                    await self._script(line, "learn", *known.window, 0, *_UNSAID, *known.used)
                answer = await self._script(line, *verb)
        except (RedisError, OSError, TimeoutError) as error:
            self._lost(error)
            return None
        self._found(answer)
        return answer

    async def _script(self, line: "_Line", *verb: str | float) -> "_Answer":
        windows, limits = self._policy.windows, self._policy.limits
        args = [windows.quarter_s, windows.day_s, *limits, *verb]
        return _read_answer(await line.run(self._key, args))

    def _lost(self, error: Exception) -> None:
        if not self.degraded:
            log.warning("no Redis (%s): this process keeps to its own share of Strava's limits", type(error).__name__)
        self._lost_until = time.monotonic() + self._look_again_s

    def _found(self, answer: "_Answer") -> None:
        self._alone.known = answer.ledger
        if self.degraded:
            log.warning("Redis is back: Strava's limits are shared again")
        self._lost_until = None


class _Line:
    """One connection to Redis, used by one call at a time: hosted Redis counts connections, and redis-py's pool fails
    when a hundred callers come at once."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._script = redis.register_script(SCRIPT)
        self._free = asyncio.Lock()

    async def run(self, key: str, args: list[str | float]) -> list[bytes | str | int]:
        async with self._free:
            answer: list[bytes | str | int] = await self._script(keys=[key], args=args)
            return answer

    async def aclose(self) -> None:
        await self._redis.aclose()


class _Alone:
    """What one process knows by itself: everybody's calls as far as it has seen, and its own."""

    def __init__(self, policy: Policy, *, share: float, now: float) -> None:
        self._policy = policy
        self._share = share
        self.known = Ledger(window=policy.windows.at(now), limits=policy.limits)
        self._own = self.known

    def known_at(self, now: float) -> Ledger:
        return self.known.turned(self._policy.windows.at(now))

    def saw_a_call(self, ledger: Ledger) -> None:
        """A call of this process that Redis has counted. It counts towards its share, should Redis go."""
        self._own = self._own.turned(ledger.window).counted()

    def ask(self, share: float | None, *, now: float) -> Go | NotBefore:
        """There must be room among everybody's calls, and in this process's share."""
        known = self.known_at(now)
        own = replace(self._own.turned(known.window), limits=known.limits.share(self._share))
        full = [] if share is None else [ledger for ledger in (known, own) if not ledger.has_room(share)]
        if full:
            return staggered(self._policy, max(ledger.opens(self._policy.windows, share or 0.0) for ledger in full))
        self.known, self._own = known.counted(), own.counted()
        return Go(known.window)

    def learn(self, report: Report, go: Go, *, now: float) -> NotBefore | None:
        self.known = self.known_at(now).learned(report, asked_in=go.window)
        return staggered(self._policy, self.known.opens(self._policy.windows, 1.0)) if report.refused else None


# For four figures that an answer left out.
_UNSAID = ("-", "-", "-", "-")


class _Answer(NamedTuple):
    """What the script answers."""

    granted: bool
    now: float
    ledger: Ledger


def _read_answer(raw: list[bytes | str | int]) -> _Answer:
    # Numbers come as integers, the time as text: Redis cuts fractions off.
    granted, now, quarter, day, closed, *meters = map(float, raw)
    figures = list(map(int, meters))
    ledger = Ledger(Window(int(quarter), int(day)), Meters(*figures[:4]), Meters(*figures[4:]), closed=closed == 1)
    return _Answer(granted == 1, now, ledger)
