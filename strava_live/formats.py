"""Format durations, times, dates, distances, sports, instants, ordinals and counts, and end sentences."""

import re
from datetime import UTC, date, datetime, time
from typing import overload


def format_duration(seconds: int | None) -> str:
    """Format a duration: "24:31", "1:05:09" from an hour on, "" for None."""
    if seconds is None:
        return ""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def format_time(at: time) -> str:
    """Format a time of day: "9:00", without a leading zero."""
    return f"{at.hour}:{at.minute:02}"


def format_date(day: date) -> str:
    """Format a date: "21 November 2026"."""
    return f"{day.day} {day:%B %Y}"


def format_distance(metres: float) -> str:
    """Format a distance: "5.02 km"."""
    return f"{metres / 1000:.2f} km"


def format_sport(sport_type: str) -> str:
    """Return Strava's name of a sport in words: TrailRun → trail run."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", sport_type).lower()


def format_ordinal(number: int) -> str:
    """Format an ordinal number: "1st", "2nd", "11th", "1,003rd"."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def quantity(number: int, one: str, several: str) -> str:
    """Return a number with its noun: "1 activity", "1,312 activities"."""
    return f"{number:,} {one if number == 1 else several}"


@overload
def utc_iso(at: datetime) -> str: ...
@overload
def utc_iso(at: None) -> None: ...
@overload
def utc_iso(at: datetime | None) -> str | None: ...
def utc_iso(at: datetime | None) -> str | None:
    """Format an instant in UTC, to the second: "2026-11-21T09:02:13Z". Return None for None."""
    return utc_text(at, "seconds") if at else None


def utc_iso_exact(at: datetime) -> str:
    """Format an instant in UTC, to the microsecond: "2026-11-21T09:02:13.123456Z". Clients sort by it."""
    return utc_text(at, "microseconds")


def utc_text(at: datetime, timespec: str) -> str:
    return at.astimezone(UTC).isoformat(timespec=timespec).replace("+00:00", "Z")


def full_stop(sentence: str) -> str:
    """Add a full stop to the sentence, unless it ends with one, or with "!", "?" or "…"."""
    return sentence if sentence.endswith((".", "!", "?", "…")) else f"{sentence}."
