"""The arithmetic of Strava's rate limits: the windows, the limit headers, and whether one more call fits.

Strava counts the calls of the whole application in two windows, quarter hours (from :00, :15, :30 and :45) and UTC
days, and in each window twice: all calls ("overall"), and calls that only read ("read"). This makes four counters,
always in the order of `Meters`. This site counts each of its calls in all four, also a call to sign in.

Nothing in this module waits, reads a clock or does I/O.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

QUARTER_S = 900.0
DAY_S = 86_400.0


class Lane(Enum):
    """The priority of a call, highest first. It decides which share of each limit the call may use."""

    PERSON = "person"
    """A person waits for the answer."""
    WEBHOOK = "webhook"
    """Strava has reported a change, or an import goes on in the background."""
    ROUTINE = "routine"
    """The site looks for changes by itself."""


class CallKind(Enum):
    """The purpose of a call. Calls of the kind SIGN_IN get, renew or revoke tokens, or ask whose they are.

    They are counted, but never delayed. READ is the kind of all other calls.
    """

    READ = "read"
    SIGN_IN = "sign_in"


class Meters(NamedTuple):
    """Four numbers, one for each of Strava's counters. They are calls that were used, or calls that are allowed."""

    overall_quarter: int
    overall_day: int
    read_quarter: int
    read_day: int

    def maximum(self, other: "Meters") -> "Meters":
        return Meters(*map(max, self, other))

    def plus(self, calls: int) -> "Meters":
        return Meters(*(figure + calls for figure in self))

    def scaled(self, share: float) -> "Meters":
        """Return `share` of each number, rounded down."""
        # Floating point makes 0.29 * 100 a little less than 29.
        return Meters(*(math.floor(figure * share + 1e-9) for figure in self))


NO_CALLS = Meters(0, 0, 0, 0)
SINGLE_PLAYER = Meters(200, 2_000, 100, 1_000)
"""The limits of a new application, which has one athlete. No application has less, so they are used until the first
response of Strava names the real limits."""


class WindowNumbers(NamedTuple):
    """Which quarter of an hour and which day it is: their numbers, both counted from 0 at the start of 1970."""

    quarter: int
    day: int


@dataclass(frozen=True, slots=True)
class WindowLengths:
    """How long a quarter of an hour and a day are, in seconds. Only tests use other lengths."""

    quarter_s: float = QUARTER_S
    day_s: float = DAY_S

    def at(self, now: float) -> WindowNumbers:
        return WindowNumbers(int(now // self.quarter_s), int(now // self.day_s))

    def quarter_ends(self, window: WindowNumbers) -> float:
        return (window.quarter + 1) * self.quarter_s

    def day_ends(self, window: WindowNumbers) -> float:
        return (window.day + 1) * self.day_s


@dataclass(frozen=True, slots=True)
class Policy:
    """How much of each limit each lane (priority) of calls may use, and when calls go on after a window has ended."""

    reserve: float = 0.15
    """The share of each limit that only calls for a waiting person may use."""
    limits: Meters = SINGLE_PLAYER
    """Used until a response of Strava names the real limits."""
    windows: WindowLengths = WindowLengths()
    jitter_s: tuple[float, float] = (1.0, 5.0)
    """The range, in seconds, of the random time after the end of a window. So callers do not all call at once."""

    def share(self, lane: Lane) -> float:
        """Return the share of every limit that this lane may use."""
        webhooks = 1.0 - self.reserve
        match lane:
            case Lane.PERSON:
                return 1.0
            case Lane.WEBHOOK:
                return webhooks
            case Lane.ROUTINE:
                return min(0.70, webhooks - 0.10)


@dataclass(frozen=True, slots=True)
class LimitReport:
    """What one response of Strava says about the limits. None for numbers that it leaves out."""

    limits: Meters | None = None
    used: Meters | None = None
    refused: bool = False
    """True if its status is 429: Strava has refused the call because a limit is reached."""


def read_limit_report(headers: Mapping[str, str], *, status: int | None) -> LimitReport:
    """Read the four headers about limits, any of which may be missing or invalid.

    `headers` must ignore case: the names are looked up in lower case.
    """
    return LimitReport(
        limits=read_meters(headers, "limit", least=1),
        used=read_meters(headers, "usage", least=0),
        refused=status == 429,
    )


def read_meters(headers: Mapping[str, str], what: str, *, least: int) -> Meters | None:
    overall = read_pair(headers.get(f"x-ratelimit-{what}"), least)
    read = read_pair(headers.get(f"x-readratelimit-{what}"), least)
    if overall is None and read is None:
        return None
    # Older applications get one pair only. It applies to both.
    return Meters(*(overall or read or ()), *(read or overall or ()))


def read_pair(value: str | None, least: int) -> tuple[int, int] | None:
    try:
        quarter, day = map(int, (value or "").split(","))
    except ValueError:
        return None
    return (quarter, day) if least <= quarter < 10**9 and least <= day < 10**9 else None


@dataclass(frozen=True, slots=True)
class Ledger:
    """The state of the budget: the calls used in the current quarter of an hour and day, and the limits.

    It is immutable. Each method that counts something returns a new ledger.
    """

    window: WindowNumbers
    limits: Meters = SINGLE_PLAYER
    used: Meters = NO_CALLS
    closed: bool = False
    """True once Strava has answered 429. In the rest of this quarter of an hour, only calls of the kind SIGN_IN are
    sent, whatever the count is."""

    def at(self, window: WindowNumbers) -> "Ledger":
        """Return the ledger as it is in `window`: counts of a quarter of an hour or day that has ended are 0."""
        if window <= self.window:
            return self  # the clocks of two machines can differ a little
        same_quarter, same_day = window.quarter == self.window.quarter, window.day == self.window.day
        return replace(
            self,
            window=window,
            used=keep_windows(self.used, quarter=same_quarter, day=same_day),
            closed=self.closed and same_quarter,
        )

    def has_room(self, share: float) -> bool:
        """Return True if one more call stays within `share` of each limit."""
        ceilings = self.limits.scaled(share)
        return not self.closed and all(used < ceiling for used, ceiling in zip(self.used, ceilings, strict=True))

    def with_call(self) -> "Ledger":
        """Return the ledger with one more call counted."""
        return replace(self, used=self.used.plus(1))

    def with_report(self, report: LimitReport, *, sent_in: WindowNumbers) -> "Ledger":
        """Return the ledger updated from the response to a call that was sent in the window `sent_in`.

        Of our count and Strava's, the higher one is kept: a response may be older than our count, and it leaves out the
        calls under way. If a quarter of an hour or a day ended during the call, Strava may have counted the call before
        or after that moment. So the call is counted in the new window, too.
        """
        quarter, day = sent_in.quarter == self.window.quarter, sent_in.day == self.window.day
        used = self.used.maximum(keep_windows(report.used, quarter=quarter, day=day)) if report.used else self.used
        counted_again = keep_windows(Meters(1, 1, 1, 1), quarter=not quarter, day=not day)
        return replace(
            self,
            limits=report.limits or self.limits,
            used=Meters(*map(sum, zip(used, counted_again, strict=True))),
            closed=self.closed or (report.refused and quarter),
        )

    def opens_at(self, windows: WindowLengths, share: float) -> float:
        """Return when a call within `share` of each limit is possible again.

        That is at the end of the day if a limit of the day is reached, else at the end of the quarter of an hour.
        """
        ceilings = self.limits.scaled(share)
        if self.used.overall_day >= ceilings.overall_day or self.used.read_day >= ceilings.read_day:
            return windows.day_ends(self.window)
        return windows.quarter_ends(self.window)


def keep_windows(meters: Meters, *, quarter: bool, day: bool) -> Meters:
    """Return the counters of the quarter of an hour if `quarter`, those of the day if `day`, and 0 for the others."""
    return Meters(
        meters.overall_quarter if quarter else 0,
        meters.overall_day if day else 0,
        meters.read_quarter if quarter else 0,
        meters.read_day if day else 0,
    )
