"""Errors of the API: `{"code", "message", "fields"?}`, and the code for each exception of the site's packages."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, RawPostDataException
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from strava_live.clubs.members import NotAMember
from strava_live.error_codes import ErrorCode
from strava_live.keyset import InvalidCursor
from strava_live.messages.access import CannotWrite, UnknownMessage, UnknownPerson
from strava_live.messages.sending import BadText
from strava_live.parkrun.results import UnknownResult
from strava_live.protocol import ErrorBody, InvalidMessage, compact
from strava_live.rate_limits import TooManyRequests
from strava_live.social.post_text import BadPost
from strava_live.social.posts import CannotChangePost, NotYours, UnknownEntry
from strava_live.sync.decisions import UnknownActivity
from strava_live.sync.results_by_hand import AlreadyThere
from strava_live.sync.runs import CannotStart

JSON = "application/json"
DOMAIN: Mapping[type[Exception], ErrorCode] = MappingProxyType(
    {
        AlreadyThere: ErrorCode.ALREADY_THERE,
        Http404: ErrorCode.NOT_FOUND,
        NotAMember: ErrorCode.NOT_FOUND,
        NotYours: ErrorCode.NOT_ALLOWED,
        RawPostDataException: ErrorCode.UNSUPPORTED_MEDIA_TYPE,  # the CSRF check has read a form instead of JSON
        RequestDataTooBig: ErrorCode.TOO_LARGE,
        UnknownActivity: ErrorCode.UNKNOWN_ACTIVITY,
        UnknownEntry: ErrorCode.UNKNOWN_ENTRY,
        UnknownMessage: ErrorCode.NOT_FOUND,
        UnknownPerson: ErrorCode.NOT_FOUND,
        UnknownResult: ErrorCode.UNKNOWN_RESULT,
    }
)
"""The code of each exception whose text is not for people. The answer has the code's meaning as its message."""
WITH_CODE = (BadPost, BadText, CannotChangePost, CannotStart, CannotWrite, InvalidMessage)
"""Exceptions that have a `code`, and a text for people."""


class ApiError(Exception):
    """A request that is refused. `message` is a sentence for people, by default the code's meaning."""

    def __init__(
        self,
        code: ErrorCode,
        message: str = "",
        *,
        fields: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message or code.meaning)
        self.code, self.fields = code, dict(fields or {})
        self.headers = {"WWW-Authenticate": "Bearer"} if code is ErrorCode.NOT_SIGNED_IN else {}
        self.headers |= headers or {}


def error_bytes(code: ErrorCode, message: str = "", fields: Mapping[str, str] | None = None) -> bytes:
    """Return the JSON of an error."""
    body = ErrorBody(code=code, message=message or code.meaning)
    if fields:
        body["fields"] = dict(fields)
    return compact(body).encode()


def error_response(error: ApiError) -> HttpResponse:
    body = error_bytes(error.code, str(error), error.fields)
    return HttpResponse(body, content_type=JSON, status=error.code.status, headers=error.headers)


def add_handlers(api: NinjaAPI) -> None:
    """Have the API answer every exception that it knows with an error. Django handles all others, as for pages."""
    handlers: dict[type[Exception], Callable[[Any], ApiError]] = {
        ApiError: lambda error: error,
        HttpError: error_of_ninja,
        InvalidCursor: lambda _: invalid({"cursor": "This is not a cursor of this list."}),
        TooManyRequests: too_many_requests,
        ValidationError: error_of_fields,
        **dict.fromkeys(DOMAIN, lambda error: ApiError(code_of(error))),
        **dict.fromkeys(WITH_CODE, lambda error: ApiError(error.code, str(error))),
    }
    for kind, convert in handlers.items():
        api.add_exception_handler(kind, answering(convert))
    api.add_exception_handler(Exception, raise_again)


def answering(convert: Callable[[Any], ApiError]) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda request, error: error_response(convert(error))


def raise_again(request: HttpRequest, error: Any) -> HttpResponse:
    raise error


def code_of(error: Exception) -> ErrorCode:
    return next(DOMAIN[kind] for kind in type(error).__mro__ if kind in DOMAIN)


def error_of_ninja(error: HttpError) -> ApiError:
    """Convert an error of django-ninja. django-ninja hides an error of our JsonParser behind one of its own."""
    if isinstance(error.__cause__, ApiError):
        return error.__cause__
    if isinstance(error, AuthenticationError):
        return ApiError(ErrorCode.NOT_SIGNED_IN, "Send a token in the header Authorization, or sign in.")
    return ApiError(ErrorCode.BAD_REQUEST)


def error_of_fields(error: ValidationError) -> ApiError:
    """Name each field or parameter that is not valid, with a sentence."""
    fields = {name_of(one["loc"]): sentence_of(one["msg"]) for one in error.errors}
    if "" in fields:
        return ApiError(ErrorCode.BAD_MESSAGE, "The body must be a JSON object.")
    return invalid(fields)


def too_many_requests(error: TooManyRequests) -> ApiError:
    wait = {"Retry-After": str(math.ceil(error.wait_s))}
    return ApiError(ErrorCode.TOO_MANY_REQUESTS, str(error), headers=wait)


def invalid(fields: Mapping[str, str]) -> ApiError:
    message = "A field is not valid." if len(fields) == 1 else f"{len(fields)} fields are not valid."
    return ApiError(ErrorCode.BAD_MESSAGE, message, fields=fields)


def name_of(location: tuple[str | int, ...]) -> str:
    """Return a field's name, dotted if it is inside another; "" for the whole body.

    django-ninja writes ("query", "cursor") for a parameter, and ("body", name of the view's argument, "text") for a
    field of the body.
    """
    return ".".join(str(part) for part in location[2 if location[0] == "body" else 1 :])


def sentence_of(message: str) -> str:
    return f"{message.removeprefix('Value error, ').rstrip('.')}."
