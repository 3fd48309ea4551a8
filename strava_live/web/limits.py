"""Rate limits on forms, for each signed-in person.

Each form that a person submits is counted in a leaky bucket, with the same rate as messages on a WebSocket. The bucket
is in Django's cache, which is Redis (then all processes share the bucket) or the memory of this process.
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
"""Methods that write nothing. Requests with them are not counted here, and do not wait for writes (writing.py)."""
FOUNDING = Rate(10, 3600)
"""How many clubs a person may start: 10 at once, then one every six minutes."""

View = Callable[..., HttpResponse]


class Buckets(Protocol):
    """What the caches of site_config/cache.py offer besides Django's interface."""

    def add_to_bucket(self, key: str, rate: Rate) -> float: ...


class TooManyRequests(Exception):
    def __init__(self, wait_s: float) -> None:
        super().__init__(TOO_MANY_WORDS)
        self.wait_s = wait_s


def limit(user: User, what: str, rate: Rate) -> None:
    """Count one action `what` of a person. Over the rate, raise TooManyRequests instead of counting it."""
    if wait_s := cast(Buckets, cache).add_to_bucket(f"limit.{what}.{user.pk}", rate):
        raise TooManyRequests(wait_s)


class LimitMiddleware:
    """Answer 429 to a form that is over the rate.

    Forms are counted in `process_view`, after the CSRF check, so that a form which another site forged is not counted.
    """

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
    """Decorate a view that a form posts to. If the form is over the rate, the view `page` answers instead.

    The view `page` shows the form again, with what was typed.
    """

    def decorate(view: View) -> View:
        view.page_over_limit = page  # type: ignore[attr-defined]
        return view

    return decorate
