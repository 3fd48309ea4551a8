"""Strava's limits as arithmetic: windows, lanes, what the headers say, and whether there is room for a call.

Strava counts the calls of the whole application in quarter hours from :00 :15 :30 :45 and in UTC days, all of them
("overall") and those that only read ("read", which is everything this site does). So there are four meters, always in
the order of `METERS`. Nothing here waits, asks a clock or talks to anybody.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

QUARTER_S = 900.0
DAY_S = 86_400.0


class Lane(Enum):
    """Who waits for a call; each may use less of a limit than the one before."""

    PERSON = "person"
    WEBHOOK = "webhook"
    ROUTINE = "routine"


class Kind(Enum):
    """What a call is for. Whatever belongs to signing in and out is counted, and never held back."""

    READ = "read"
    SIGN_IN = "sign_in"


class Meters(NamedTuple):
    """One figure for each of the four meters."""

    overall_quarter: int
    overall_day: int
    read_quarter: int
    read_day: int

    def most(self, other: "Meters") -> "Meters":
        return Meters(*map(max, self, other))

    def plus(self, calls: int) -> "Meters":
        return Meters(*(figure + calls for figure in self))

    def share(self, part: float) -> "Meters":
        # A product such as 0.29 * 100 comes out a hair too low.
        return Meters(*(math.floor(figure * part + 1e-9) for figure in self))


NOTHING = Meters(0, 0, 0, 0)
# What every new application has: nobody has less, so it is safe until the first answer names the true limits.
SINGLE_PLAYER = Meters(200, 2_000, 100, 1_000)


class Window(NamedTuple):
    """The quarter hour and the day that an instant lies in, by number since 1970."""

    quarter: int
    day: int


@dataclass(frozen=True, slots=True)
class Windows:
    """The calendar of the windows; only tests make them shorter."""

    quarter_s: float = QUARTER_S
    day_s: float = DAY_S

    def at(self, now: float) -> Window:
        return Window(int(now // self.quarter_s), int(now // self.day_s))

    def quarter_ends(self, window: Window) -> float:
        return (window.quarter + 1) * self.quarter_s

    def day_ends(self, window: Window) -> float:
        return (window.day + 1) * self.day_s


@dataclass(frozen=True, slots=True)
class Policy:
    """How the budget is spent: what is kept free for whom, and how long callers stagger after a window has turned."""

    reserve: float = 0.15
    limits: Meters = SINGLE_PLAYER
    """Believed until Strava's headers say better."""
    windows: Windows = Windows()
    jitter_s: tuple[float, float] = (1.0, 5.0)

    def share(self, lane: Lane) -> float:
        """The part of every limit that this lane may use."""
        webhooks = 1.0 - self.reserve
        match lane:
            case Lane.PERSON:
                return 1.0
            case Lane.WEBHOOK:
                return webhooks
            case Lane.ROUTINE:
                return min(0.70, webhooks - 0.10)


@dataclass(frozen=True, slots=True)
class Report:
    """What one answer of Strava's said about limits; None for what it left out."""

    limits: Meters | None = None
    used: Meters | None = None
    refused: bool = False


def read_report(headers: Mapping[str, str], *, status: int | None) -> Report:
    """The four headers of an answer, any of which may be missing or nonsense. `headers` ignores case."""
    return Report(
        limits=_meters(headers, "limit", least=1),
        used=_meters(headers, "usage", least=0),
        refused=status == 429,
    )


def _meters(headers: Mapping[str, str], what: str, *, least: int) -> Meters | None:
    overall = _pair(headers.get(f"x-ratelimit-{what}"), least)
    read = _pair(headers.get(f"x-readratelimit-{what}"), least)
    if overall is None and read is None:
        return None
    # Older applications are told one pair only, and then it is the one that counts.
    return Meters(*(overall or read or ()), *(read or overall or ()))


def _pair(value: str | None, least: int) -> tuple[int, int] | None:
    try:
        quarter, day = map(int, (value or "").split(","))
    except ValueError:
        return None
    return (quarter, day) if least <= quarter < 10**9 and least <= day < 10**9 else None


@dataclass(frozen=True, slots=True)
class Ledger:
    """How the budget stands: what was used in which window, of how much. Every change makes a new one."""

    window: Window
    limits: Meters = SINGLE_PLAYER
    used: Meters = NOTHING
    closed: bool = False
    """Strava said 429: no more in this quarter hour, whatever the count."""

    def turned(self, window: Window) -> "Ledger":
        """As it stands in `window`: what belonged to windows that are over is forgotten."""
        if window <= self.window:
            return self  # clocks of two machines disagree for a moment
        same_quarter, same_day = window.quarter == self.window.quarter, window.day == self.window.day
        return replace(
            self,
            window=window,
            used=_kept(self.used, quarter=same_quarter, day=same_day),
            closed=self.closed and same_quarter,
        )

    def has_room(self, share: float) -> bool:
        ceilings = self.limits.share(share)
        return not self.closed and all(used < ceiling for used, ceiling in zip(self.used, ceilings, strict=True))

    def counted(self) -> "Ledger":
        return replace(self, used=self.used.plus(1))

    def learned(self, report: Report, *, asked_in: Window) -> "Ledger":
        """After the answer to a call that was asked for in `asked_in`.

        Usage only ever rises within a window: answers overtake each other, and what is under way is not in them yet.
        A call that spans the turn of a window may have been counted in either, so it counts in both.
        """
        quarter, day = asked_in.quarter == self.window.quarter, asked_in.day == self.window.day
        used = self.used.most(_kept(report.used, quarter=quarter, day=day)) if report.used else self.used
        spanned = _kept(Meters(1, 1, 1, 1), quarter=not quarter, day=not day)
        return replace(
            self,
            limits=report.limits or self.limits,
            used=Meters(*map(sum, zip(used, spanned, strict=True))),
            closed=self.closed or (report.refused and quarter),
        )

    def opens(self, windows: Windows, share: float) -> float:
        """When a lane with this share may ask again; meaningful when it has no room now."""
        ceilings = self.limits.share(share)
        if self.used.overall_day >= ceilings.overall_day or self.used.read_day >= ceilings.read_day:
            return windows.day_ends(self.window)
        return windows.quarter_ends(self.window)


def _kept(meters: Meters, *, quarter: bool, day: bool) -> Meters:
    return Meters(
        meters.overall_quarter if quarter else 0,
        meters.overall_day if day else 0,
        meters.read_quarter if quarter else 0,
        meters.read_day if day else 0,
    )
