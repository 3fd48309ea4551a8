"""/clubs/<slug>/: a club's feed, with forms to write and remove a post and to cheer for an entry.

The page shows the current entries and its WebSocket adds later ones. All its forms work without the WebSocket.
"""

import re
import secrets
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Cheer, Entry
from strava_live.feed.snapshot import NEWEST
from strava_live.formats import utc_iso_exact
from strava_live.protocol import MAX_REF, Json
from strava_live.rate_limits import TOO_MANY_WORDS
from strava_live.social.cheers import cheer, uncheer
from strava_live.social.post_text import BadPost
from strava_live.social.posts import NotYours, UnknownEntry, delete_post, post
from strava_live.time_zones import zone_or_utc
from strava_live.web.access import login_required_post, next_page, signed_in_user
from strava_live.web.club_access import as_member, remember_visit
from strava_live.web.club_words import request_count
from strava_live.web.entry_words import FeedCard, FloodRow, cheered_sentence, feed_card, feed_cards
from strava_live.web.feed_rows import feed_rows, rows_for
from strava_live.web.limits import page_over_limit
from strava_live.web.post_actions import possible_actions
from strava_live.web.script_words import FEED, script_words

FIRST_ENTRIES = 20
"""How many entries the page has when it is loaded, enough to fill a tall display. Scrolling fetches older ones."""
ENTRY_ID = re.compile(r"[0-9]{1,18}")
MAX_FOLDED = 5
"""The most folded entries of a card that `who_cheered` looks at."""
REF = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_REF}}}")
"""The pattern of a post's `ref`: an id that the client chooses, so that a post which is sent twice is stored once."""


@login_required
@never_cache
@require_safe
def club_page(request: HttpRequest, slug: str) -> HttpResponse:
    member = as_member(request, slug)
    answer = render_feed(request, member)
    remember_visit(answer, member.club)
    return answer


def render_feed(request: HttpRequest, member: Membership, *, text: str = "", problem: str = "") -> HttpResponse:
    """Render a page of the feed. After a post was refused, `text` is the post and `problem` the reason."""
    user, club = signed_in_user(request), member.club
    before = request.GET.get("before", "")
    rows = feed_rows(club, user, before, size=NEWEST if before else FIRST_ENTRIES)
    entries = [*rows.entries, *rows.replies]
    waiting = Membership.objects.waiting_for(user.pk).in_club(club.pk).count() if member.is_captain else 0
    page: dict[str, Any] = {
        "club": club,
        "member": member,
        "waiting": waiting,
        "waiting_words": request_count(waiting),
        "clubs": Club.objects.of(user.pk).order_by("name"),
        "entries": feed_cards(entries, now=timezone.now()),
        "for_script": entries,
        "muted": sorted(rows.muted),
        "script_words": script_words(FEED),
        "blank": blank_card(club),
        "blank_flood": FloodRow(0, "", "", "", (), ""),
        "older": rows.older,
        "before": before,
        "zone": zone_or_utc(user.time_zone).key,
        "text": text,
        "problem": problem,
        "ref": secrets.token_urlsafe(12),
        "here": request.get_full_path() if request.method == "GET" else club_path(club),
    }
    return render(request, "feed/feed.html", page, status=422 if problem else 200)


def blank_card(club: Club) -> FeedCard | FloodRow:
    """Return the empty card that the page's script copies and fills."""
    nothing = {"id": 0, "kind": "", "at": utc_iso_exact(club.founded_at), "athlete": None, "text": "", "data": {}}
    return feed_cards([nothing | {"cheers": 0, "cheered": False, "mine": False}], now=club.founded_at)[0]


@login_required
@never_cache
@require_safe
def older_entries(request: HttpRequest, slug: str) -> HttpResponse:
    club, before = as_member(request, slug).club, request.GET.get("before")
    if not before:
        raise Http404
    rows = feed_rows(club, signed_in_user(request), before, size=NEWEST)
    return JsonResponse({"entries": rows.entries, "replies": rows.replies, "older": rows.older})


# --- Forms


def post_over_limit(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the feed after a post that was over the rate limit, with its text in the form."""
    return render_feed(request, as_member(request, slug), text=request.POST.get("text", ""), problem=TOO_MANY_WORDS)


@login_required_post
@page_over_limit(post_over_limit)
def write_post(request: HttpRequest, slug: str) -> HttpResponse:
    member, text, ref = as_member(request, slug), request.POST.get("text", ""), request.POST.get("ref", "")
    try:
        post(member.user_id, member.club_id, text, ref if REF.fullmatch(ref) else "")
    except BadPost as problem:
        return render_feed(request, member, text=text, problem=str(problem))
    except UnknownEntry:
        raise Http404 from None
    return redirect(next_page(request) or club_path(member.club))


@login_required_post
def remove_post(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
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
def add_cheer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return change_cheer(request, slug, pk, cheer)


@login_required_post
def remove_cheer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return change_cheer(request, slug, pk, uncheer)


def change_cheer(request: HttpRequest, slug: str, pk: int, change: Callable[[int, int, int], object]) -> HttpResponse:
    member = as_member(request, slug)
    try:
        change(member.user_id, member.club_id, pk)
    except UnknownEntry:
        raise Http404 from None
    return redirect(f"{next_page(request) or club_path(member.club)}#entry-{pk}")


@login_required
@never_cache
@require_safe
def entry_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The page of one entry: its card with all replies, and the forms that the feed offers with JavaScript only.

    The page of a reply shows the card of the entry that it replies to.
    """
    member = as_member(request, slug)
    return render_entry(request, member, entry_or_404(member.club, pk))


def render_entry(
    request: HttpRequest, member: Membership, entry: Entry, *, text: str = "", problem: str = ""
) -> HttpResponse:
    """Render the page of an entry. After a reply was refused, `text` is the reply and `problem` the reason."""
    viewer = signed_in_user(request)
    rows = rows_for(viewer, [entry.reply_to or entry])
    shown = [*rows.entries, *rows.replies]
    own = next((one for one in shown if one["id"] == entry.pk), None)
    if own is None:  # by a person whom the viewer has muted
        raise Http404
    page: dict[str, Any] = {
        "club": member.club,
        "member": member,
        "entry": feed_card(own, [], timezone.localdate()),
        "card": feed_cards(as_one_card(shown), now=timezone.now())[0],
        "may": possible_actions(own, member),
        "editable_text": own["text"],
        "answers": (entry.reply_to or entry).pk,
        "text": text,
        "problem": problem,
        "ref": secrets.token_urlsafe(12),
        "here": reverse("entry", args=[member.club.slug, entry.pk]),
    }
    return render(request, "feed/entry.html", page, status=422 if problem else 200)


def as_one_card(entries: list[Json]) -> list[Json]:
    """Return an entry and its replies so that the entry has a card of its own, even if the feed folds it away."""
    return [{name: value for name, value in one.items() if name != "fold"} for one in entries]


@login_required
@never_cache
@require_safe
def who_cheered(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Answer with the names of people who cheered for a card: a page, or JSON for the feed's script.

    Each `also` in the query string is the id of an entry that is folded into the card.
    """
    club = as_member(request, slug).club
    entry = entry_or_404(club, pk)
    also = [int(one) for one in request.GET.getlist("also")[:MAX_FOLDED] if ENTRY_ID.fullmatch(one)]
    sentence = cheered_sentence(cheerer_names(club, [entry.pk, *also]))
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse({"sentence": sentence})
    return render(request, "feed/cheers.html", {"club": club, "entry": entry, "sentence": sentence})


def cheerer_names(club: Club, entry_ids: list[int]) -> list[str]:
    """Return the name of each member who cheered, once, earliest first; "" for a member who is shown without a name."""
    cheers = Cheer.objects.filter(entry__in=Entry.objects.of_club(club.pk).not_removed().filter(pk__in=entry_ids))
    users = list(dict.fromkeys(cheers.order_by("at").values_list("user_id", flat=True)))
    members = Membership.objects.active().in_club(club.pk).filter(user__in=users).select_related("user")
    names = {member.user_id: member.shown_name for member in members}
    return [names[user_id] for user_id in users if user_id in names]


def entry_or_404(club: Club, pk: int) -> Entry:
    entry = Entry.objects.of_club(club.pk).not_removed().filter(pk=pk).first()
    if entry is None:
        raise Http404
    return entry


def club_path(club: Club) -> str:
    return reverse("club", args=[club.slug])
