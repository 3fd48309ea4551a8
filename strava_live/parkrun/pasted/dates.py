"""Read dates as tables and e-mails write them, in parkrun's languages, with the day or the month first."""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from strava_live.parkrun.calendar import FIRST_PARKRUN, occasion_somewhere
from strava_live.parkrun.pasted.faults import FaultCode, Unreadable

MONTH_BEGINNINGS = (
    "jan gen sty tammi янв",
    "feb fév fev lut helmi фев",
    "mar mär mrz maa мар",
    "apr avr kwi huhti апр",
    "may mai maj mag mei touko май мая",
    "jun juin giu cze kesä июн",
    "jul juil lug lip heinä июл",
    "aug aoû aou ago sie elo авг",
    "sep set wrz syys сен",
    "oct okt ott paź paz loka окт",
    "nov lis marras ноя",
    "dec dez déc dic gru joulu дек",
)
"""The first letters of the months, from January, in English, German, French, Italian, Dutch, Danish, Norwegian,
Swedish, Polish, Finnish and Russian.
"""
MONTH_NUMBERS = {beginning: number for number, row in enumerate(MONTH_BEGINNINGS, start=1) for beginning in row.split()}
# The longest beginning must match first: marras is November, mar is March.
MONTH_LETTERS = "".join(sorted({beginning[0] for beginning in MONTH_NUMBERS}))
MONTH = rf"(?=[{MONTH_LETTERS}])(?:{'|'.join(sorted(MONTH_NUMBERS, key=len, reverse=True))})"
# Both lookaheads only save time: at most characters of a long text, no form of a date and no month has to be tried.
DATE = re.compile(
    rf"(?<![\d/.-])(?=[0-9{MONTH_LETTERS}])(?:"
    r"(?P<day>[0-9]{1,2})(?P<mark>[/.-])(?P<month>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4})"
    r"|(?P<short_day>[0-9]{1,2})/(?P<short_month>[0-9]{1,2})/(?P<short_year>[0-9]{2})"
    r"|(?P<iso_year>[0-9]{4})[-/年](?P<iso_month>[0-9]{1,2})[-/月](?P<iso_day>[0-9]{1,2})(?:日|T[0-9:.]+Z?)?"
    r"|(?P<named_day>[0-9]{1,2})(?:st|nd|rd|th|er|\.)?\s{1,3}"
    rf"(?P<name>{MONTH})[^\W\d_]{{0,12}}\.?,?\s{{1,3}}(?P<named_year>[0-9]{{4}})"
    rf"|(?<!\w)(?P<first_name>{MONTH})[^\W\d_]{{0,12}}\.?\s{{1,3}}"
    r"(?P<second_day>[0-9]{1,2})(?:st|nd|rd|th)?,?\s{1,3}(?P<last_year>[0-9]{4})"
    r")(?![\d/])",
    re.IGNORECASE,
)
YearMonthDay = tuple[int, int, int]


class DateOrder(StrEnum):
    """Whether the day or the month comes first in 6/1/2024. Forms and links have these values."""

    DAY_FIRST = "day"
    MONTH_FIRST = "month"


class OrderDecision(NamedTuple):
    """The order of a text's dates. If the text does not decide, `ambiguous` is one of its dates, read both ways."""

    order: DateOrder
    ambiguous: tuple[date, date] | None = None


def read_date(found: re.Match[str], order: DateOrder, *, today: date) -> date:
    """Return the date of a match of DATE.

    Raise `Unreadable` if there is no such day, if it is in the future, or if it is before the first parkrun.
    """
    written = year_month_day(found)
    year, month, day = month_first(written) if order is DateOrder.MONTH_FIRST and may_be_month_first(found) else written
    if month > 12:
        raise Unreadable(FaultCode.NO_SUCH_MONTH, month=month, order=order)
    if month < 1 or day < 1:
        raise Unreadable(FaultCode.BAD_DATE, written=found[0])
    try:
        read = date(year, month, day)
    except ValueError:
        raise Unreadable(FaultCode.NO_SUCH_DAY, year=year, month=month, day=day) from None
    if read > today:
        raise Unreadable(FaultCode.DATE_IN_FUTURE, year=year, month=month, day=day)
    if read < FIRST_PARKRUN:
        raise Unreadable(FaultCode.BEFORE_FIRST_PARKRUN)
    return read


def year_month_day(found: re.Match[str]) -> YearMonthDay:
    """Return year, month and day of a match of DATE. If both orders are possible, the first number is the day."""
    if found["day"]:
        return int(found["year"]), int(found["month"]), int(found["day"])
    if found["short_day"]:
        return 2000 + int(found["short_year"]), int(found["short_month"]), int(found["short_day"])
    if found["iso_day"]:
        return int(found["iso_year"]), int(found["iso_month"]), int(found["iso_day"])
    if found["named_day"]:
        return int(found["named_year"]), month_number(found["name"]), int(found["named_day"])
    return int(found["last_year"]), month_number(found["first_name"]), int(found["second_day"])


def month_number(beginning: str) -> int:
    return MONTH_NUMBERS[beginning.lower()]


def may_be_month_first(found: re.Match[str]) -> bool:
    """Return whether the month may come first, as in 6/1/2024 and 6-1-2024. In 6.1.2024 the day is always first."""
    return bool(found["short_day"] or (found["day"] and found["mark"] != "."))


def month_first(day_first: YearMonthDay) -> YearMonthDay:
    """Return the numbers with day and month exchanged."""
    year, month, day = day_first
    return year, day, month


def decide_order(found: Iterable[re.Match[str]], *, today: date) -> OrderDecision:
    """Choose the order in which more of the dates are days of parkruns.

    If both orders have the same number, choose the day first.
    """
    written = dict.fromkeys(year_month_day(match) for match in found if may_be_month_first(match))
    both = [(parkrun_day(numbers, today), parkrun_day(month_first(numbers), today)) for numbers in written]
    by_day, by_month = sum(day is not None for day, _ in both), sum(month is not None for _, month in both)
    if by_day != by_month:
        return OrderDecision(DateOrder.DAY_FIRST if by_day > by_month else DateOrder.MONTH_FIRST)
    different = ((day, month) for day, month in both if day and month and day != month)
    return OrderDecision(DateOrder.DAY_FIRST, next(different, None))


def parkrun_day(numbers: YearMonthDay, today: date) -> date | None:
    """Return the date if parkruns were held on it in any country, else None."""
    try:
        day = date(*numbers)
    except ValueError:
        return None
    held = occasion_somewhere(day) or occasion_somewhere(day, junior=True)
    return day if held and FIRST_PARKRUN <= day <= today else None
