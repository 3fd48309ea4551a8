"""Asking for room before a call to Strava, and telling what the answer said about limits afterwards.

`Budget` is what the client needs. `MemoryBudget` here serves a site that is one process; `RedisBudget` next door serves
any number of them.
"""

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from strava_live.strava.limits import Kind, Lane, Ledger, Meters, Policy, Report, Window, Windows, read_report


@dataclass(frozen=True, slots=True)
class Go:
    """There is room, and the call is counted already."""

    window: Window


@dataclass(frozen=True, slots=True)
class NotBefore:
    """There is no room until `at`, a moment after a window turns: everyone gets a different one."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How the budget stands, for people to look at."""

    used: Meters
    limits: Meters
    closed: bool
    quarter_ends: datetime
    day_ends: datetime
    degraded: bool
    """Redis cannot be reached: this process knows of its own calls only and keeps to a share of its own."""


class Budget(Protocol):
    """What a call to Strava asks before, and tells afterwards."""

    async def ask(self, lane: Lane, *, kind: Kind = Kind.READ) -> Go | NotBefore: ...

    async def learn(self, go: Go, *, headers: Mapping[str, str], status: int) -> NotBefore | None:
        """Take in an answer. Gives a time when the answer was 429, which closes the window."""

    async def standing(self) -> Standing: ...


def share_for(policy: Policy, lane: Lane, kind: Kind) -> float | None:
    """The part of every limit that may be used up; None when nothing holds the call back."""
    return None if kind is Kind.SIGN_IN else policy.share(lane)


def staggered(policy: Policy, opens: float) -> NotBefore:
    return NotBefore(datetime.fromtimestamp(opens + random.uniform(*policy.jitter_s), UTC))  # noqa: S311 - no secret


def standing_of(ledger: Ledger, windows: Windows, *, degraded: bool = False) -> Standing:
    return Standing(
        used=ledger.used,
        limits=ledger.limits,
        closed=ledger.closed,
        quarter_ends=datetime.fromtimestamp(windows.quarter_ends(ledger.window), UTC),
        day_ends=datetime.fromtimestamp(windows.day_ends(ledger.window), UTC),
        degraded=degraded,
    )


class MemoryBudget:
    """The budget of a site that is a single process. Safe to use from several event loops in several threads."""

    def __init__(self, policy: Policy | None = None, *, clock: Callable[[], float] = time.time) -> None:
        self._policy = policy or Policy()
        self._clock = clock
        self._lock = threading.Lock()
        self._ledger = Ledger(window=self._now(), limits=self._policy.limits)

    async def ask(self, lane: Lane, *, kind: Kind = Kind.READ) -> Go | NotBefore:
        share = share_for(self._policy, lane, kind)
        with self._lock:
            ledger = self._ledger.turned(self._now())
            if share is not None and not ledger.has_room(share):
                return staggered(self._policy, ledger.opens(self._policy.windows, share))
            self._ledger = ledger.counted()
        return Go(ledger.window)

    async def learn(self, go: Go, *, headers: Mapping[str, str], status: int) -> NotBefore | None:
        report: Report = read_report(headers, status=status)
        with self._lock:
            ledger = self._ledger = self._ledger.turned(self._now()).learned(report, asked_in=go.window)
        return staggered(self._policy, ledger.opens(self._policy.windows, 1.0)) if report.refused else None

    async def standing(self) -> Standing:
        return standing_of(self._ledger.turned(self._now()), self._policy.windows)

    def _now(self) -> Window:
        return self._policy.windows.at(self._clock())
