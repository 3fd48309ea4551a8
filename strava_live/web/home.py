"""The front page for visitors, and the start page of a signed-in person."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.accounts.models import User
from strava_live.activities.summary import summary_of
from strava_live.clubs.models import Membership
from strava_live.web.access import signed_in_user
from strava_live.web.club_access import last_visited
from strava_live.web.clubs_page import may_found_clubs
from strava_live.web.feed_page import render_feed
from strava_live.web.sync_figures import since_last_import
from strava_live.web.sync_words import summary_sentence

SATURDAY = 5


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show a club's feed to its members, the start page to other signed-in people, and the front page to visitors.

    Members of several clubs see the club that this browser visited last, else the one that they joined first.
    """
    if not isinstance(request.user, User):
        return render(request, "welcome.html")
    mine = Membership.objects.of(request.user.pk).select_related("club", "user").longest_first()
    if member := last_visited(request, list(mine.active())):
        return render_feed(request, member)
    return start_page(request)


@login_required
@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    return start_page(request)


def start_page(request: HttpRequest) -> HttpResponse:
    user = signed_in_user(request)
    mine = list(Membership.objects.of(user.pk).select_related("club").order_by("club__name"))
    page = {
        "memberships": [one for one in mine if one.state == Membership.MemberState.ACTIVE],
        "asking": [one for one in mine if one.state == Membership.MemberState.ASKING],
        "may_found": may_found_clubs(user),
        "sleeps": sleeps_to_saturday(timezone.localdate()),
        "imported": imported_words(user.pk),
        "since_last": since_last_import(getattr(user, "strava", None)),
    }
    return render(request, "home.html", page)


def imported_words(athlete_id: int) -> str:
    """Return how many runs and parkruns are among an athlete's activities, as a sentence; "" if there are no runs."""
    summary = summary_of(athlete_id)
    return summary_sentence(summary) if summary["runs"] else ""


def sleeps_to_saturday(today: date) -> int:
    """Return how many nights remain until Saturday, 0 on a Saturday."""
    return (SATURDAY - today.weekday()) % 7
