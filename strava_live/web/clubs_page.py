"""/clubs/new/: start a club. The setting CLUB_CREATION says whether everyone may, or only staff."""

from functools import partial

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from strava_live.accounts.models import User
from strava_live.accounts.profile import time_zones
from strava_live.clubs.founding import found_club
from strava_live.rate_limits import TooManyRequests, limit
from strava_live.web.access import signed_in_user
from strava_live.web.club_forms import ClubForm
from strava_live.web.errors import too_many_requests
from strava_live.web.limits import FOUNDING
from strava_live.web.once import create_once


def may_found_clubs(user: User) -> bool:
    return user.is_staff or settings.CLUB_CREATION == "anyone"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_club(request: HttpRequest) -> HttpResponse:
    """Show the form, or start the club."""
    user = signed_in_user(request)
    if not may_found_clubs(user):
        return render(request, "clubs/founded_by_staff.html", status=403)
    form = ClubForm(request.POST if request.method == "POST" else None, initial={"time_zone": user.time_zone})
    if not form.is_valid():
        return render_form(request, form)
    try:
        return create_once(request, partial(create, request, form))
    except TooManyRequests as refused:
        form.add_error(None, "You've started several clubs in the last hour. Please try again later.")
        return too_many_requests(request, refused.wait_s, partial(render_form, request, form))


def render_form(request: HttpRequest, form: ClubForm) -> HttpResponse:
    page = {"form": form, "time_zones": time_zones()}
    return render(request, "clubs/new.html", page, status=422 if form.errors else 200)


def create(request: HttpRequest, form: ClubForm) -> str:
    """Create the club and return the address of the page for managing it. Raise TooManyRequests over the limit."""
    user = signed_in_user(request)
    limit("clubs", user.pk, FOUNDING)
    club = found_club(form.cleaned_data["name"], time_zone=form.cleaned_data["time_zone"], captain=user)
    messages.success(request, f"{club.name} is ready and you're its captain. Now invite people.")
    return reverse("manage_club", args=[club.slug])
