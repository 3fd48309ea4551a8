"""/athletes/: the members of my clubs and what each shares; /athletes/<id>/: the parkruns that one of them shares."""

from collections import Counter
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.formats import format_duration
from strava_live.membership.clubmates import Clubmate, clubmate, clubmates, private_parkruns, shared_parkruns
from strava_live.protocol import LARGEST_ID
from strava_live.web.clubs_page import may_found_clubs
from strava_live.web.parkruns_page import cursor_of, place_of
from strava_live.web.signed_in import signed_in

ROWS_A_PAGE = 50


@login_required
@never_cache
@require_safe
def athletes(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    mine = list(Membership.objects.of(user.pk).select_related("club").order_by("club__name"))
    active = [one for one in mine if one.state == Membership.State.ACTIVE]
    chosen = chosen_club(request, [one.club for one in active])
    page: dict[str, Any] = {
        "memberships": active,
        "asking": [one for one in mine if one not in active],
        "chosen": chosen,
        "mine": next((one for one in active if one.club == chosen), None),
        "waiting": waiting_in([chosen] if chosen else [one.club for one in active], user),
        "clubmates": clubmates(user.pk, club_id=chosen.pk if chosen else None) if active else [],
        "may_found": may_found_clubs(user),
    }
    return render(request, "athletes/athletes.html", page)


def waiting_in(clubs: list[Club], captain: User) -> list[tuple[Club, int]]:
    """Return those of the clubs that this person is a captain of and that have requests to join, with their number."""
    asking = Counter(Membership.objects.waiting_for(captain.pk).values_list("club", flat=True))
    return [(club, asking[club.pk]) for club in clubs if club.pk in asking]


def chosen_club(request: HttpRequest, clubs: list[Club]) -> Club | None:
    """Return the club named in the address, else the only one, else None for all of them."""
    slug = request.GET.get("club")
    if slug:
        found = next((club for club in clubs if club.slug == slug), None)
        if found is None:
            raise Http404
        return found
    return clubs[0] if len(clubs) == 1 else None


def counted_in(shown: Clubmate) -> int:
    """Add up a clubmate's figures. Those that no list shows are earlier parkruns, which are only counted."""
    figures = shown.figures
    return (figures.parkruns or 0) + (figures.juniors or 0) if figures else 0


@login_required
@never_cache
@require_safe
def athlete(request: HttpRequest, user_id: int) -> HttpResponse:
    shown = clubmate(signed_in(request).pk, min(user_id, LARGEST_ID))
    if shown is None:
        raise Http404
    rows = shared_parkruns(user_id) if shown.shares else shared_parkruns(user_id).none()
    if before := request.GET.get("before"):
        rows = rows.older_than(*place_of(before))
    found = list(rows[: ROWS_A_PAGE + 1])
    itself = user_id == request.user.pk
    page = {
        "athlete": shown,
        "itself": itself,
        "private": private_parkruns(user_id) if itself else 0,
        "earlier": counted_in(shown) - shared_parkruns(user_id).count() if shown.shares else 0,
        "rows": [(row, format_duration(row.time_s)) for row in found[:ROWS_A_PAGE]],
        "older": cursor_of(found[ROWS_A_PAGE - 1]) if len(found) > ROWS_A_PAGE else "",
        "before": before,
    }
    return render(request, "athletes/athlete.html", page)
