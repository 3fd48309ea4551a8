"""/clubs/<slug>/sharing/: choose what a club sees. …/leave/: leave a club, or withdraw a request to join it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from strava_live.clubs.captains import LastCaptain, other_captains, others
from strava_live.clubs.members import NotAMember
from strava_live.clubs.models import Membership
from strava_live.formats import full_stop
from strava_live.membership.leaving import leave as leave_club
from strava_live.membership.sharing import share
from strava_live.web.access import signed_in_user
from strava_live.web.club_access import as_member
from strava_live.web.club_forms import YES, SharingForm, shown_as_options
from strava_live.web.club_words import last_saved_words, leave_words


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sharing(request: HttpRequest, slug: str) -> HttpResponse:
    """Show or save what a club sees of the signed-in person."""
    member = as_member(request, slug)
    form = SharingForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        choices = form.cleaned_data
        try:
            share(member.club_id, member.user_id, parkruns=choices["parkruns"], shown_as=choices["shown_as"])
        except NotAMember:
            raise Http404 from None
        messages.success(request, "Saved. Applied everywhere straight away.")
        return redirect("club_sharing", slug)
    page = {
        "member": member,
        "club": member.club,
        "form": form,
        "ways": shown_as_options(member.user.shown_name),
        "parkruns": form["parkruns"].value() == YES if form.is_bound else member.shares_parkruns,
        "shown_as": form["shown_as"].value() or member.shown_as,
        "last_saved": last_saved_words(member),
    }
    return render(request, "clubs/sharing.html", page, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for confirmation, then leave the club or withdraw the request to join it."""
    member = membership_or_404(request, slug)
    if request.method == "POST":
        try:
            leave_club(member.club_id, member.user_id)
        except LastCaptain:
            return render(request, "clubs/leave.html", leave_context(member), status=409)
        except NotAMember:
            raise Http404 from None
        messages.success(request, farewell(member))
        return redirect("home")
    return render(request, "clubs/leave.html", leave_context(member))


def leave_context(member: Membership) -> dict[str, object]:
    alone, asking = not others(member).exists(), member.state == Membership.MemberState.ASKING
    return {
        "club": member.club,
        "asking": asking,
        "back": reverse("start") if asking else reverse("club", args=[member.club.slug]),
        "words": leave_words(member, closes_club=alone and member.is_captain),
        "last_captain": not alone and member.is_captain and not other_captains(member.club_id, member.user_id),
    }


def farewell(member: Membership) -> str:
    if member.state == Membership.MemberState.ASKING:
        return f"Your request to join {member.club.name} has been withdrawn."
    left = full_stop(f"You've left {member.club.name}")
    return f"{left} Everything of yours is gone from its feed and screens."


def membership_or_404(request: HttpRequest, slug: str) -> Membership:
    """Return the signed-in person's membership of a club, or their request to join it."""
    mine = Membership.objects.of(signed_in_user(request).pk).filter(club__slug=slug)
    found = mine.select_related("club", "user").first()
    if found is None:
        raise Http404
    return found
