"""/settings/export/: a zip with everything that the site stores about the signed-in person, sent while it is made."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from strava_live.accounts.sessions import users_by_session
from strava_live.database import for_exports, give_back_connection
from strava_live.formats import quantity
from strava_live.hub.client_writers import UNTIL_TAKEN_EXTENSION
from strava_live.leaky_bucket import Rate
from strava_live.lifecycle.export.archive import Archive
from strava_live.rate_limits import TooManyRequests, limit
from strava_live.time_zones import zone_or_utc
from strava_live.web.access import signed_in_user
from strava_live.web.errors import too_many_requests

EXPORTS = Rate(5, 3600)
"""How many exports a person may start: 5 at once, then one every twelve minutes."""


@login_required
@require_http_methods(["GET", "HEAD"])
def export(request: HttpRequest) -> HttpResponseBase:
    pieces: AsyncIterator[bytes] = nothing()
    if request.META["REQUEST_METHOD"] != "HEAD":  # the middleware has changed request.method to GET
        try:
            limit("export", signed_in_user(request).pk, EXPORTS)
        except TooManyRequests as refused:
            wait_s = refused.wait_s
            return too_many_requests(request, wait_s, lambda: over_limit(request, wait_s))
        pieces = send(request, archive_of(request).pieces())
    headers = {"Content-Disposition": content_disposition_header(True, file_name()), "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(pieces, content_type="application/zip", headers=headers)


def file_name() -> str:
    return f"{slugify(settings.SITE_NAME, allow_unicode=True) or 'export'}-{timezone.localdate():%Y-%m-%d}.zip"


def archive_of(request: HttpRequest) -> Archive:
    user, session_key = signed_in_user(request), request.session.session_key or ""
    zone: ZoneInfo = zone_or_utc(user.time_zone)

    def may_go_on() -> bool:
        signed_in = users_by_session([session_key]).get(session_key)
        return signed_in is not None and signed_in.pk == user.pk

    return Archive(user, settings.SITE_NAME, zone, timezone.now().astimezone(zone), may_go_on)


async def send(request: HttpRequest, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Make each piece in the thread for exports, once the client has taken most of what was sent before.

    Before the first piece, give back the request's database connection, because other requests need it.
    """
    until_taken = waiter_of(request)
    await sync_to_async(give_back_connection)()
    while (piece := await for_exports(next)(pieces, None)) is not None:
        if piece:
            yield piece
            await until_taken()


def waiter_of(request: HttpRequest) -> Callable[[], Awaitable[None]]:
    """Return the server's function that waits for a slow client. A server other than ours may not offer one."""
    scope: dict[str, Any] = getattr(request, "scope", {})
    waiter: Callable[[], Awaitable[None]] = scope.get("extensions", {}).get(UNTIL_TAKEN_EXTENSION, do_not_wait)
    return waiter


async def do_not_wait() -> None:
    """Return at once."""


async def nothing() -> AsyncIterator[bytes]:
    """Yield nothing: the answer to HEAD has no body."""
    return
    yield b""


def over_limit(request: HttpRequest, wait_s: float) -> HttpResponse:
    minutes = quantity(max(1, round(wait_s / 60)), "minute", "minutes")
    words = f"You have downloaded your data {EXPORTS.amount} times just now. You can do so again in {minutes}."
    return render(request, "429.html", {"too_many": words})
