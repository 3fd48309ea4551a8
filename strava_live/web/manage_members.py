"""/clubs/<slug>/manage/members/<id>/: make a member captain, remove a member, approve or decline a request to join."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.clubs import captains
from strava_live.clubs.captains import LastCaptain, NotACaptain
from strava_live.clubs.members import NotAMember, member_of, request_of
from strava_live.clubs.models import Membership
from strava_live.membership.joining import approve as approve_request
from strava_live.membership.joining import refuse as refuse_request
from strava_live.membership.leaving import remove_member
from strava_live.protocol import LARGEST_ID
from strava_live.web.access import login_required_post
from strava_live.web.club_access import as_captain
from strava_live.web.club_words import member_since

Find = Callable[[int, int], Membership]
"""A function that takes the ids of a club and of a person. It returns the membership, or raises NotAMember."""


@login_required
@never_cache
@require_safe
def member(request: HttpRequest, slug: str, user_id: int) -> HttpResponse:
    me = as_captain(request, slug)
    found = find_or_404(member_of, me, user_id)
    page = {"me": me, "club": me.club, "member": found, "since": member_since(found)}
    return render(request, "clubs/member.html", page)


@login_required_post
def make_captain(request: HttpRequest, slug: str, user_id: int) -> HttpResponse:
    return decide(request, slug, user_id, captains.make_captain, member_of, "{} is now a captain too.")


@login_required_post
def remove(request: HttpRequest, slug: str, user_id: int) -> HttpResponse:
    if as_captain(request, slug).user_id == user_id:
        return redirect("leave_club", slug)
    return decide(request, slug, user_id, remove_member, member_of, "{} has been removed from the club.")


@login_required_post
def approve(request: HttpRequest, slug: str, user_id: int) -> HttpResponse:
    return decide(request, slug, user_id, approve_request, request_of, "{} is now a member.")


@login_required_post
def refuse(request: HttpRequest, slug: str, user_id: int) -> HttpResponse:
    return decide(request, slug, user_id, refuse_request, request_of, "{}'s request was declined. They can ask again.")


@login_required_post
def step_down(request: HttpRequest, slug: str) -> HttpResponse:
    me = as_captain(request, slug)
    try:
        captains.step_down(me.club_id, me.user_id)
    except LastCaptain:
        messages.error(request, "You're the only captain. Make someone else captain first.")
        return redirect("manage_club", slug)
    except NotACaptain:
        raise PermissionDenied from None
    messages.success(request, "You're no longer a captain.")
    return redirect("club", slug)


def decide(
    request: HttpRequest, slug: str, user_id: int, decision: Callable[..., Any], find: Find, sentence: str
) -> HttpResponse:
    """Apply a captain's `decision` about a person, and show `sentence`.

    Answer 404 if the membership or request does not exist any more, for example because another captain has already
    decided.
    """
    me = as_captain(request, slug)
    name = find_or_404(find, me, user_id).user.shown_name
    try:
        decision(me.club_id, user_id, by=me.user_id)
    except NotAMember:
        raise Http404 from None
    except NotACaptain:
        raise PermissionDenied from None
    messages.success(request, sentence.format(name))
    return redirect("manage_club", slug)


def find_or_404(find: Find, me: Membership, user_id: int) -> Membership:
    """Return the membership that `find` finds, or raise Http404, also for an id that is too large for the database."""
    try:
        return find(me.club_id, min(user_id, LARGEST_ID))
    except NotAMember:
        raise Http404 from None
