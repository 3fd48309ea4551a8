"""The baseline of the comparison: a plain Django view with the same queries and encoder, which returns the same bytes.

`constant` returns the bytes of an earlier answer, so its only query is the one that finds the caller.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from strava_live.api.caller import Caller
from strava_live.api.paging import page_bytes
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.feed.snapshot import encoded_for
from strava_live.keyset import KeysetWindow
from strava_live.protocol.api_common import PAGE_SIZE

made: dict[str, bytes] = {}
"""The body that `constant` returns, by the club's slug."""


def caller_of(request: HttpRequest) -> Caller:
    """Return the caller whom the site's middleware has found."""
    caller: Caller | None = getattr(request, "caller", None)
    if caller is None:
        raise PermissionDenied
    return caller


def club_of(request: HttpRequest, slug: str) -> Club:
    mine = Membership.objects.active().of(caller_of(request).user.pk).filter(club__slug=slug)
    return mine.select_related("club", "user").get().club


def newest_of(club: Club) -> KeysetWindow[Any]:
    return Entry.objects.of_club(club.pk).not_removed().window(PAGE_SIZE)


def entries(request: HttpRequest, slug: str) -> HttpResponse:
    club = club_of(request, slug)
    window = newest_of(club)
    items = encoded_for(caller_of(request).user.pk, window.rows)
    body = page_bytes(request, items, window, epoch=club.epoch, seq=club.seq, complete=True)
    return HttpResponse(body, content_type="application/json")


def constant(request: HttpRequest, slug: str) -> HttpResponse:
    caller_of(request)
    if slug not in made:
        made[slug] = entries(request, slug).content
    return HttpResponse(made[slug], content_type="application/json")
