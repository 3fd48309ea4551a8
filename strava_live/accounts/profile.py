"""What an athlete tells about themself, and how it is read: parkrun id, goal time, time zone."""

import re
import zoneinfo

from django.core.exceptions import ValidationError

from strava_live.accounts.plain_text import shows_something, visible
from strava_live.time_zones import known_zone

PARKRUN_ID = re.compile(r"[aA]?([0-9]{1,10})")
MAX_DISPLAY_NAME = 60
GOAL_TIME = re.compile(r"(?:([0-9]):)?([0-9]{1,2}):([0-5][0-9])")
SHORTEST_GOAL_S, LONGEST_GOAL_S = 12 * 60, 3 * 3600


def read_parkrun_id(text: str) -> str:
    """The number of a parkrun barcode, with or without its A; stored without."""
    text = re.sub(r"\s", "", text)
    if not text:
        return ""
    found = PARKRUN_ID.fullmatch(text)
    if not found or not int(found[1]):
        raise ValidationError("Enter the number on your barcode, such as A1234567.")
    return found[1].lstrip("0")


def read_goal_time(text: str) -> int | None:
    """Seconds from mm:ss or h:mm:ss."""
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
    """One line of visible characters: names turn up on walls."""
    return " ".join(visible(text).split()) if shows_something(text) else ""


def is_time_zone(name: str) -> bool:
    return name in time_zones()


def require_time_zone(name: str) -> None:
    if not is_time_zone(name):
        raise ValidationError(f"We don't know the time zone “{name}”. Choose one from the list, such as Europe/London.")


def unknown_zone(stored: str) -> str:
    """Return the stored name if the time-zone database does not know it, so that a page can say so; "" if it does."""
    return "" if known_zone(stored) else stored


def time_zones() -> list[str]:
    """The zones people live in: Region/City names and UTC."""
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
    return ["UTC", *named]
