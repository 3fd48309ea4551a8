"""The front page and the privacy page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.accounts.models import User
from strava_live.clubs.models import Membership
from strava_live.web.feed_page import feed_of


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """For a member the feed of their club: of several the one they have been in longest."""
    if not isinstance(request.user, User):
        return render(request, "welcome.html")
    mine = Membership.objects.of(request.user.pk).select_related("club", "user").longest_first()
    if member := mine.active().first():
        return feed_of(request, member)
    return render(request, "home.html", {"asking": mine.asking()})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "privacy.html")
