"""Read single values of Strava's payloads: ids, places, local times and time zones. `http.fields` reads the others.

Each function accepts any value, and returns a default for a value that it cannot read.
"""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from strava_live.http.fields import FIRST_YEAR, LAST_YEAR

# The largest value of a 64-bit column, and the largest offset from UTC.
MAX_ID = 2**63 - 1
MAX_OFFSET_S = 18 * 3600

GMT_OFFSET = re.compile(r"\(GMT([+-])(\d{1,2}):?(\d{2})\)")


def positive_id(value: Any) -> int | None:
    """Return an id, or None. Ids exceed 32 bits since 2023, and some endpoints send them as strings."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    return value if type(value) is int and 0 < value <= MAX_ID else None


def flag(value: Any) -> bool:
    """Return a boolean. Webhooks send "true" and "false" as strings."""
    return value is True or value in ("true", "True", 1)


def place(value: Any) -> tuple[float, float] | None:
    """Return latitude and longitude, or None.

    Strava sends [] or null for an activity without GPS. (0, 0) comes from a watch that had no GPS fix.
    """
    if not isinstance(value, list) or len(value) != 2:
        return None
    try:
        latitude, longitude = float(value[0]), float(value[1])
    except (TypeError, ValueError, OverflowError):
        return None
    on_earth = abs(latitude) <= 90 and abs(longitude) <= 180
    return (latitude, longitude) if on_earth and (latitude or longitude) else None


def wall_clock(value: Any) -> datetime | None:
    """Return a naive local datetime, or None. Strava appends a Z to local times, which is wrong and dropped here."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found.replace(tzinfo=None, microsecond=0) if FIRST_YEAR <= found.year <= LAST_YEAR else None


def zone_and_offset(zone: Any, offset: Any, *, start: datetime, start_local: datetime | None) -> tuple[str, int]:
    """Return the IANA name of the zone, or "", and the offset from UTC in seconds at the start of the activity.

    The offset is taken from the first that can be read: `offset`, the named zone, the two start times, the GMT prefix.
    The prefix comes last because `(GMT-05:00) America/New_York` gives the winter offset in summer too.
    """
    name, standard_offset = read_zone(zone) if isinstance(zone, str) else ("", None)
    seconds = offset_seconds(offset)
    if seconds is None and name:
        seconds = offset_seconds((start.astimezone(ZoneInfo(name)).utcoffset() or timedelta()).total_seconds())
    if seconds is None and start_local is not None:
        seconds = offset_seconds((start_local - start.replace(tzinfo=None)).total_seconds())
    return name, seconds if seconds is not None else standard_offset or 0


def offset_seconds(value: Any) -> int | None:
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return int(seconds) if abs(seconds) <= MAX_OFFSET_S else None


@lru_cache(maxsize=512)
def read_zone(text: str) -> tuple[str, int | None]:
    """Read a time zone such as `(GMT+10:00) Australia/Brisbane`. Return its IANA name, and the offset of its prefix.

    The name is "" if it is unknown, and the offset is None if there is no prefix.
    """
    gmt = GMT_OFFSET.match(text)
    standard_offset = None
    if gmt:
        sign, hours, minutes = gmt.groups()
        standard_offset = offset_seconds((-1 if sign == "-" else 1) * (int(hours) * 3600 + int(minutes) * 60))
    name = text.rpartition(" ")[2] if gmt else text.strip()
    try:
        ZoneInfo(name)
    except (ValueError, LookupError, OSError):
        return "", standard_offset
    return name, standard_offset
