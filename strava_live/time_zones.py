"""Load time zones by name. A name that was stored earlier may be missing from today's time-zone database."""

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
