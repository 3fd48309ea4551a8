"""A person's clubs."""

from typing import cast

from django.http import HttpResponse
from ninja import Router

from strava_live.api.answers import json_answer
from strava_live.api.caller import ApiRequest, member_of_club
from strava_live.api.documented import documented
from strava_live.api.paging import Cursor, page_bytes
from strava_live.clubs.models import Membership
from strava_live.feed.snapshot import public_fields
from strava_live.protocol import compact
from strava_live.protocol.api_club import ClubsPage, MyClubShape, RoleWord, ShownAsWord
from strava_live.protocol.api_common import PAGE_SIZE
from strava_live.protocol.api_examples_club import CLUBS_PAGE, MY_CLUB

router = Router(tags=["Clubs"])


@router.get("/clubs", **documented(ClubsPage, example=CLUBS_PAGE, errors=(422,)))
def list_clubs(request: ApiRequest, cursor: Cursor = "") -> HttpResponse:
    """List your clubs. The club that you joined last comes first."""
    mine = Membership.objects.active().of(request.auth.user.pk).select_related("club")
    window = mine.window(PAGE_SIZE, cursor)
    items = [encoded_club(membership) for membership in window.rows]
    return json_answer(request, page_bytes(request, items, window))


@router.get("/clubs/{slug:slug}", **documented(MyClubShape, example=MY_CLUB, errors=(404,)))
def read_club(request: ApiRequest, slug: str) -> HttpResponse:
    """Read one of your clubs."""
    return json_answer(request, encoded_club(member_of_club(request, slug)))


def encoded_club(membership: Membership) -> bytes:
    """Return a club as JSON, as this member gets it."""
    club = membership.club
    shape: MyClubShape = {
        **public_fields(club),
        "role": cast("RoleWord", membership.role),
        "shares_parkruns": membership.shares_parkruns,
        "shown_as": cast("ShownAsWord", membership.shown_as),
        "epoch": club.epoch,
        "seq": club.seq,
        "entries": club.entry_count,
    }
    return compact(shape).encode()
