"""/join/<code>/: see an invitation and join its club. /start/clubs/: the clubs that a person is in or asked to join."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from strava_live.accounts.models import User
from strava_live.clubs.models import Invitation, Membership
from strava_live.formats import full_stop
from strava_live.membership.joining import NoInvitation, invitation_with
from strava_live.membership.joining import join as join_club
from strava_live.membership.names import save_profile
from strava_live.visibility import ShownAs
from strava_live.web.access import signed_in_user
from strava_live.web.club_forms import YES, JoinForm, shown_as_options
from strava_live.web.club_words import join_button
from strava_live.web.words import quantity


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, code: str) -> HttpResponse:
    """Show an invitation, or join its club.

    Headers keep the address, which has the secret code, out of search engines and Referer headers. The policy is not
    `no-referrer`, because browsers would then send `Origin: null` with the page's form and fail the CSRF check.
    """
    answer = invitation_page(request, code)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "strict-origin"
    return answer


def invitation_page(request: HttpRequest, code: str) -> HttpResponse:
    if request.method == "POST" and not request.user.is_authenticated:
        return redirect_to_login(request.path)
    try:
        invitation = invitation_with(code)
        if not request.user.is_authenticated:
            return stranger_page(request, invitation)
        return person_page(request, invitation, code)
    except NoInvitation:
        return render(request, "clubs/no_invitation.html", status=404)


def stranger_page(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Show the club and how many members it has, to a person who is signed out, and to chat apps that preview links."""
    members = quantity(Membership.objects.active().in_club(invitation.club_id).count(), "member", "members")
    page = {
        "club": invitation.club,
        "preview": f"{members}. See each other's parkruns live, on your phone and on the club's screen.",
        "here": request.path,
    }
    return render(request, "clubs/invited.html", page)


def person_page(request: HttpRequest, invitation: Invitation, code: str) -> HttpResponse:
    """Show a signed-in person the form for joining, or that they have already joined or asked. Handle the form."""
    user, club = signed_in_user(request), invitation.club
    known = Membership.objects.in_club(club.pk).of(user.pk).select_related("club", "user").first()
    if known is not None and known.state == Membership.MemberState.ACTIVE:
        if request.method == "POST":
            messages.info(request, full_stop(f"You're already in {club.name}"))
            return redirect("club", club.slug)
        return render(request, "clubs/in_already.html", {"club": club})
    asked = known is not None and invitation.needs_approval
    if asked and request.method != "POST" and "change" not in request.GET:
        return render(request, "clubs/asked.html", {"club": club, "member": known})
    form = JoinForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return join_and_redirect(request, user, code, form.cleaned_data)
    before = known or Membership()
    page = {
        "club": club,
        "form": form,
        "ways": shown_as_options(user.shown_name),
        "parkruns": form["parkruns"].value() == YES if form.is_bound else before.shares_parkruns,
        "shown_as": form["shown_as"].value() or before.shown_as,
        "needs_approval": invitation.needs_approval,
        "asked": asked,
        "button": join_button(club, asked=asked, needs_approval=invitation.needs_approval),
    }
    return render(request, "clubs/join.html", page, status=422 if form.errors else 200)


def join_and_redirect(request: HttpRequest, user: User, code: str, choices: dict[str, Any]) -> HttpResponse:
    if choices["name"] and not user.display_name:
        user.display_name = choices["name"]
        save_profile(user, "display_name")
    shown_as = choices["shown_as"] or ShownAs.SHORT
    member = join_club(user.pk, code, parkruns=choices["parkruns"], shown_as=shown_as)
    if member.state == Membership.MemberState.ASKING:
        return redirect(reverse("join", args=[code]))
    messages.success(request, f"Welcome to {member.club.name}!")
    return redirect("club", member.club.slug)


@login_required
@never_cache
@require_safe
def my_clubs(request: HttpRequest) -> JsonResponse:
    """Answer as JSON with the clubs that the person is in or has asked to join.

    While a person waits for a captain's approval, their page requests this every few seconds.
    """
    mine = Membership.objects.of(signed_in_user(request).pk).order_by("pk").values_list("club__slug", "state")
    return JsonResponse({"clubs": [{"slug": slug, "state": state} for slug, state in mine]})
