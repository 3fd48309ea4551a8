"""Pages of the API's lists, with the addresses of the next and the previous page."""

from collections.abc import Sequence
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query

from strava_live.accounts.address import site_address
from strava_live.keyset import KeysetWindow
from strava_live.protocol import compact

Cursor = Annotated[str, Query(description="Where the page begins. The addresses in `next` and `previous` have it.")]
"""The parameter `cursor` of every list."""


def page_bytes(request: HttpRequest, items: Sequence[bytes], window: KeysetWindow[Any], **rest: object) -> bytes:
    """Join items that are encoded JSON to a page: `{"items":[…],"next":…,"previous":…}`, then the fields of `rest`.

    `next` and `previous` are addresses with all parameters of this request, and the window's cursors.
    """
    around = {"next": address(request, window.next), "previous": address(request, window.previous)}
    return b'{"items":[' + b",".join(items) + b"]," + compact(around | rest).encode()[1:]


def address(request: HttpRequest, cursor: str) -> str | None:
    if not cursor:
        return None
    parameters = request.GET.copy()
    parameters["cursor"] = cursor
    return f"{site_address(request)}{request.path}?{parameters.urlencode()}"
