"""Time zones: load one by its name, and find where a day begins in it.

A name that was stored earlier may be missing from today's time-zone database.
"""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

UTC_ZONE = ZoneInfo("UTC")


@lru_cache(maxsize=1024)
def known_zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, LookupError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return None


def zone_or_utc(name: str) -> ZoneInfo:
    return known_zone(name) or UTC_ZONE


def today_in(zone_name: str) -> date:
    """Return today's date in the time zone of this name, or in UTC if there is no such zone."""
    return datetime.now(UTC).astimezone(zone_or_utc(zone_name)).date()


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)
