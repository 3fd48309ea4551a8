"""A date, a time, a position, as they stand in tables and e-mails of many kinds."""

import re
from datetime import date

from strava_live.parkrun.pasted.months import BEGINNING, month_number

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
    r"(?P<day>[0-9]{1,2})(?P<mark>[/.-])(?P<month>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4})"
    r"|(?P<short_day>[0-9]{1,2})/(?P<short_month>[0-9]{1,2})/(?P<short_year>[0-9]{2})"
    r"|(?P<iso_year>[0-9]{4})[-/年](?P<iso_month>[0-9]{1,2})[-/月](?P<iso_day>[0-9]{1,2})(?:日|T[0-9:.]+Z?)?"
    r"|(?P<named_day>[0-9]{1,2})(?:st|nd|rd|th|er|\.)?\s{1,3}"
    rf"(?P<name>{BEGINNING})[^\W\d_]{{0,12}}\.?,?\s{{1,3}}(?P<named_year>[0-9]{{4}})"
    rf"|(?<!\w)(?P<first_name>{BEGINNING})[^\W\d_]{{0,12}}\.?\s{{1,3}}"
    r"(?P<second_day>[0-9]{1,2})(?:st|nd|rd|th)?,?\s{1,3}(?P<last_year>[0-9]{4})"
    r")(?![\d/])",
    re.IGNORECASE,
)
TIME = re.compile(r"(?<![\d:.])(?:(\d{1,2}):)?(\d{1,3}):(\d{2})(?![\d:])", re.ASCII)
FIGURE = re.compile(r"#?\d{1,6}(?:st|nd|rd|th)?|\d+([.,]\d+)?\s?%|pb!?|-+|–+", re.IGNORECASE | re.ASCII)
FIRST_PARKRUN = date(2004, 10, 2)
FASTEST_S, FASTEST_JUNIOR_S, SLOWEST_S = 12 * 60, 5 * 60, 4 * 3600
LARGEST_POSITION = 99_999


class Unreadable(ValueError):
    """What is wrong with it, in words."""


def day_of(found: re.Match[str], *, today: date, month_first: bool = False) -> date:
    """The day that a DATE tells, if there can have been a parkrun on it."""
    numbers = year_month_day(found)
    year, month, day = swapped(numbers) if month_first and may_swap(found) else numbers
    if month > 12:
        order = "month/day/year" if month_first else "day/month/year"
        raise Unreadable(f"There's no month {month}: we read these dates as {order}")
    if month < 1 or day < 1:
        raise Unreadable(f"{found[0]} isn't a valid date")
    try:
        told = date(year, month, day)
    except ValueError:
        raise Unreadable(f"There's no {day} {MONTH_NAMES[month - 1]} {year}") from None
    if told > today:
        raise Unreadable(f"{day} {MONTH_NAMES[month - 1]} {year} is in the future")
    if told < FIRST_PARKRUN:
        raise Unreadable("The first parkrun was on 2 October 2004")
    return told


def year_month_day(found: re.Match[str]) -> tuple[int, int, int]:
    """The numbers of a DATE; where day and month are both figures, as if the day came first."""
    if found["day"]:
        return int(found["year"]), int(found["month"]), int(found["day"])
    if found["short_day"]:
        return 2000 + int(found["short_year"]), int(found["short_month"]), int(found["short_day"])
    if found["iso_day"]:
        return int(found["iso_year"]), int(found["iso_month"]), int(found["iso_day"])
    if found["named_day"]:
        return int(found["named_year"]), month_number(found["name"]), int(found["named_day"])
    return int(found["last_year"]), month_number(found["first_name"]), int(found["second_day"])


def may_swap(found: re.Match[str]) -> bool:
    """Whether the month may come first: 6/1/2024, but not 1.6.2024, which is written so only where the day does."""
    return bool(found["short_day"] or (found["day"] and found["mark"] != "."))


def swapped(numbers: tuple[int, int, int]) -> tuple[int, int, int]:
    year, month, day = numbers
    return year, day, month


def seconds_of(found: re.Match[str], *, junior: bool) -> int:
    """What a TIME tells, if somebody can have taken so long."""
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if seconds > 59 or (found[1] and minutes > 59):
        raise Unreadable(f"{found[0]} isn't a valid time")
    return _believable(hours * 3600 + minutes * 60 + seconds, found[0], junior=junior)


def _believable(seconds: int, written: str, *, junior: bool) -> int:
    if not (FASTEST_JUNIOR_S if junior else FASTEST_S) <= seconds <= SLOWEST_S:
        raise Unreadable(f"{written} can't be a parkrun time")
    return seconds


def read_time(text: str, *, junior: bool) -> int | None:
    """A field that holds a time and nothing else, also with full stops; None for an empty one."""
    text = text.strip()
    found = TIME.fullmatch(text if ":" in text else text.replace(".", ":"))
    if not text:
        return None
    if not found:
        raise Unreadable(f"“{text[:20]}” isn't a valid time: write minutes and seconds, such as 24:31")
    return seconds_of(found, junior=junior)


def read_seconds(text: str, *, junior: bool) -> int | None:
    """A field of seconds, such as 1471; a time that is written out is read too. None for an empty one."""
    whole = re.fullmatch(r"([0-9]{1,6})(?:\.0+)?", text.strip())
    return _believable(int(whole[1]), text.strip(), junior=junior) if whole else read_time(text, junior=junior)


def position_of(text: str) -> int | None:
    """The number in 123, #123 or 123rd; None for anything else, and for what nobody has come in as."""
    found = re.fullmatch(r"#?([0-9]{1,6})(?:st|nd|rd|th)?", text.strip(), re.IGNORECASE)
    return int(found[1]) if found and 0 < int(found[1]) <= LARGEST_POSITION else None


def only_figures(text: str) -> bool:
    """Whether it is what follows a date in a table: numbers, times, grades, PB."""
    without_times = TIME.sub("", text)
    return all(FIGURE.fullmatch(token) for token in re.split(r"[\s,;|]+", without_times) if token)
