"""Read single values of the JSON that services send.

Except for `read_json`, each function accepts any value, and returns a default for a value that it cannot read.
"""

import json
import math
import re
from datetime import UTC, datetime
from typing import Any

from strava_live.http.errors import NotJson

MAX_COUNT = 2**31 - 1
"""The largest value of a 32-bit column."""
FIRST_YEAR, LAST_YEAR = 1971, 2999
"""The years that `instant` accepts. No real instant is outside them, where date arithmetic can overflow."""
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""Characters that JSON can contain and databases cannot: Postgres has no NUL, and UTF-8 no lone surrogate."""


def read_json(body: bytes) -> Any:
    """Return the value of a body. Raise NotJson if the body is cut off, nested too deeply, or not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotJson("the body is not JSON") from error


def text(value: Any, longest: int) -> str:
    """Return a string that every database and socket accepts, cut to `longest` characters; "" if it is not a string."""
    if not isinstance(value, str):
        return ""
    return (value if value.isascii() and "\0" not in value else UNSTORABLE.sub("\ufffd", value))[:longest]


def number(value: Any) -> float:
    """Return a finite number that is not negative; 0 for anything else."""
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return found if math.isfinite(found) and found > 0 else 0.0


def count(value: Any) -> int:
    """Return a whole number from 0 to MAX_COUNT; 0 if `value` is negative or cannot be read as a number.

    A fraction is rounded down. A number above MAX_COUNT becomes MAX_COUNT.
    """
    if type(value) is int:
        return min(max(value, 0), MAX_COUNT)
    return int(min(number(value), MAX_COUNT))


def instant(value: Any) -> datetime | None:
    """Return an aware UTC datetime from ISO 8601 or from seconds since 1970, or None.

    ISO 8601 without an offset is taken for UTC.
    """
    try:
        if isinstance(value, str) and not value.isdigit():
            found = datetime.fromisoformat(value)
            found = found.replace(tzinfo=UTC) if found.tzinfo in (None, UTC) else found.astimezone(UTC)
        else:
            found = datetime.fromtimestamp(float(value), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
    return found.replace(microsecond=0) if FIRST_YEAR <= found.year <= LAST_YEAR else None
