"""Whether the day or the month comes first in a text's dates: the whole text decides, or else the athlete is asked."""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from strava_live.parkrun.calendar import occasion_somewhere
from strava_live.parkrun.pasted.cells import FIRST_PARKRUN, may_swap, swapped, year_month_day


class Order(StrEnum):
    DAY_FIRST = "day"
    MONTH_FIRST = "month"


class Decision(NamedTuple):
    """`either` holds a date both ways, if nothing in the text decides."""

    order: Order
    either: tuple[date, date] | None = None


def decide_order(found: Iterable[re.Match[str]], *, today: date) -> Decision:
    """Take the order in which more of the dates can have had a parkrun."""
    written = dict.fromkeys(year_month_day(match) for match in found if may_swap(match))
    ways = [(_held(numbers, today), _held(swapped(numbers), today)) for numbers in written]
    by_day, by_month = sum(day is not None for day, _ in ways), sum(month is not None for _, month in ways)
    if by_day != by_month:
        return Decision(Order.DAY_FIRST if by_day > by_month else Order.MONTH_FIRST)
    differing = ((day, month) for day, month in ways if day and month and day != month)
    return Decision(Order.DAY_FIRST, next(differing, None))


def _held(numbers: tuple[int, int, int], today: date) -> date | None:
    """Return the date if there can have been a parkrun on it."""
    try:
        day = date(*numbers)
    except ValueError:
        return None
    held = occasion_somewhere(day) or occasion_somewhere(day, junior=True)
    return day if held and FIRST_PARKRUN <= day <= today else None
