"""/athletes/: the members of the reader's clubs, with what each shares. /athletes/<id>/: one member's parkruns."""

from collections import Counter
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.formats import format_duration
from strava_live.membership.clubmates import clubmate, clubmates, private_parkruns, shared_parkruns
from strava_live.muting.models import Mute
from strava_live.protocol import LARGEST_ID
from strava_live.web.access import signed_in_user
from strava_live.web.athlete_words import difference_words, earlier_count, empty_list_words, latest_words
from strava_live.web.club_words import request_count
from strava_live.web.clubs_page import may_found_clubs

PAGE_SIZE = 50


@login_required
@never_cache
@require_safe
def athletes(request: HttpRequest) -> HttpResponse:
    user = signed_in_user(request)
    mine = list(Membership.objects.of(user.pk).select_related("club").order_by("club__name"))
    active = [one for one in mine if one.state == Membership.MemberState.ACTIVE]
    chosen = chosen_club(request, [one.club for one in active])
    shown = clubmates(user.pk, club_id=chosen.pk if chosen else None) if active else []
    today = timezone.localdate()
    page: dict[str, Any] = {
        "memberships": active,
        "asking": [one for one in mine if one not in active],
        "chosen": chosen,
        "mine": next((one for one in active if one.club == chosen), None),
        "waiting": waiting_in([chosen] if chosen else [one.club for one in active], user),
        "clubmates": [(one, latest_words(one, today)) for one in shown],
        "may_found": may_found_clubs(user),
    }
    return render(request, "athletes/athletes.html", page)


def waiting_in(clubs: list[Club], captain: User) -> list[tuple[Club, str]]:
    """Return those of `clubs` where requests to join wait for this captain, each with a text: "2 requests to join"."""
    asking = Counter(Membership.objects.waiting_for(captain.pk).values_list("club", flat=True))
    return [(club, request_count(asking[club.pk])) for club in clubs if club.pk in asking]


def chosen_club(request: HttpRequest, clubs: list[Club]) -> Club | None:
    """Return the club in the query string, or else the reader's only club. None means all clubs."""
    slug = request.GET.get("club")
    if slug:
        found = next((club for club in clubs if club.slug == slug), None)
        if found is None:
            raise Http404
        return found
    return clubs[0] if len(clubs) == 1 else None


@login_required
@never_cache
@require_safe
def athlete(request: HttpRequest, user_id: int) -> HttpResponse:
    shown = clubmate(signed_in_user(request).pk, min(user_id, LARGEST_ID))
    if shown is None:
        raise Http404
    parkruns = shared_parkruns(user_id) if shown.shares else shared_parkruns(user_id).none()
    before = request.GET.get("before", "")
    rows = parkruns.page(PAGE_SIZE, before=before)
    is_me = user_id == request.user.pk
    earlier = earlier_count(shown, listed=parkruns.count()) if shown.shares else 0
    heading, sentence = empty_list_words(shown, is_me=is_me, earlier=earlier)
    choice = Mute.objects.of(signed_in_user(request).pk).filter(other=user_id).first()
    page = {
        "athlete": shown,
        "is_me": is_me,
        "mutes": choice is not None,
        "blocks": choice is not None and choice.blocks,
        "rows": [(row, format_duration(row.time_s)) for row in rows.rows],
        "older": rows.older,
        "before": before,
        "empty_heading": heading,
        "empty_sentence": sentence,
        "difference": difference_words(
            earlier=earlier if rows.rows and not rows.older else 0,
            private=private_parkruns(user_id) if is_me else 0,
        ),
    }
    return render(request, "athletes/athlete.html", page)
