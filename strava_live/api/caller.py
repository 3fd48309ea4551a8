"""Find out who calls the API, the owner of a token or a person with a session, and limit how often they call."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from strava_live.accounts.address import client_address
from strava_live.accounts.models import User
from strava_live.api.errors import ApiError, error_response, too_many_requests
from strava_live.api_tokens.models import ApiToken
from strava_live.api_tokens.tokens import find_token, note_used
from strava_live.clubs.models import Membership
from strava_live.error_codes import ErrorCode
from strava_live.leaky_bucket import Rate
from strava_live.protocol.api_common import V1
from strava_live.rate_limits import SAFE_METHODS, TooManyRequests, limit

BAD_TOKEN = "This token does not exist, has expired or was revoked."  # noqa: S105


class Caller(NamedTuple):
    user: User
    token: ApiToken | None
    """None for a person who is signed in with a session."""


class ApiRequest(HttpRequest):
    """A request as a view of the API gets it."""

    auth: Caller
    """The caller. django-ninja sets it from BearerToken or SignedInSession."""
    caller: Caller | None
    """The caller, or None. CallerMiddleware sets it, before the caller's rights are checked."""


class CallerMiddleware:
    """Find the caller, and set `request.user` for a token. Refuse an invalid token, and requests over the rate.

    It comes right after AuthenticationMiddleware, because other middleware uses `request.user`. A token takes the place
    of a session, but only at addresses of the API: a page never acts for the owner of a token.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(V1):
            try:
                caller = find_caller(request)
                if caller is not None:
                    count_request(request, caller)
            except ApiError as error:
                return error_response(error)
            request.caller = caller  # type: ignore[attr-defined]
        return self.get_response(request)


def find_caller(request: HttpRequest) -> Caller | None:
    """Return the caller; None if the request has neither a token nor a session. Raise ApiError for an invalid token."""
    credentials = request.headers.get("Authorization")
    if credentials is None:
        return Caller(request.user, None) if isinstance(request.user, User) else None
    scheme, _, secret = credentials.strip().partition(" ")
    now = timezone.now()
    token = find_token(secret.strip(), now=now) if scheme.lower() == "bearer" else None
    if token is None:
        count("api.unknown", client_address(request), settings.API_READS_A_MINUTE)
        raise ApiError(ErrorCode.NOT_SIGNED_IN, BAD_TOKEN)
    note_used(token, now=now)
    request.user = token.user
    return Caller(token.user, token)


def count_request(request: HttpRequest, caller: Caller) -> None:
    """Count a read or a write of this token, or of this person's sessions. Raise ApiError over the rate."""
    who = bucket_of(caller.user.pk, caller.token.pk if caller.token else None)
    if request.method in SAFE_METHODS:
        count("api.read", who, settings.API_READS_A_MINUTE)
    else:
        count("api.write", who, settings.API_WRITES_A_MINUTE)


def bucket_of(user_id: int, token_id: int | None) -> str:
    """Return the name of the leaky bucket, which counts the requests of one token or of all sessions of one person."""
    return f"person.{user_id}" if token_id is None else f"token.{token_id}"


def count(what: str, who: str, most_a_minute: int) -> None:
    try:
        limit(what, who, Rate(most_a_minute, 60))
    except TooManyRequests as error:
        raise too_many_requests(error) from None


class BearerToken(HttpBearer):
    """`Authorization: Bearer` and a token's secret. A token with the scope `read` may not write."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        caller: Caller | None = getattr(request, "caller", None)
        if caller is None or caller.token is None:
            return None
        if request.method not in SAFE_METHODS and not caller.token.may_write:
            raise ApiError(ErrorCode.WRONG_SCOPE)
        return caller


class SignedInSession(APIKeyCookie):
    """The session cookie of a browser. Writes need the CSRF token, which Django does not check for django-ninja."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Caller | None:
        caller: Caller | None = getattr(request, "caller", None)
        if caller is None or caller.token is not None:
            return None
        if request.method not in SAFE_METHODS and check_csrf(request):
            raise ApiError(ErrorCode.CSRF_FAILED)
        return caller

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        raise NotImplementedError  # abstract in django-ninja, which calls it from its own __call__


def member_of_club(request: ApiRequest, slug: str) -> Membership:
    """Return the caller's active membership, with club and user. Raise ApiError if the caller is not a member."""
    mine = Membership.objects.active().of(request.auth.user.pk).filter(club__slug=slug)
    found = mine.select_related("club", "user").first()
    if found is None:
        raise ApiError(ErrorCode.NOT_FOUND)
    return found
