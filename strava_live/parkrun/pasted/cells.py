"""A date, a time, a position, as they stand in tables and e-mails of many kinds."""

import re
from datetime import date

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DATE = re.compile(
    r"(?<![\d/.-])(?:"
    r"(?P<day>\d{1,2})(?P<mark>[/.-])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4})"
    r"|(?P<short_day>\d{1,2})/(?P<short_month>\d{1,2})/(?P<short_year>\d{2})"
    r"|(?P<iso_year>\d{4})[-/](?P<iso_month>\d{1,2})[-/](?P<iso_day>\d{1,2})(?:T[\d:.]+Z?)?"
    r"|(?P<named_day>\d{1,2})(?:st|nd|rd|th)?\s+(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+"
    r"(?P<named_year>\d{4})"
    r")(?![\d/])",
    re.IGNORECASE | re.ASCII,
)
TIME = re.compile(r"(?<![\d:.])(?:(\d{1,2}):)?(\d{1,3}):(\d{2})(?![\d:])", re.ASCII)
FIGURE = re.compile(r"#?\d{1,6}(?:st|nd|rd|th)?|\d+([.,]\d+)?\s?%|pb!?|-+|–+", re.IGNORECASE | re.ASCII)
FIRST_PARKRUN = date(2004, 10, 2)
FASTEST_S, FASTEST_JUNIOR_S, SLOWEST_S = 12 * 60, 5 * 60, 4 * 3600
LARGEST_POSITION = 99_999


class Unreadable(ValueError):
    """What is wrong with it, in words."""


def day_of(found: re.Match[str], *, today: date) -> date:
    """The day that a DATE tells, if there can have been a parkrun on it."""
    year, month, day = _numbers(found)
    if month > 12:
        raise Unreadable(f"there is no month {month}: dates are read as day/month/year")
    if month < 1 or day < 1:
        raise Unreadable(f"{found[0]} is no date")
    try:
        told = date(year, month, day)
    except ValueError:
        raise Unreadable(f"there is no {day} {MONTH_NAMES[month - 1]} {year}") from None
    if told > today:
        raise Unreadable(f"{day} {MONTH_NAMES[month - 1]} {year} is still to come")
    if told < FIRST_PARKRUN:
        raise Unreadable("the first parkrun was on 2 October 2004")
    return told


def _numbers(found: re.Match[str]) -> tuple[int, int, int]:
    if found["day"]:
        return int(found["year"]), int(found["month"]), int(found["day"])
    if found["short_day"]:
        return 2000 + int(found["short_year"]), int(found["short_month"]), int(found["short_day"])
    if found["iso_day"]:
        return int(found["iso_year"]), int(found["iso_month"]), int(found["iso_day"])
    month = MONTHS.index(found["name"].lower()) + 1
    return int(found["named_year"]), month, int(found["named_day"])


def seconds_of(found: re.Match[str], *, junior: bool) -> int:
    """What a TIME tells, if somebody can have taken so long."""
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if seconds > 59 or (found[1] and minutes > 59):
        raise Unreadable(f"{found[0]} is no time")
    taken = hours * 3600 + minutes * 60 + seconds
    if not (FASTEST_JUNIOR_S if junior else FASTEST_S) <= taken <= SLOWEST_S:
        raise Unreadable(f"{found[0]} cannot be the time of a parkrun")
    return taken


def read_time(text: str, *, junior: bool) -> int | None:
    """A field that holds a time and nothing else, also with full stops; None for an empty one."""
    text = text.strip()
    found = TIME.fullmatch(text if ":" in text else text.replace(".", ":"))
    if not text:
        return None
    if not found:
        raise Unreadable(f"{text[:20]} is no time: write it as minutes and seconds, such as 24:31")
    return seconds_of(found, junior=junior)


def position_of(text: str) -> int | None:
    """The number in 123, #123 or 123rd; None for anything else, and for what nobody has come in as."""
    found = re.fullmatch(r"#?([0-9]{1,6})(?:st|nd|rd|th)?", text.strip(), re.IGNORECASE)
    return int(found[1]) if found and 0 < int(found[1]) <= LARGEST_POSITION else None


def only_figures(text: str) -> bool:
    """Whether it is what follows a date in a table: numbers, times, grades, PB."""
    without_times = TIME.sub("", text)
    return all(FIGURE.fullmatch(token) for token in re.split(r"[\s,;|]+", without_times) if token)
