"""The parts of the OpenAPI document that its routes share: errors, headers, parameters, and words about all of them."""

from collections.abc import Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.conf import settings

from strava_live.api.errors import JSON
from strava_live.error_codes import ErrorCode
from strava_live.protocol import ErrorBody, Json

API_WORDS = """\
What the site's pages show, for programs.

Sign in with a token from the site's settings: `Authorization: Bearer <token>`. A token acts for the person who made it.
With the scope `read` it may only read. A script of the site's own pages uses the session of the signed-in person
instead, and sends the header `X-CSRFToken` with each write.

A list is a page of at most 50 items, with the addresses of the `next` and the `previous` page. An error is
`{"code", "message", "fields"?}`: act on its `code`, and show its `message` to people. Besides the errors of each route,
any address may answer 400, 405 or 408. Later versions may add fields, codes and values: ignore those that you do not
know.
"""
NOT_OF_THE_API = frozenset(
    {
        ErrorCode.ATHLETE_LIMIT,
        ErrorCode.BAD_NUMBER,
        ErrorCode.NO_SCREEN,
        ErrorCode.RATE_LIMIT,
        ErrorCode.STRAVA_DOWN,
        ErrorCode.STRAVA_INACTIVE,
    }
)
"""Codes that only pages, WebSockets and failed imports have."""
USUAL = frozenset({ErrorCode.WRONG_SCOPE, ErrorCode.NOT_FOUND, ErrorCode.BAD_MESSAGE})
"""The code in the example of an error, for statuses with several codes."""

IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A text that you make up for this request, such as a UUID. If you send the request again with the "
    "same key and body within 24 hours, it is not carried out a second time: the first answer comes again, with the "
    "header `Idempotency-Replayed`. A post or message comes as it is by then. The same key with another body is "
    "refused with 422.",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
    "example": "0190b2c4-5d1f-7c3a-9e57-4f0d2b6a8c11",
}
IF_NONE_MATCH: Json = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` of an earlier answer. If nothing has changed since, the answer is 304 without a body.",
    "required": False,
    "schema": {"type": "string"},
    "example": '"9e0b7f6f5b1d4f0fb0a4d1a2c3e4f506"',
}
LAST_EVENT_ID: Json = {
    "name": "Last-Event-ID",
    "in": "header",
    "description": "The `id` of the last event that you have. `hello` then has everything that has changed since, or "
    "says with `complete` that it cannot.",
    "required": False,
    "schema": {"type": "string"},
    "example": "x7Rk2mQ0:1212",
}
PARAMETERS: Mapping[str, Json] = {
    "after": {
        "description": "The position of an earlier answer, `<epoch>:<seq>`: read what has changed since.",
    },
    "cursor": {
        "description": "The page to read, as in the `next` and `previous` of another page. Without it, the first page.",
    },
    "entry_id": {"description": "The entry's `id`.", "example": 812},
    "message_id": {"description": "The message's `id`.", "example": 9040},
    "near": {
        "description": "A latitude and a longitude in degrees: the nearest 50 events, nearest first.",
        "example": "51.41,-0.34",
    },
    "parkrun": {
        "description": "Only activities with this verdict: surely a parkrun, maybe one, or none.",
        "example": "sure",
    },
    "q": {"description": "A part of a name: the 50 events that match best."},
    "result_id": {"description": "The parkrun's `id`.", "example": 96},
    "run_id": {"description": "The import's `id`.", "example": 31},
    "since": {"description": "Only this day and later ones.", "example": "2026-11-01"},
    "slug": {"description": "The club's `slug`.", "example": "striders"},
    "state": {"description": "Only activities in this state.", "example": "saved"},
    "strava_id": {"description": "The activity's number at Strava.", "example": 16511223344},
    "until": {"description": "Only this day and earlier ones."},
}
"""Descriptions and examples of parameters, for routes that have none of their own."""
HEADERS: Mapping[str, Json] = {
    "ETag": {"description": "Names this content, for `If-None-Match`.", "schema": {"type": "string"}},
    "Idempotency-Replayed": {
        "description": "`true` if this is the answer to an earlier request with the same `Idempotency-Key`.",
        "schema": {"type": "string", "const": "true"},
    },
    "Retry-After": {"description": "Wait this many seconds.", "schema": {"type": "integer", "minimum": 1}},
    "WWW-Authenticate": {"description": "How to sign in.", "schema": {"type": "string"}},
}
HEADERS_OF_ERRORS: Mapping[int, str] = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}
SECURITY_SCHEMES: Mapping[str, Json] = {
    "BearerToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token that a person has made in the site's settings. It starts with `satlive_r_` (scope "
        "`read`) or `satlive_w_` (scope `write`, which may read too).",
    },
    "SignedInSession": {
        "type": "apiKey",
        "in": "cookie",
        "name": settings.SESSION_COOKIE_NAME,
        "description": "The session of a signed-in browser. A write also needs the header `X-CSRFToken` with the CSRF "
        "token of the page.",
    },
}


def reference(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


def error_name(status: int) -> str:
    return f"Error{status}"


def codes_by_status() -> dict[int, list[ErrorCode]]:
    """Return the codes of the API's errors by HTTP status, the most usual one of each status first."""
    codes = sorted(set(ErrorCode) - NOT_OF_THE_API, key=lambda code: (code.status, code not in USUAL, code))
    return {status: list(of_status) for status, of_status in groupby(codes, key=attrgetter("status"))}


def error_response(codes: list[ErrorCode]) -> Json:
    """Describe the errors with one HTTP status: their codes, and an example of the first."""
    status, usual = codes[0].status, codes[0]
    example = ErrorBody(code=usual, message=usual.meaning)
    if usual is ErrorCode.BAD_MESSAGE:
        example = ErrorBody(code=usual, message="A field is not valid.", fields={"text": "Field required"})
    described: Json = {
        "description": "\n".join(f"- `{code}`: {code.meaning}" for code in codes),
        "content": {JSON: {"schema": reference("schemas", "ErrorBody"), "example": example}},
    }
    if header := HEADERS_OF_ERRORS.get(status):
        described["headers"] = {header: reference("headers", header)}
    return described


def shared_components() -> dict[str, dict[str, Any]]:
    unchanged = {
        "description": "The content is still the one that `If-None-Match` names.",
        "headers": {"ETag": reference("headers", "ETag")},
    }
    return {
        "responses": {"NotModified": unchanged}
        | {error_name(status): error_response(codes) for status, codes in codes_by_status().items()},
        "parameters": {"IdempotencyKey": IDEMPOTENCY_KEY, "IfNoneMatch": IF_NONE_MATCH, "LastEventID": LAST_EVENT_ID},
        "headers": dict(HEADERS),
        "securitySchemes": dict(SECURITY_SCHEMES),
    }
