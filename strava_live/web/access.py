"""Who sends a request, and which page a form returns to.

Pages of a person's own are behind `login_required`, and forms behind `login_required_post`.
"""

import re
from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from strava_live.accounts.address import can_redirect_to
from strava_live.accounts.models import User

NOT_A_PAGE = re.compile(r"(entries|invitations|screens)/[0-9]+/$")


def signed_in_user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("Only behind login_required or login_required_post.")
    return request.user


def login_required_post(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Allow only POST, and send signed-out people to sign in.

    They return to the page that the form was on: a GET of the form's own address would be answered with 405.
    """
    post_only = require_POST(view)

    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(next_page(request) or page_above(request.path))
        return post_only(request, *args, **kwargs)

    return checked


def next_page(request: HttpRequest) -> str:
    """Return the path in the form's field `next`, or "" if there is none or it leads to another site."""
    return safe_path(request.POST.get("next", ""))


def safe_path(path: str) -> str:
    """Return the path if it stays on this site, else ""."""
    safe = path.startswith("/") and can_redirect_to(path) and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if safe else ""


def page_above(path: str) -> str:
    """Return the address of the page that a form's address is below.

    /activities/1/ is above /activities/1/save/. An entry, an invitation and a screen have no page of their own, so
    /clubs/striders/ is above /clubs/striders/entries/1/cheer/.
    """
    return NOT_A_PAGE.sub("", f"{path.rstrip('/').rpartition('/')[0]}/")
