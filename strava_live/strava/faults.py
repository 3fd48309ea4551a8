"""Turn error responses of Strava into exceptions, by their status and body.

The body should look like `{"message": …, "errors": [{"resource", "field", "code"}]}`. In practice `errors` may also be
a string, and the body may be empty or an HTML page of Strava's CDN.
"""

import json
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any, NamedTuple

from strava_live.http.retry import retry_after
from strava_live.strava.errors import (
    AppInactive,
    AthleteLimit,
    Gone,
    NotSubscribed,
    ReconnectNeeded,
    ScopeMissing,
    StravaDown,
    StravaError,
    TokenRefused,
    UnexpectedAnswer,
)

PERMISSION_SUFFIX = "_permission"
# Faults of the application, not of the athlete. Since June 2026 Strava answers every call with Application/Status/
# Inactive unless the application's owner has a subscription.
APPLICATION_FIELDS = frozenset({"status", "client_id", "client_secret"})
# 401 Application/internal/invalid: Strava has closed this endpoint to most applications. The token is valid.
CLOSED_ENDPOINT_FIELD = "internal"


class StravaFault(NamedTuple):
    """The first of the errors that the body of an error response lists, in lower case. A missing part is empty."""

    resource: str = ""
    field: str = ""
    code: str = ""
    message: str = ""

    def __str__(self) -> str:
        return "/".join(word[:60] for word in self if word)


def read_fault(body: bytes) -> StravaFault:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return StravaFault()
    if not isinstance(data, dict):
        return StravaFault()
    message, errors = lower_text(data.get("message")), data.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else errors
    if not isinstance(first, dict):
        return StravaFault(message=message or lower_text(first))
    return StravaFault(
        lower_text(first.get("resource")), lower_text(first.get("field")), lower_text(first.get("code")), message
    )


def lower_text(value: Any) -> str:
    return value.lower() if isinstance(value, str) else ""


class Endpoint(Enum):
    """The kinds of address at Strava. The same status can mean different errors for them."""

    OAUTH = auto()
    ACTIVITY = auto()
    OTHER = auto()


def error_for(
    status: int, headers: Mapping[str, str], body: bytes, *, endpoint: Endpoint = Endpoint.OTHER
) -> StravaError:
    """Return the error for a status other than 2xx and 429. Its `retry_after` is the wait that Strava asks for."""
    error = error_without_wait(status, body, endpoint)
    error.retry_after = retry_after(headers)
    return error


def error_without_wait(status: int, body: bytes, endpoint: Endpoint) -> StravaError:
    fault = read_fault(body)
    detail = f"{status} {fault}".strip()
    if status >= 500:
        return StravaDown(detail)
    if fault.resource == "application" and fault.field in APPLICATION_FIELDS:
        return AppInactive(detail)
    if fault.resource == "pushsubscription" and status == 400:
        return NotSubscribed(detail, reason=fault.code)
    if fault.field.endswith(PERMISSION_SUFFIX):
        return ScopeMissing(detail, scope=fault.field.removesuffix(PERMISSION_SUFFIX))
    if endpoint is Endpoint.OAUTH and status in (400, 401):
        return ReconnectNeeded(detail)
    if status == 401 and fault.field != CLOSED_ENDPOINT_FIELD:
        return TokenRefused(detail)
    if status == 403 and "limit of connected athletes" in fault.message:
        return AthleteLimit(detail)
    # A 404 for a list means that the endpoint itself is missing, not that any activity is gone.
    return Gone(detail) if status == 404 and endpoint is Endpoint.ACTIVITY else UnexpectedAnswer(detail)
