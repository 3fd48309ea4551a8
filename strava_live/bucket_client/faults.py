"""Turn error responses of Bucket and of its sign-in into exceptions, by their status and body.

Bucket's errors have a body such as `{"status", "message", "name", "hint", "requirements"}`, of which any part may be
missing. Its own errors are distinguished by `hint` alone. Errors of the libraries that it uses come as status 500, with
their own `name` and `message` and without a hint; a message may quote what was sent, so it is never logged.

Its sign-in is another program, ORY Hydra. Hydra's errors have a body such as `{"error", "error_description"}`.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from strava_live.bucket_client.errors import (
    BucketAddressUnknown,
    BucketAnswerNotUnderstood,
    BucketBodyTooLarge,
    BucketClientRefused,
    BucketDown,
    BucketError,
    BucketHeaderMalformed,
    BucketHeaderMissing,
    BucketNotAllowed,
    BucketPropertyNotFound,
    BucketReconnectNeeded,
    BucketRequestRefused,
    BucketTokenRefused,
    BucketTypeUnknown,
    BucketValueMismatch,
    BucketWrongToken,
)
from strava_live.http.errors import NotJson
from strava_live.http.fields import read_json, text
from strava_live.http.retry import retry_after

LONGEST_WORDS = 200
MISMATCH = "mismatch type of value for dimension"
HINTS_OF_403: Mapping[str, type[BucketError]] = {
    "add 'authorization' header": BucketHeaderMissing,
    "add 'bearer '": BucketHeaderMalformed,
    "the bearer token is not active": BucketTokenRefused,
    "the bearer token is not an access token": BucketWrongToken,
    "request was not allowed": BucketNotAllowed,
}
"""The error for each beginning of a 403's hint, in lower case."""
CLIENT_FAULTS = frozenset(
    {"invalid_client", "unauthorized_client", "unsupported_grant_type", "unsupported_response_type", "invalid_scope"}
)
"""OAuth errors about this site, not about a person."""
GRANT_FAULTS = frozenset({"invalid_grant", "invalid_request", "scope_not_granted", "token_inactive", "token_expired"})
"""OAuth errors about a code or a refresh token. Bucket's Hydra answers `invalid_request` for a refresh token that it
does not know, although `invalid_grant` is meant for that."""

ErrorFor = Callable[[int, Mapping[str, str], bytes], BucketError]
"""A function that returns the error for a status other than 2xx and 429."""


class BucketFault(NamedTuple):
    """The parts of an error response that say what it is about. A missing part is empty."""

    status: int
    hint: str = ""
    name: str = ""
    message: str = ""
    """The error's own text. It is never logged, because it may quote what was sent."""

    def __str__(self) -> str:
        return " ".join(filter(None, (str(self.status), self.name, self.hint)))


def read_object(body: bytes) -> Mapping[str, Any]:
    try:
        data = read_json(body)
    except NotJson:
        return {}
    return data if isinstance(data, dict) else {}


def api_error(status: int, headers: Mapping[str, str], body: bytes) -> BucketError:
    """Return the error for a response of Bucket's API. Its `retry_after` is the wait that Bucket asks for."""
    parts = read_object(body)
    hint, name, message = (text(parts.get(part), LONGEST_WORDS) for part in ("hint", "name", "message"))
    error = api_error_without_wait(BucketFault(status, hint, name, message))
    error.retry_after = retry_after(headers)
    return error


def api_error_without_wait(fault: BucketFault) -> BucketError:
    if fault.status == 413 or "entity too large" in fault.message.lower():
        return BucketBodyTooLarge(str(fault))
    if fault.status >= 500:
        if fault.name.startswith("EntityNotFound") and "PropertyType" in fault.message:
            return BucketTypeUnknown(str(fault))
        return BucketDown(str(fault))
    if fault.status == 404:
        return not_found(fault)
    if fault.status == 403:
        hint = fault.hint.lower()
        kinds = (kind for beginning, kind in HINTS_OF_403.items() if hint.startswith(beginning))
        return next(kinds, BucketAnswerNotUnderstood)(str(fault))
    if fault.status == 401:  # Bucket sends none, but a later version may
        return BucketTokenRefused(str(fault))
    if fault.status == 400 and (fault.hint or fault.message):
        return BucketRequestRefused(str(fault))
    return BucketAnswerNotUnderstood(str(fault))


def not_found(fault: BucketFault) -> BucketError:
    hint = fault.hint.lower()
    if hint.startswith(MISMATCH):
        return BucketValueMismatch(str(fault), dimension=fault.hint[len(MISMATCH) :].strip())
    if hint.startswith("this url does not match"):
        return BucketAddressUnknown(str(fault))
    if fault.message.lower().startswith("resource not found") or hint.startswith("property not found"):
        return BucketPropertyNotFound(str(fault))
    return BucketAnswerNotUnderstood(str(fault))


def sign_in_error(status: int, headers: Mapping[str, str], body: bytes) -> BucketError:
    """Return the error for a response of Bucket's sign-in. Its `retry_after` is the wait that Bucket asks for."""
    fault = text(read_object(body).get("error"), LONGEST_WORDS)
    detail = f"{status} {fault}".strip()
    error: BucketError
    if status >= 500:
        error = BucketDown(detail)
    elif fault in CLIENT_FAULTS:
        error = BucketClientRefused(detail)
    elif fault in GRANT_FAULTS:
        error = BucketReconnectNeeded(detail)
    elif status == 401:
        error = BucketTokenRefused(detail)
    else:
        error = BucketAnswerNotUnderstood(detail)
    error.retry_after = retry_after(headers)
    return error
