"""Helpers of all views: the signed-in user, a decorator for forms, and the page to return to after a form.

A view that shows a person's own data has Django's `login_required`. A view that does nothing but take a form has
`login_required_post`.
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

WITHOUT_PAGE = re.compile(r"(invitations|screens|tokens)/[0-9]+/$")
"""The end of an address that has no page, only forms below it, such as tokens/1/ in /settings/tokens/1/."""


def signed_in_user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("The view needs the decorator login_required or login_required_post.")
    return request.user


def login_required_post(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view that only takes a form: allow only POST, and send signed-out people to the sign-in page.

    After signing in they return to the page that shows the form, because the form's own address answers a GET with 405.
    """
    post_only = require_POST(view)

    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(next_page(request) or page_with_form(request.path))
        return post_only(request, *args, **kwargs)

    return checked


def next_page(request: HttpRequest) -> str:
    """Return the path in the form's field `next`; "" if the field is missing or leads to another site."""
    return safe_path(request.POST.get("next", ""))


def safe_path(path: str) -> str:
    """Return the path if it stays on this site, else ""."""
    safe = path.startswith("/") and can_redirect_to(path) and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if safe else ""


def page_with_form(path: str) -> str:
    """Shorten a form's address to the address of the page that shows the form.

    /activities/1/save/ becomes /activities/1/. An invitation, a screen and an API token have no page of their own, so
    /settings/tokens/1/revoke/ becomes /settings/.
    """
    return WITHOUT_PAGE.sub("", f"{path.rstrip('/').rpartition('/')[0]}/")
