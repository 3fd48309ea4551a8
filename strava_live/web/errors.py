"""The pages for what goes wrong: they say it plainly and show a way on."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Without the request's own context: an unknown Host makes a request that cannot be trusted with anything."""
    return HttpResponse(render_to_string("errors/400.html", {"site_name": settings.SITE_NAME}), status=400)


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
