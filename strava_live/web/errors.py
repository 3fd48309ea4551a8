"""The pages for what goes wrong: they say it plainly and show a way on."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Without the request's own context: an unknown Host makes a request that cannot be trusted with anything."""
    if isinstance(exception, TOO_LARGE):
        return form_too_large(exception)
    return HttpResponse(render_to_string("errors/400.html", {"site_name": settings.SITE_NAME}), status=400)


def form_too_large(exception: Exception) -> HttpResponse:
    """Nothing of the form was read, so the page cannot show it again: the browser's Back still can."""
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


def server_error(request: HttpRequest) -> HttpResponse:
    """Nothing here asks the database or the session, since one of them may be what is broken."""
    number = getattr(request, "scope", {}).get("request_id", "")
    page = render_to_string("errors/500.html", {"site_name": settings.SITE_NAME, "number": number})
    return HttpResponse(page, status=500)
