"""/clubs/<slug>/: a club's feed, with forms to cheer for an entry. The forms of posts are in post_forms.py.

The page shows the current entries and its WebSocket adds later ones. All its forms work without the WebSocket.
"""

import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
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
from strava_live.social.cheers import cheer, uncheer
from strava_live.social.moderation import count_reported
from strava_live.social.posts import PostIsHidden, UnknownEntry
from strava_live.time_zones import zone_or_utc
from strava_live.web.access import login_required_post, next_page, signed_in_user
from strava_live.web.club_access import as_member, remember_visit
from strava_live.web.club_words import reported_words, request_count
from strava_live.web.entry_words import FeedCard, FloodRow, cheered_sentence, feed_cards
from strava_live.web.feed_rows import feed_rows
from strava_live.web.script_words import FEED, script_words

FIRST_ENTRIES = 20
"""How many entries the page has when it is loaded, enough to fill a tall display. Scrolling fetches older ones."""
ID = re.compile(r"[0-9]{1,18}")
MAX_FOLDED = 5
"""The most folded entries of a card that `who_cheered` looks at."""


@login_required
@never_cache
@require_safe
def club_page(request: HttpRequest, slug: str) -> HttpResponse:
    member = as_member(request, slug)
    answer = render_feed(request, member)
    remember_visit(answer, member.club)
    return answer


@dataclass(frozen=True)
class Draft:
    """A text that was sent in a form and refused, so that the page shows it in the form again."""

    text: str = ""
    problem: str = ""
    """Why it was refused."""
    reply_to: int | None = None
    """The id of the entry that it replies to."""
    edits: int | None = None
    """The id of the post whose text it should become."""


def render_feed(request: HttpRequest, member: Membership, draft: Draft | None = None) -> HttpResponse:
    """Render a page of the feed. If a text was refused, its form shows the text again."""
    draft = draft or Draft()
    in_composer = draft.reply_to is None and draft.edits is None
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
        "reported_words": reported_words(count_reported(club.pk)) if member.is_captain else "",
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
        "draft": draft,
        "text": draft.text if in_composer else "",
        "problem": draft.problem if in_composer else "",
        "ref": secrets.token_urlsafe(12),
        "here": request.get_full_path() if request.method == "GET" else club_path(club),
    }
    return render(request, "feed/feed.html", page, status=422 if draft.problem else 200)


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
    except PostIsHidden as problem:
        messages.error(request, str(problem))
    except UnknownEntry:
        raise Http404 from None
    return redirect(f"{next_page(request) or club_path(member.club)}#entry-{pk}")


@login_required
@never_cache
@require_safe
def who_cheered(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Answer with the names of people who cheered for a card: a page, or JSON for the feed's script.

    Each `also` in the query string is the id of an entry that is folded into the card.
    """
    club = as_member(request, slug).club
    entry = entry_or_404(club, pk)
    also = ids_in(request.GET.getlist("also")[:MAX_FOLDED])
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


def ids_in(texts: Iterable[str]) -> list[int]:
    """Return the ids that a form or a query string names. What is no id is left out."""
    return [int(text) for text in texts if ID.fullmatch(text)]


def entry_or_404(club: Club, pk: int) -> Entry:
    entry = Entry.objects.of_club(club.pk).not_removed().filter(pk=pk).first()
    if entry is None:
        raise Http404
    return entry


def club_path(club: Club) -> str:
    return reverse("club", args=[club.slug])
