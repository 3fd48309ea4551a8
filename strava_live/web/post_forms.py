"""The forms of posts: write, edit, delete and report, and for captains hide, restore and keep.

Also the names that are offered while an author types a mention.
"""

import re
from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.clubs.captains import NotACaptain
from strava_live.clubs.models import Membership
from strava_live.protocol import MAX_REF
from strava_live.protocol.club import MOST_CHOSEN
from strava_live.rate_limits import TOO_MANY_WORDS, TooManyRequests
from strava_live.social.mentions import members_named
from strava_live.social.moderation import hide_post, keep_post, report_post, restore_post
from strava_live.social.post_text import BadPost
from strava_live.social.posts import (
    CannotChangePost,
    NotTheAuthor,
    NotYours,
    UnknownEntry,
    delete_post,
    edit_post,
    post,
)
from strava_live.web.access import login_required_post, next_page
from strava_live.web.club_access import as_member
from strava_live.web.errors import too_many_requests
from strava_live.web.feed_page import Draft, club_path, entry_or_404, ids_in, render_feed
from strava_live.web.limits import page_over_limit

REF = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_REF}}}")
"""The pattern of a post's `ref`: an id that the client chooses, so that a post which is sent twice is stored once."""


def picked_in(request: HttpRequest) -> list[int]:
    """Return the ids of the members whom the author has picked by name."""
    return ids_in(request.POST.getlist("mentions")[:MOST_CHOSEN])


def reply_to_in(request: HttpRequest) -> int | None:
    """Return the id of the entry that a post replies to; None if it is not a reply. Raise Http404 for an invalid id."""
    text = request.POST.get("reply_to", "")
    if not text:
        return None
    if not (found := ids_in([text])):
        raise Http404
    return found[0]


def post_over_limit(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the feed after a post that was over the rate limit, with its text in the form."""
    draft = Draft(request.POST.get("text", ""), TOO_MANY_WORDS, reply_to_in(request))
    return render_feed(request, as_member(request, slug), draft)


@login_required_post
@page_over_limit(post_over_limit)
def write(request: HttpRequest, slug: str) -> HttpResponse:
    """Post, also as a reply. If the text is refused, show the feed with the text in its form."""
    member, text, ref = as_member(request, slug), request.POST.get("text", ""), request.POST.get("ref", "")
    ref, reply_to = ref if REF.fullmatch(ref) else "", reply_to_in(request)
    try:
        post(member.user_id, member.club_id, text, ref, reply_to=reply_to, mentions=picked_in(request))
    except (BadPost, CannotChangePost) as problem:
        return render_feed(request, member, Draft(text, str(problem), reply_to))
    except TooManyRequests as refused:
        again = partial(render_feed, request, member, Draft(text, str(refused), reply_to))
        return too_many_requests(request, refused.wait_s, again)
    except UnknownEntry:
        raise Http404 from None
    return redirect(next_page(request) or club_path(member.club))


def edit_over_limit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show the feed after an edit that was over the rate limit, with the text in the form."""
    draft = Draft(text=request.POST.get("text", ""), problem=TOO_MANY_WORDS, edits=pk)
    return render_feed(request, as_member(request, slug), draft)


@login_required_post
@page_over_limit(edit_over_limit)
def edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change the text of the person's post. If it is refused, show the feed with the text in the form."""
    member, text = as_member(request, slug), request.POST.get("text", "")
    entry_or_404(member.club, pk)
    try:
        edit_post(member.user_id, pk, text, mentions=picked_in(request), club_id=member.club_id)
    except NotTheAuthor:
        raise PermissionDenied from None
    except (BadPost, CannotChangePost) as problem:
        return render_feed(request, member, Draft(text=text, problem=str(problem), edits=pk))
    except UnknownEntry:
        raise Http404 from None
    return back_to(request, member, pk)


@login_required_post
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    member = as_member(request, slug)
    entry_or_404(member.club, pk)
    try:
        delete_post(member.user_id, pk)
    except NotYours:
        raise PermissionDenied from None
    except UnknownEntry:
        raise Http404 from None
    return redirect(next_page(request) or club_path(member.club))


@login_required_post
def report(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    member = as_member(request, slug)
    entry_or_404(member.club, pk)
    try:
        report_post(member.user_id, pk, request.POST.get("reason", ""))
    except (BadPost, CannotChangePost) as problem:
        messages.error(request, str(problem))
    except UnknownEntry:
        raise Http404 from None
    else:
        messages.success(request, "Reported. The club's captains will look at it, without your name.")
    return back_to(request, member, pk)


@login_required_post
def hide(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return decide(request, slug, pk, hide_post, "Hidden. Captains can restore it on the page of reports.")


@login_required_post
def restore(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return decide(request, slug, pk, restore_post, "Restored. Everyone in the club sees the post again.")


@login_required_post
def keep(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return decide(request, slug, pk, keep_post, "The post stays.")


def decide(
    request: HttpRequest, slug: str, pk: int, decision: Callable[[int, int], None], sentence: str
) -> HttpResponse:
    """Apply a captain's `decision` about a post, and show `sentence`."""
    member = as_member(request, slug)
    entry_or_404(member.club, pk)
    try:
        decision(member.user_id, pk)
    except NotACaptain:
        raise PermissionDenied from None
    except UnknownEntry:
        raise Http404 from None
    messages.success(request, sentence)
    return back_to(request, member, pk)


def back_to(request: HttpRequest, member: Membership, pk: int) -> HttpResponse:
    return redirect(next_page(request) or f"{club_path(member.club)}#entry-{pk}")


@login_required
@never_cache
@require_safe
def member_names(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with the members whose name begins with `q`, for the list that opens while an author types a mention."""
    member = as_member(request, slug)
    found = members_named(member.club_id, request.GET.get("q", ""), without=member.user_id)
    return JsonResponse({"members": found})
