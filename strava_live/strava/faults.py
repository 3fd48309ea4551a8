"""What an answer other than a success means: from status and body to one of the errors.

Strava's faults look like `{"message": …, "errors": [{"resource", "field", "code"}]}`, but `errors` may also be a plain
string, the body may be empty, and a page of the CDN's HTML may stand in its place.
"""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from typing import Any, NamedTuple

from strava_live.strava.errors import (
    AppInactive,
    AthleteLimit,
    Gone,
    ReconnectNeeded,
    ScopeMissing,
    StravaDown,
    StravaError,
    TokenRefused,
    UnexpectedAnswer,
)

LONGEST_WAIT_S = 3600.0
_PERMISSION = "_permission"
# Application/Status/Inactive comes with every call since June 2026 unless the owner pays; the others are our settings.
_OF_THE_APPLICATION = frozenset({"status", "client_id", "client_secret"})
# 401 Application/internal/invalid: a call that Strava has withdrawn from all but a few. The token is good.
_WITHDRAWN = "internal"


class Fault(NamedTuple):
    """The first thing Strava complains about, in lower case; empty words where it does not say."""

    resource: str = ""
    field: str = ""
    code: str = ""
    message: str = ""

    def __str__(self) -> str:
        return "/".join(word[:60] for word in self if word)


def read_fault(body: bytes) -> Fault:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return Fault()
    if not isinstance(data, dict):
        return Fault()
    message, errors = _word(data.get("message")), data.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else errors
    if not isinstance(first, dict):
        return Fault(message=message or _word(first))
    return Fault(_word(first.get("resource")), _word(first.get("field")), _word(first.get("code")), message)


def _word(value: Any) -> str:
    return value.lower() if isinstance(value, str) else ""


class About(Enum):
    """What a call asks for, where its answers mean something of their own."""

    SIGNING_IN = auto()
    ONE_ACTIVITY = auto()
    ANYTHING_ELSE = auto()


def error_for(
    status: int, headers: Mapping[str, str], body: bytes, *, about: About = About.ANYTHING_ELSE
) -> StravaError:
    """Return the error for any status but 2xx and 429, with the wait that Strava asks for."""
    error = _error_for(status, body, about)
    error.retry_after = retry_after(headers)
    return error


def _error_for(status: int, body: bytes, about: About) -> StravaError:
    fault = read_fault(body)
    said = f"{status} {fault}".strip()
    if status >= 500:
        return StravaDown(said)
    if fault.resource == "application" and fault.field in _OF_THE_APPLICATION:
        return AppInactive(said)
    if fault.field.endswith(_PERMISSION):
        return ScopeMissing(said, scope=fault.field.removesuffix(_PERMISSION))
    if about is About.SIGNING_IN and status in (400, 401):
        return ReconnectNeeded(said)
    if status == 401 and fault.field != _WITHDRAWN:
        return TokenRefused(said)
    if status == 403 and "limit of connected athletes" in fault.message:
        return AthleteLimit(said)
    # 404 for a list says nothing about any activity: the call itself is not served.
    return Gone(said) if status == 404 and about is About.ONE_ACTIVITY else UnexpectedAnswer(said)


def retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds that Retry-After asks for, an hour at most; 0 without the header, and where it is nonsense.

    It may be a number of seconds or a date.
    """
    value = headers.get("retry-after", "")
    try:
        seconds = float(value)
    except ValueError:
        seconds = _seconds_until(value)
    return min(max(seconds, 0.0), LONGEST_WAIT_S) if math.isfinite(seconds) else 0.0


def _seconds_until(date: str) -> float:
    try:
        return (parsedate_to_datetime(date).astimezone(UTC) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return math.nan
