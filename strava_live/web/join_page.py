"""/join/<code>/: what somebody with an invitation decides before they belong to a club."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from strava_live.accounts.models import User
from strava_live.clubs.models import Invitation, Membership
from strava_live.feed.members import NoInvitation, invitation_with
from strava_live.feed.members import join as join_club
from strava_live.web.club_forms import YES, SharingForm, ways_to_show
from strava_live.web.signed_in import signed_in


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, code: str) -> HttpResponse:
    """The code stands in the address: no search engine is to keep it, and no Referer carries it. A page with a form
    cannot ask for `no-referrer`: browsers then say `Origin: null` of the form, and it is refused as forged."""
    answer = answer_to(request, code)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "strict-origin"
    return answer


def answer_to(request: HttpRequest, code: str) -> HttpResponse:
    if request.method == "POST" and not request.user.is_authenticated:
        return redirect_to_login(request.path)
    try:
        invitation = invitation_with(code)
        if not request.user.is_authenticated:
            return render(request, "clubs/invited.html", {"club": invitation.club, "here": request.path})
        return for_somebody(request, invitation, code)
    except NoInvitation:
        return render(request, "clubs/no_invitation.html", status=404)


def for_somebody(request: HttpRequest, invitation: Invitation, code: str) -> HttpResponse:
    user, club = signed_in(request), invitation.club
    known = Membership.objects.in_club(club.pk).of(user.pk).select_related("club").first()
    if known is not None and known.state == Membership.State.ACTIVE:
        if request.method == "POST":
            messages.info(request, f"You are in {club.name} already.")
            return redirect("club", club.slug)
        return render(request, "clubs/in_already.html", {"club": club})
    form = SharingForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return joined(request, user, code, form.cleaned_data)
    before = known or Membership()
    page = {
        "club": club,
        "form": form,
        "ways": ways_to_show(user.shown_name),
        "parkruns": form["parkruns"].value() == YES if form.is_bound else before.shares_parkruns,
        "shown_as": form["shown_as"].value() or before.shown_as,
        "needs_approval": invitation.needs_approval,
        "asked": known is not None and invitation.needs_approval,
    }
    return render(request, "clubs/join.html", page, status=422 if form.errors else 200)


def joined(request: HttpRequest, user: User, code: str, said: dict[str, Any]) -> HttpResponse:
    shown_as = said["shown_as"] or Membership.ShownAs.SHORT
    member = join_club(user.pk, code, parkruns=said["parkruns"], shown_as=shown_as)
    if member.state == Membership.State.ASKING:
        messages.success(request, f"You have asked. As soon as a captain of {member.club.name} says yes, you are in.")
        return redirect(reverse("join", args=[code]))
    messages.success(request, f"Welcome to {member.club.name}!")
    return redirect("club", member.club.slug)
