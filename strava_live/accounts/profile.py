"""Read what users type about themselves: parkrun id, goal time, name, time zone."""

import re
import zoneinfo
from functools import cache

from django.core.exceptions import ValidationError

from strava_live.accounts.plain_text import shows_something, visible
from strava_live.time_zones import known_zone

PARKRUN_ID = re.compile(r"[aA]?([0-9]{1,10})")
MAX_DISPLAY_NAME = 60
GOAL_TIME = re.compile(r"(?:([0-9]):(?=[0-5][0-9]:|[0-9]:))?([0-9]{1,2}):([0-5][0-9])")
SHORTEST_GOAL_S, LONGEST_GOAL_S = 12 * 60, 3 * 3600


def read_parkrun_id(text: str) -> str:
    """Return the number of a parkrun barcode, typed with or without its A. Return "" for an empty text."""
    text = re.sub(r"\s", "", text)
    if not text:
        return ""
    found = PARKRUN_ID.fullmatch(text)
    if not found or not int(found[1]):
        raise ValidationError("Enter the number under your barcode, such as A1234567.")
    return found[1].lstrip("0")


def read_goal_time(text: str) -> int | None:
    """Return the seconds of a time typed as mm:ss or h:mm:ss. Return None for an empty text."""
    text = text.strip().replace(".", ":")
    if not text:
        return None
    found = GOAL_TIME.fullmatch(text)
    if not found:
        raise ValidationError("Enter minutes and seconds, such as 27:30.")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    goal = hours * 3600 + minutes * 60 + seconds
    if not SHORTEST_GOAL_S <= goal <= LONGEST_GOAL_S:
        raise ValidationError("Enter a time between 12:00 and 3:00:00.")
    return goal


def read_display_name(text: str) -> str:
    """Return a name as one line of visible characters, or "" if none is visible: names appear on public screens."""
    return " ".join(visible(text).split()) if shows_something(text) else ""


def is_time_zone(name: str) -> bool:
    return name in time_zones()


def require_time_zone(name: str) -> None:
    if not is_time_zone(name):
        raise ValidationError(f"We don't know the time zone “{name}”. Choose one from the list, such as Europe/London.")


def unknown_zone(stored: str) -> str:
    """Return the stored name of a time zone if the time-zone database does not know it any more, otherwise "".

    Pages warn the user about such a zone.
    """
    return "" if known_zone(stored) else stored


@cache
def time_zones() -> tuple[str, ...]:
    """Return the names to choose from: UTC, and every name in one of these regions.

    Names such as Etc/GMT and US/Eastern are left out. Cached, because reading them looks at hundreds of files.
    """
    regions = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    named = sorted(zone for zone in zoneinfo.available_timezones() if zone.startswith(regions))
    return ("UTC", *named)
