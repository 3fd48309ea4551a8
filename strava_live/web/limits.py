"""The limit on forms: 60 in 10 seconds for each signed-in person, as for messages on a WebSocket."""

from collections.abc import Callable
from functools import partial

from django.http import HttpRequest, HttpResponse

from strava_live.accounts.models import User
from strava_live.leaky_bucket import MESSAGES, Rate
from strava_live.protocol.api_common import V1
from strava_live.rate_limits import SAFE_METHODS, TooManyRequests, limit
from strava_live.web.errors import too_many_requests

FOUNDING = Rate(10, 3600)
"""How many clubs a person may start: 10 at once, then one every six minutes."""

View = Callable[..., HttpResponse]


class LimitMiddleware:
    """Answer 429 to a form that is over the rate. The API has limits of its own (api/caller.py).

    Forms are counted in `process_view`, after the CSRF check, so that a form which another site forged is not counted.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> HttpResponse | None:
        if request.method in SAFE_METHODS or request.path_info.startswith(V1) or not isinstance(request.user, User):
            return None
        try:
            limit("forms", request.user.pk, MESSAGES)
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
