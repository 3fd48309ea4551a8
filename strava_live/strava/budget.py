"""The application's budget: how many calls Strava still allows in this quarter of an hour and on this day.

The client acquires a permit before each call and records the response after it. `MemoryBudget` is for a site that is
one process, `RedisBudget` (budget_redis.py) for any number of processes.
"""

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from strava_live.strava.limits import (
    CallKind,
    Lane,
    Ledger,
    Meters,
    Policy,
    WindowLengths,
    WindowNumbers,
    read_limit_report,
)


@dataclass(frozen=True, slots=True)
class Permit:
    """Permission for one call, which the budget has counted."""

    window: WindowNumbers
    """The quarter of an hour and the day in which the call was counted."""


@dataclass(frozen=True, slots=True)
class NotBefore:
    """The caller may not call before `at`: a random time shortly after the quarter of an hour or the day has ended.

    `at` is a different time for each caller, so that callers do not all call at once.
    """

    at: datetime


@dataclass(frozen=True, slots=True)
class BudgetStatus:
    """The state of the budget, as pages show it."""

    used: Meters
    limits: Meters
    closed: bool
    """True if Strava has refused a call with status 429 in this quarter of an hour. Until the quarter ends, only calls
    of the kind SIGN_IN are sent."""
    quarter_ends: datetime
    day_ends: datetime
    degraded: bool
    """True while Redis is unreachable: this process counts only its own calls, and keeps to a small share of the
    limits."""

    def room(self, share: float) -> int:
        """Return how many more calls stay within `share` of each limit."""
        return 0 if self.closed else max(0, min(self.left(share)))

    def room_today(self, share: float) -> int:
        """Return how many more calls stay within `share` of the limits of the day."""
        left = self.left(share)
        return max(0, min(left.overall_day, left.read_day))

    def left(self, share: float) -> Meters:
        return Meters(*map(int.__sub__, self.limits.scaled(share), self.used))


class Budget(Protocol):
    """What the client needs of a budget."""

    async def acquire(self, lane: Lane, *, kind: CallKind = CallKind.READ) -> Permit | NotBefore:
        """Count one call and return a permit for it.

        If the call is not allowed now, return at once a NotBefore: the time at which the caller may ask again.
        """

    async def record_response(self, permit: Permit, *, headers: Mapping[str, str], status: int) -> NotBefore | None:
        """Take over the limits and the usage that a response names. Return None unless its status is 429.

        If it is 429, permit only calls of the kind SIGN_IN in the rest of the quarter of an hour in which the call was
        counted, and return a NotBefore: the time at which calls may continue.
        """

    async def status(self) -> BudgetStatus: ...


def share_for(policy: Policy, lane: Lane, kind: CallKind) -> float | None:
    """Return the share of Strava's limits that the call may use, or None for a call that must never be delayed."""
    return None if kind is CallKind.SIGN_IN else policy.share(lane)


def with_jitter(policy: Policy, opens_at: float) -> NotBefore:
    return NotBefore(datetime.fromtimestamp(opens_at + random.uniform(*policy.jitter_s), UTC))  # noqa: S311 - no secret


def status_of(ledger: Ledger, windows: WindowLengths, *, degraded: bool = False) -> BudgetStatus:
    return BudgetStatus(
        used=ledger.used,
        limits=ledger.limits,
        closed=ledger.closed,
        quarter_ends=datetime.fromtimestamp(windows.quarter_ends(ledger.window), UTC),
        day_ends=datetime.fromtimestamp(windows.day_ends(ledger.window), UTC),
        degraded=degraded,
    )


class MemoryBudget:
    """The budget of a site that is one process, in its memory. Several threads and event loops may use it."""

    def __init__(self, policy: Policy | None = None, *, clock: Callable[[], float] = time.time) -> None:
        self.policy = policy or Policy()
        self.clock = clock
        self.lock = threading.Lock()
        self.ledger = Ledger(window=self.window_now(), limits=self.policy.limits)

    async def acquire(self, lane: Lane, *, kind: CallKind = CallKind.READ) -> Permit | NotBefore:
        share = share_for(self.policy, lane, kind)
        with self.lock:
            ledger = self.ledger.at(self.window_now())
            if share is not None and not ledger.has_room(share):
                return with_jitter(self.policy, ledger.opens_at(self.policy.windows, share))
            self.ledger = ledger.with_call()
        return Permit(ledger.window)

    async def record_response(self, permit: Permit, *, headers: Mapping[str, str], status: int) -> NotBefore | None:
        report = read_limit_report(headers, status=status)
        with self.lock:
            ledger = self.ledger.at(self.window_now()).with_report(report, sent_in=permit.window)
            self.ledger = ledger
        return with_jitter(self.policy, ledger.opens_at(self.policy.windows, 1.0)) if report.refused else None

    async def status(self) -> BudgetStatus:
        return status_of(self.ledger.at(self.window_now()), self.policy.windows)

    def window_now(self) -> WindowNumbers:
        return self.policy.windows.at(self.clock())
