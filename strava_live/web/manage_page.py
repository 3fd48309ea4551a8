"""/clubs/<slug>/manage/: a captain's page: members, requests to join, invitations, screens, the club's details."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from strava_live.accounts.address import site_address
from strava_live.accounts.profile import time_zones, unknown_zone
from strava_live.clubs.founding import change_club
from strava_live.clubs.models import Club, Invitation, Membership, Screen
from strava_live.web.club_access import as_captain
from strava_live.web.club_addresses import invitation_address, screen_address
from strava_live.web.club_forms import ClubForm, InvitationForm, ScreenForm

Forms = dict[str, Any]


@dataclass(frozen=True)
class KeyRow:
    """An invitation or a screen in use, and its link; "" if FIELD_KEYS no longer decrypt its secret."""

    key: Invitation | Screen
    address: str


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the page, or save the club's details. The other forms have addresses below this one."""
    me = as_captain(request, slug)
    # A copy of the club, so that a name that is refused does not appear in the page's heading.
    form = ClubForm(request.POST if request.method == "POST" else None, instance=Club.objects.get(pk=me.club_id))
    if form.is_valid():
        change_club(me.club_id, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("manage_club", slug)
    return page_for(request, me, {"club_form": form})


def page_for(request: HttpRequest, me: Membership, forms: Forms) -> HttpResponse:
    """Render the page, with a refused form as it was filled in, if there is one."""
    everybody = Membership.objects.in_club(me.club_id).select_related("user").longest_first()
    active = list(everybody.active())
    page: dict[str, Any] = {
        "me": me,
        "club": me.club,
        "members": sorted(active, key=lambda one: (not one.is_captain, one.user.shown_name.casefold())),
        "captains": [one for one in active if one.is_captain],
        "asking": list(everybody.asking()),
        "invitations": invitations_of(request, me.club_id),
        "screens": screens_of(request, me.club),
        "time_zones": time_zones(),
        "unknown_zone": unknown_zone(me.club.time_zone),
        "club_form": ClubForm(instance=me.club),
        "invitation_form": InvitationForm(),
        "screen_form": ScreenForm(),
        **forms,
    }
    return render(request, "clubs/manage.html", page, status=422 if any(one.errors for one in forms.values()) else 200)


def invitations_of(request: HttpRequest, club_id: int) -> list[KeyRow]:
    found = Invitation.objects.in_club(club_id).valid(now=timezone.now()).order_by("-made_at", "-pk")
    site = site_address(request)
    return [KeyRow(one, invitation_address(site, one) if one.secret.is_readable else "") for one in found]


def screens_of(request: HttpRequest, club: Club) -> list[KeyRow]:
    found = Screen.objects.in_club(club.pk).valid(now=timezone.now()).order_by("-made_at", "-pk")
    site = site_address(request)
    return [KeyRow(one, screen_address(site, club, one) if one.secret.is_readable else "") for one in found]
