"""Single values out of Strava's payloads: each function forgives anything and raises nothing."""

import math
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

# What a 64-bit column, a 32-bit column and a clock on earth can hold.
MAX_ID = 2**63 - 1
MAX_COUNT = 2**31 - 1
MAX_OFFSET_S = 18 * 3600
# Outside these years nobody ran with a watch, and arithmetic with days starts to overflow.
FIRST_YEAR, LAST_YEAR = 1971, 2999

_gmt = re.compile(r"\(GMT([+-])(\d{1,2}):?(\d{2})\)")
# Postgres stores no NUL, and nothing can be encoded that holds half a surrogate pair; JSON can spell both.
_unstorable = re.compile("[\x00\ud800-\udfff]")


def text(value: Any, longest: int) -> str:
    """A string that any database and any socket takes."""
    if not isinstance(value, str):
        return ""
    return (value if value.isascii() and "\0" not in value else _unstorable.sub("\ufffd", value))[:longest]


def number(value: Any) -> float:
    """A finite number from 0 up; 0 when it is none."""
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return found if math.isfinite(found) and found > 0 else 0.0


def count(value: Any) -> int:
    """A whole number from 0 up that fits 32 bits."""
    if type(value) is int:
        return min(max(value, 0), MAX_COUNT)
    return int(min(number(value), MAX_COUNT))


def positive_id(value: Any) -> int | None:
    """Ids exceed 32 bits since 2023, and come as strings here and there."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    return value if type(value) is int and 0 < value <= MAX_ID else None


def flag(value: Any) -> bool:
    """Webhooks write booleans as "true" and "false"."""
    return value is True or value in ("true", "True", 1)


def place(value: Any) -> tuple[float, float] | None:
    """Latitude and longitude; Strava sends [] or null without GPS, and (0, 0) is a watch that had no fix."""
    if not isinstance(value, list) or len(value) != 2:
        return None
    try:
        latitude, longitude = float(value[0]), float(value[1])
    except (TypeError, ValueError, OverflowError):
        return None
    on_earth = abs(latitude) <= 90 and abs(longitude) <= 180
    return (latitude, longitude) if on_earth and (latitude or longitude) else None


def instant(value: Any) -> datetime | None:
    """An aware UTC datetime from ISO 8601 (without an offset it is UTC) or from seconds since 1970."""
    try:
        if isinstance(value, str) and not value.isdigit():
            found = datetime.fromisoformat(value)
            found = found.replace(tzinfo=UTC) if found.tzinfo in (None, UTC) else found.astimezone(UTC)
        else:
            found = datetime.fromtimestamp(float(value), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
    return found.replace(microsecond=0) if FIRST_YEAR <= found.year <= LAST_YEAR else None


def wall_clock(value: Any) -> datetime | None:
    """A naive datetime: the Z that Strava appends to local times is false."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found.replace(tzinfo=None, microsecond=0) if FIRST_YEAR <= found.year <= LAST_YEAR else None


def zone_and_offset(zone: Any, offset: Any, *, start: datetime, start_local: datetime | None) -> tuple[str, int]:
    """An IANA name or "", and the offset from UTC at the start, from the best there is.

    `(GMT+10:00) Australia/Brisbane` names the standard offset even in summer, so it comes last.
    """
    name, standard_offset = _named_zone(zone) if isinstance(zone, str) else ("", None)
    seconds = _offset(offset)
    if seconds is None and name:
        seconds = _offset((start.astimezone(ZoneInfo(name)).utcoffset() or timedelta()).total_seconds())
    if seconds is None and start_local is not None:
        seconds = _offset((start_local - start.replace(tzinfo=None)).total_seconds())
    return name, seconds if seconds is not None else standard_offset or 0


def _offset(value: Any) -> int | None:
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return int(seconds) if abs(seconds) <= MAX_OFFSET_S else None


@lru_cache(maxsize=512)
def _named_zone(written: str) -> tuple[str, int | None]:
    gmt = _gmt.match(written)
    standard_offset = None
    if gmt:
        sign, hours, minutes = gmt.groups()
        standard_offset = _offset((-1 if sign == "-" else 1) * (int(hours) * 3600 + int(minutes) * 60))
    name = written.rpartition(" ")[2] if gmt else written.strip()
    try:
        ZoneInfo(name)
    except (ValueError, LookupError, OSError):
        return "", standard_offset
    return name, standard_offset
