"""The views of error pages. Each page says what happened and what to do next."""

import logging
import math
import sys
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from strava_live.database import is_temporary
from strava_live.error_codes import ErrorCode
from strava_live.protocol import ErrorBody
from strava_live.rate_limits import TOO_MANY_WORDS

logger = logging.getLogger(__name__)
TRY_AGAIN_AFTER_S = 5
TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
ALLAUTH_PERIOD_S = 60.0
"""The period in seconds of most of allauth's limits, such as those on sign-ins and sign-ups."""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400, or 413 if the form is too large.

    The page is rendered without the request, because a request with an unknown Host header cannot be trusted.
    """
    if isinstance(exception, TOO_LARGE):
        return form_too_large(exception)
    return HttpResponse(render_to_string("errors/400.html", {"site_name": settings.SITE_NAME}), status=400)


def form_too_large(exception: Exception) -> HttpResponse:
    """Answer 413. Django has not read the form, so this page cannot show it again; the browser's Back button can."""
    page = {
        "site_name": settings.SITE_NAME,
        "too_many_bytes": isinstance(exception, RequestDataTooBig),
        "most_bytes": settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
        "most_fields": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS,
    }
    return HttpResponse(render_to_string("errors/413.html", page), status=413)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/csrf.html", status=403)


def too_many_requests(
    request: HttpRequest, wait_s: float = ALLAUTH_PERIOD_S, page: Callable[[], HttpResponse] | None = None
) -> HttpResponse:
    """Answer 429: as JSON to a script that prefers it, else with `page()`, or with a common page if there is none.

    `page` shows the submitted form again. allauth calls this function as `handler429`, with the request alone.
    """
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        answer: HttpResponse = error_answer(ErrorCode.TOO_MANY_REQUESTS, TOO_MANY_WORDS)
    else:
        answer = page() if page else render(request, "429.html", {"too_many": TOO_MANY_WORDS})
    answer.status_code = 429
    answer["Retry-After"] = str(math.ceil(wait_s))
    return answer


def error_answer(code: ErrorCode, message: str) -> JsonResponse:
    """Answer with the error as JSON, with the HTTP status of its code."""
    return JsonResponse(ErrorBody(code=code, message=message), status=code.status)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 without using the database or the session, since either may be the cause.

    If the database was only busy, answer 503. This is for errors in middleware: WriteQueueMiddleware handles those of
    views.
    """
    error = sys.exc_info()[1]
    if is_temporary(error):
        return try_again(request, error)
    number = getattr(request, "scope", {}).get("request_id", "")
    page = render_to_string("errors/500.html", {"site_name": settings.SITE_NAME, "number": number})
    return HttpResponse(page, status=500)


def try_again(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """Answer 503, because the database was too busy or did not answer. Use neither the database nor the session."""
    logger.warning("a request could not be answered in time", extra={"path": request.path, "reason": repr(error)})
    answer: HttpResponse
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        answer = error_answer(ErrorCode.TRY_AGAIN, "We're busy just now. Try again in a few seconds.")
    else:
        page = {"site_name": settings.SITE_NAME, "sent": request.method not in {"GET", "HEAD"}}
        answer = HttpResponse(render_to_string("errors/503.html", page), status=503)
    answer.headers["Retry-After"] = str(TRY_AGAIN_AFTER_S)
    answer.headers["Cache-Control"] = "no-store"
    return answer
