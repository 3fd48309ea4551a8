"""Who is asking. Everything of somebody's own is behind `login_required`, or behind `signed_in_post` where it is only
done by a form."""

import re
from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from strava_live.accounts.models import User
from strava_live.web.way_back import way_back

WITHOUT_A_PAGE = re.compile(r"(entries|invitations|screens)/[0-9]+/$")


def signed_in(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("Only behind login_required or signed_in_post.")
    return request.user


def signed_in_post(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whoever signs in first arrives at a page: the address itself answers no GET."""
    posted = require_POST(view)

    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(way_back(request) or page_above(request.path))
        return posted(request, *args, **kwargs)

    return checked


def page_above(path: str) -> str:
    """What is done with something hangs under its page: /activities/1/ above /activities/1/save/. What has none stands
    on a page above that: /clubs/striders/ above /clubs/striders/entries/1/cheer/."""
    return WITHOUT_A_PAGE.sub("", f"{path.rstrip('/').rpartition('/')[0]}/")
