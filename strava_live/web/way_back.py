"""Where to go on after a form: its hidden field `next` names the page it was on."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from strava_live.accounts.address import can_redirect_to


def way_back(request: HttpRequest) -> str:
    """A page of ours, or "" where none is named; an address of somebody else's is none."""
    return ours(request.POST.get("next", ""))


def ours(path: str) -> str:
    safe = path.startswith("/") and can_redirect_to(path) and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if safe else ""
