"""Small middleware: methods, sessions, caching, signing out, compression, time zone, deleted accounts, secrets.

Larger middleware is in modules of its own: health.py, metrics.py, limits.py and writing.py.
"""

import logging
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect, render
from django.utils import timezone

from strava_live.accounts.encryption import UnreadableSecret
from strava_live.accounts.models import User
from strava_live.protocol.api_common import V1
from strava_live.time_zones import zone_or_utc

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]

METHODS = ("GET", "HEAD", "POST")
PERSONAL = ("/accounts/", "/settings/", "/admin/")
"""Addresses whose pages a browser must not store, even if the person is signed out."""
MIN_BYTES = 1000
"""The size from which answers are compressed. A smaller one fits into one network packet anyway."""
COMPRESSIBLE = ("text/", "application/json", "image/svg+xml")


class MethodsMiddleware:
    """Refuse methods other than GET, HEAD and POST with 405, and treat HEAD as GET. The server leaves out HEAD's body.

    The site's own views allow only some of these methods. But views of allauth and Django treat PUT like POST. They
    treat HEAD as neither GET nor POST, so that a HEAD request would start a sign-in with Strava. The API has routes of
    other methods too, and refuses the rest by itself.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS and not request.path_info.startswith(V1):
            return HttpResponseNotAllowed(METHODS)
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        try:
            return self.get_response(request)
        finally:
            request.method = "HEAD"


class SiteSessionMiddleware(SessionMiddleware):
    """Redirect to the front page if the session was deleted while a request was under way. Django would answer 400.

    That happens when the person signs out, or deletes the account, in another tab or browser at the same moment.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except SessionInterrupted:
            answer = HttpResponse(status=401) if request.path_info.startswith(V1) else redirect("home")
            answer.delete_cookie(settings.SESSION_COOKIE_NAME)
            return answer


class NoStoreMiddleware:
    """Add `Cache-Control: no-store` to answers to signed-in people and to PERSONAL pages, unless a view has set it.

    Without this header, the browser's Back button shows the page after signing out, even to another person.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        personal = request.user.is_authenticated or request.path_info.startswith(PERSONAL)
        response = self.get_response(request)
        if personal:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class SignOutMiddleware:
    """Have the browser delete what it has stored for this site when a person signs out or deletes the account.

    That is the service worker with its shell, its subscription to push messages and the notifications that it shows,
    and posts that were not sent. Cookies stay, such as the one with the theme.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_signed_in = request.user.is_authenticated
        response = self.get_response(request)
        if was_signed_in and not request.user.is_authenticated:
            response.headers["Clear-Site-Data"] = '"storage"'
        return response


class CompressionMiddleware(GZipMiddleware):
    """Compress pages and JSON for browsers that accept gzip.

    Django adds a random number of bytes to each answer and masks the CSRF token differently in each form, which
    protects against attacks that measure compressed sizes (BREACH). Streams are not compressed, because they would
    wait until the compressor has filled its buffer.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not isinstance(response, HttpResponse) or len(response.content) < MIN_BYTES:
            return response
        if not response.headers.get("Content-Type", "").startswith(COMPRESSIBLE):
            return response
        compressed: HttpResponseBase = super().process_response(request, response)
        if request.method == "HEAD" and compressed.has_header("Content-Encoding"):
            del compressed.headers["Content-Length"]  # a GET adds other random bytes and has another length
        return compressed


class TimeZoneMiddleware:
    """Activate the time zone of the signed-in person, in which pages show times."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, User):
            return self.get_response(request)
        with timezone.override(zone_or_utc(request.user.time_zone)):
            return self.get_response(request)


class ErasedAccountMiddleware:
    """Sign a person out if their account was deleted while a request of theirs was under way.

    The account may be deleted in another browser or by an operator. What the request was about to write is then refused
    (`lock_athlete`, foreign keys), and the exception is no fault of this site.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        is_ordinary = isinstance(exception, Http404 | PermissionDenied | OperationalError)
        if is_ordinary or not isinstance(request.user, User) or User.objects.filter(pk=request.user.pk).exists():
            return None
        logger.info("an account was deleted during a request", extra={"path": request.path})
        if request.path_info.startswith(V1):
            return HttpResponse(status=401)  # JsonOnlyMiddleware adds the body
        logout(request)
        messages.info(request, "This account has been deleted.")
        return redirect("home")


class UnreadableSecretMiddleware:
    """Answer with an explanation instead of a 500 if FIELD_KEYS cannot decrypt a stored secret."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, UnreadableSecret):
            return None
        logger.error("a stored secret cannot be decrypted with FIELD_KEYS", extra={"path": request.path})
        match = request.resolver_match
        is_second_factor = match is not None and match.view_name.startswith("mfa_")
        return render(request, "errors/unreadable.html", {"is_second_factor": is_second_factor}, status=503)
