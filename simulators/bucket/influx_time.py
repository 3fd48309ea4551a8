"""Times and durations as InfluxDB's query language writes them, such as `now()-1d`, `1h` or `1690000000000ms`.

A number without a unit is nanoseconds.
"""

import re

UNITS_MS = {
    "ns": 1e-6,
    "": 1e-6,
    "u": 1e-3,
    "µ": 1e-3,
    "ms": 1.0,
    "s": 1000.0,
    "m": 60_000.0,
    "h": 3_600_000.0,
    "d": 86_400_000.0,
    "w": 604_800_000.0,
}
_TERM = re.compile(r"\s*([+-]?)\s*(?:(now\(\))|(\d+)(ns|ms|[uµsmhdw]?))")


class BadTimeError(ValueError):
    """InfluxDB does not understand this time."""


def read_time(text: str, *, now_ms: float) -> float:
    """Return a time in milliseconds: a sum of `now()` and durations."""
    total, at = 0.0, 0
    while at < len(text.rstrip()):
        match = _TERM.match(text, at)
        if not match or (at and not match[1]):
            raise BadTimeError(text)
        value = now_ms if match[2] else int(match[3]) * UNITS_MS[match[4]]
        total += -value if match[1] == "-" else value
        at = match.end()
    if not at:
        raise BadTimeError(text)
    return total


def read_interval(text: str) -> float:
    """Return a duration of more than 0 in milliseconds."""
    match = re.fullmatch(r"\s*(\d+)(ns|ms|[uµsmhdw])\s*", text)
    if not match or not int(match[1]):
        raise BadTimeError(text)
    return int(match[1]) * UNITS_MS[match[2]]
