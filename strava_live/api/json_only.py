"""Middleware that has every address under /api/ answer with JSON, also if Django or another middleware answers.

Event streams and the page `/api/docs` are not changed.
"""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from strava_live.api.errors import JSON, error_bytes
from strava_live.error_codes import ErrorCode
from strava_live.protocol.api_common import DOCS, ROOT

logger = logging.getLogger(__name__)
PASSED_ON = (JSON, "text/event-stream")
OF_STATUS = {
    400: ErrorCode.BAD_REQUEST,
    401: ErrorCode.NOT_SIGNED_IN,
    403: ErrorCode.NOT_ALLOWED,
    404: ErrorCode.NOT_FOUND,
    405: ErrorCode.METHOD_NOT_ALLOWED,
    408: ErrorCode.REQUEST_TIMEOUT,
    413: ErrorCode.TOO_LARGE,
    415: ErrorCode.UNSUPPORTED_MEDIA_TYPE,
    429: ErrorCode.TOO_MANY_REQUESTS,
    503: ErrorCode.TRY_AGAIN,
}
"""The code for each status with which a page of the site, or Django, may answer."""
OF_THE_PAGE = ("Content-Encoding", "Content-Length", "Content-Language", "ETag")
"""Headers that describe a page, and not the JSON that takes its place."""


class JsonOnlyMiddleware:
    """Replace each page under /api/, such as Django's 404, by a JSON error with the same status. Leave `/api/docs`.

    It comes before all middleware that may answer. It must not call `request.get_host()`, which raises for an unknown
    Host.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path_info.startswith(ROOT) or request.path_info == DOCS:
            return response
        response.headers.setdefault("Cache-Control", "no-store")
        if response.status_code in {204, 304}:
            response.headers.pop("Content-Type", None)
        elif not response.headers.get("Content-Type", "").startswith(PASSED_ON):
            make_json(request, response)
        return response


def make_json(request: HttpRequest, response: HttpResponse) -> None:
    """Replace the content of a page: by nothing if it redirects, else by an error in JSON."""
    for name in OF_THE_PAGE:
        response.headers.pop(name, None)
    response.headers["Content-Type"] = JSON
    if 300 <= response.status_code < 400:
        response.content = b""
        return
    if response.status_code < 300:
        logger.error("an address of the API answered with a page", extra={"path": request.path})
        response.status_code = 500
    if "GET" in (allowed := response.headers.get("Allow", "").split(", ")) and "HEAD" not in allowed:
        response.headers["Allow"] = ", ".join(sorted([*allowed, "HEAD"]))
    code = code_of_status(response.status_code)
    response.content = error_bytes(code, message_of(request, code))


def code_of_status(status: int) -> ErrorCode:
    return OF_STATUS.get(status, ErrorCode.BAD_REQUEST if status < 500 else ErrorCode.SERVER_ERROR)


def message_of(request: HttpRequest, code: ErrorCode) -> str:
    """Return the message for a code: its meaning or, for a fault of the site, the number of the fault in the log."""
    number = getattr(request, "scope", {}).get("request_id", "")
    if code is not ErrorCode.SERVER_ERROR or not number:
        return code.meaning
    return f"Something went wrong on our side. It is logged under the number {number}."
