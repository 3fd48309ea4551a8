"""Strava's limits on /status/: how much of each is used, and a drawing of the last hours."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format

from strava_live.formats import quantity
from strava_live.status.figures import HISTORY, Sample
from strava_live.strava.budget import BudgetStatus
from strava_live.strava.limits import QUARTER_S

NEARLY_FULL = 0.85
"""A bar has the colour of a warning if it shows this share of a limit or more."""
QUARTER = timedelta(seconds=QUARTER_S)


class Meter(NamedTuple):
    """How much of a limit is used."""

    name: str
    says: str
    """Such as "34 of 100 requests"."""
    until: str
    percent: float
    """How much of the limit is used, from 0 to 100."""
    level: str


class Bar(NamedTuple):
    """A bar in the drawing: one quarter of an hour of the history, with the same figures in words."""

    x: float
    top: float
    height: float
    level: str
    starts: datetime
    time: str
    used: int
    limit: int
    words: str


def meters(budget: BudgetStatus | None) -> Iterator[Meter]:
    """Yield the meters of this quarter of an hour and of today, for Strava's limits on requests that read."""
    if budget is None:
        return
    used, limits = budget.used, budget.limits
    yield meter("This 15 minutes", used.read_quarter, limits.read_quarter, budget.quarter_ends)
    yield meter("Today", used.read_day, limits.read_day, budget.day_ends)


def meter(name: str, used: int, limit: int, ends: datetime) -> Meter:
    share = used_share(used, limit)
    says = f"{used:,} of {quantity(limit, 'request', 'requests')}"
    return Meter(name, says, f"Starts again at {clock(ends)}", round(100 * share, 1), level(share))


def used_share(used: int, limit: int) -> float:
    return min(1.0, used / limit) if limit else 1.0


def level(share: float) -> str:
    if share >= 1:
        return "full"
    return "high" if share >= NEARLY_FULL else "normal"


def history_bars(samples: list[Sample], budget: BudgetStatus | None, now: datetime) -> list[Bar]:
    """Return a bar for each quarter of an hour with samples, oldest first, in a drawing of 100 by 100.

    The bar of the current quarter also counts what was used since the last sample.
    """
    found: dict[datetime, tuple[int, int]] = {}
    for starts, group in groupby(samples, key=lambda sample: quarter_of(sample.minute)):
        last = max(group, key=lambda sample: sample.used.read_quarter)
        found[starts] = last.used.read_quarter, last.limits.read_quarter
    if budget is not None and samples:
        used, _ = found.get(quarter_of(now), (0, 0))
        found[quarter_of(now)] = max(used, budget.used.read_quarter), budget.limits.read_quarter
    first = quarter_of(now) - HISTORY + QUARTER
    return [bar(starts, used, limit, first) for starts, (used, limit) in found.items() if starts >= first]


def bar(starts: datetime, used: int, limit: int, first: datetime) -> Bar:
    width = 100 * (QUARTER / HISTORY)
    share = used_share(used, limit)
    height = round(max(100 * share, 1.5), 1)  # so that a bar of height 0 still shows as a line
    time = f"{clock(starts)} to {clock(starts + QUARTER)}"
    x = round(width * ((starts - first) / QUARTER), 2)
    words = f"{time}: {used:,} of {limit:,}"
    return Bar(x, round(100 - height, 1), height, level(share), starts, time, used, limit, words)


def quarter_of(at: datetime) -> datetime:
    """Return the beginning of the quarter of an hour in which an instant is."""
    return at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)


def history_sentence(bars: list[Bar]) -> str:
    if not bars:
        return "No history yet. It begins a minute after our background work has started."
    most = max(bars, key=lambda one: used_share(one.used, one.limit))
    if not most.used:
        return "No requests in the last six hours."
    return f"The most in a quarter of an hour was {most.used:,} of {most.limit:,}, from {most.time}."


def clock(at: datetime) -> str:
    return date_format(timezone.localtime(at), "H:i")
