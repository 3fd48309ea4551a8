"""Build the fields of a page as Python objects, for the peers that have a serializer of their own."""

from typing import Any

from django.http import HttpRequest

from bench.api_peers.plain import caller_of, club_of, newest_of
from strava_live.api.paging import address
from strava_live.feed.encoding import for_members
from strava_live.feed.models import Cheer


def page_of(request: HttpRequest, slug: str) -> dict[str, Any]:
    club = club_of(request, slug)
    window = newest_of(club)
    cheered = Cheer.objects.entries_cheered_by(caller_of(request).user.pk, window.rows)
    return {
        "items": [for_members(entry) | {"cheered": entry.pk in cheered} for entry in window.rows],
        "next": address(request, window.next),
        "previous": address(request, window.previous),
        "epoch": club.epoch,
        "seq": club.seq,
        "complete": True,
    }
