"""/clubs/<slug>/manage/: the captains' page with members, requests to join, invitations, wall screens, club details."""

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
from strava_live.social.moderation import count_reported
from strava_live.web.club_access import as_captain
from strava_live.web.club_forms import ClubForm, InvitationForm, ScreenForm
from strava_live.web.club_links import invitation_link, screen_link
from strava_live.web.club_words import (
    SecretLinkWords,
    invitation_words,
    reported_words,
    request_count,
    wall_screen_words,
)
from strava_live.web.words import quantity

Forms = dict[str, Any]


@dataclass(frozen=True)
class KeyRow:
    """A row of the list of invitations or screens. `link` is "" if the setting FIELD_KEYS cannot decrypt its secret."""

    key: Invitation | Screen
    link: str
    words: SecretLinkWords


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the page, or save the club's details. The page's other forms post to addresses of their own."""
    me = as_captain(request, slug)
    # The form changes a copy of the club: a refused name must not appear in the page's heading.
    form = ClubForm(request.POST if request.method == "POST" else None, instance=Club.objects.get(pk=me.club_id))
    if form.is_valid():
        change_club(me.club_id, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("manage_club", slug)
    return render_manage_page(request, me, {"club_form": form})


def render_manage_page(request: HttpRequest, me: Membership, forms: Forms) -> HttpResponse:
    """Render the page. `forms` has forms that were refused, which take the place of new ones."""
    everyone = Membership.objects.in_club(me.club_id).select_related("user").longest_first()
    active, asking = list(everyone.active()), list(everyone.asking())
    page: dict[str, Any] = {
        "me": me,
        "club": me.club,
        "members": sorted(active, key=lambda one: (not one.is_captain, one.user.shown_name.casefold())),
        "captains": [one for one in active if one.is_captain],
        "members_words": quantity(len(active), "member", "members"),
        "asking": asking,
        "asking_words": request_count(len(asking)),
        "reported_words": reported_words(count_reported(me.club_id)),
        "invitations": invitation_rows(request, me.club_id),
        "screens": screen_rows(request, me.club),
        "time_zones": time_zones(),
        "unknown_zone": unknown_zone(me.club.time_zone),
        "club_form": ClubForm(instance=me.club),
        "invitation_form": InvitationForm(),
        "screen_form": ScreenForm(),
        **forms,
    }
    return render(request, "clubs/manage.html", page, status=422 if any(one.errors for one in forms.values()) else 200)


def invitation_rows(request: HttpRequest, club_id: int) -> list[KeyRow]:
    found = Invitation.objects.in_club(club_id).valid(now=timezone.now()).order_by("-made_at", "-pk")
    site = site_address(request)
    return [
        KeyRow(one, invitation_link(site, one) if one.secret.can_be_decrypted else "", invitation_words(one))
        for one in found
    ]


def screen_rows(request: HttpRequest, club: Club) -> list[KeyRow]:
    found = Screen.objects.in_club(club.pk).valid(now=timezone.now()).order_by("-made_at", "-pk")
    site = site_address(request)
    return [
        KeyRow(one, screen_link(site, club, one) if one.secret.can_be_decrypted else "", wall_screen_words(one))
        for one in found
    ]
