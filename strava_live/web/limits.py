"""Rate limits on forms, per person and across processes.

Every unsafe request of a signed-in person adds to a leaky bucket, with the rate that sockets have. The bucket is in the
cache: in Redis, or in the memory of this process.
"""

from collections.abc import Callable
from functools import partial
from typing import Protocol, cast

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from strava_live.accounts.models import User
from strava_live.leaky_bucket import MESSAGES, Rate
from strava_live.web.errors import TOO_MANY_WORDS, too_many_requests

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
FOUNDING = Rate(10, 3600)

View = Callable[..., HttpResponse]


class Buckets(Protocol):
    def add_to_bucket(self, key: str, rate: Rate) -> float: ...


class TooManyRequests(Exception):
    def __init__(self, wait_s: float) -> None:
        super().__init__(TOO_MANY_WORDS)
        self.wait_s = wait_s


def limit(user: User, what: str, rate: Rate) -> None:
    """Count a request. Raise TooManyRequests, without counting it, if it is over the rate."""
    if wait_s := cast(Buckets, cache).add_to_bucket(f"limit.{what}.{user.pk}", rate):
        raise TooManyRequests(wait_s)


class LimitMiddleware:
    """Limit forms in `process_view`, after the CSRF check, so that a forged form does not count against its victim."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> HttpResponse | None:
        if request.method in SAFE_METHODS or not isinstance(request.user, User):
            return None
        try:
            limit(request.user, "forms", MESSAGES)
        except TooManyRequests as refused:
            page = getattr(view, "page_over_limit", None)
            return too_many_requests(request, refused.wait_s, partial(page, request, **kwargs) if page else None)
        return None


def page_over_limit(page: View) -> Callable[[View], View]:
    """Answer a form that is over the limit with `page`, so that what was typed is not lost."""

    def decorate(view: View) -> View:
        view.page_over_limit = page  # type: ignore[attr-defined]
        return view

    return decorate
