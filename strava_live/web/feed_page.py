"""/clubs/<slug>/: a club's feed. The page shows it as it is; its socket keeps it fresh; its forms work without one."""

import re
import secrets
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.encoding import for_members, moment
from strava_live.feed.models import Cheer, Entry
from strava_live.feed.posts import BadPost, NotYours, UnknownEntry, delete_post, post
from strava_live.feed.snapshot import NEWEST
from strava_live.protocol import LARGEST_ID, MAX_REF, Json
from strava_live.social.cheers import cheer, uncheer
from strava_live.web.activity_words import counted
from strava_live.web.club_access import as_member, remember_visit
from strava_live.web.entry_words import Shown, shown_in_order
from strava_live.web.errors import TOO_MANY_WORDS
from strava_live.web.limits import page_over_limit
from strava_live.web.signed_in import signed_in, signed_in_post
from strava_live.web.time_zone import zone_of
from strava_live.web.way_back import way_back

FIRST_ENTRIES = 20
"""What the page begins with: a tall screen and a bit. Older ones are fetched as the feed is scrolled."""
ENTRY_ID = re.compile(r"[0-9]{1,18}")
MOST_IN_A_CARD = 5
REF = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_REF}}}")
Place = tuple[datetime, int]


@login_required
@never_cache
@require_safe
def club_page(request: HttpRequest, slug: str) -> HttpResponse:
    member = as_member(request, slug)
    answer = feed_of(request, member)
    remember_visit(answer, member.club)
    return answer


def feed_of(request: HttpRequest, member: Membership, *, text: str = "", problem: str = "") -> HttpResponse:
    """`text` is what could not be posted, and `problem` why."""
    user, club = signed_in(request), member.club
    before = request.GET.get("before", "")
    place = place_of(before) if before else None
    entries, older = page_of(club, user, place, most=NEWEST if place else FIRST_ENTRIES)
    page: dict[str, Any] = {
        "club": club,
        "member": member,
        "waiting": Membership.objects.waiting_for(user.pk).in_club(club.pk).count() if member.is_captain else 0,
        "clubs": Club.objects.of(user.pk).order_by("name"),
        "entries": shown_in_order(entries, now=timezone.now()),
        "for_script": entries,
        "blank": blank(club),
        "older": older,
        "before": before,
        "zone": zone_of(user).key,
        "text": text,
        "problem": problem,
        "ref": secrets.token_urlsafe(12),
        "here": request.get_full_path() if request.method == "GET" else club_path(club),
    }
    return render(request, "feed/feed.html", page, status=422 if problem else 200)


def page_of(club: Club, viewer: User, place: Place | None, *, most: int = NEWEST) -> tuple[list[Json], str]:
    """Return at most `most` entries, newest first, and the cursor of older ones.

    The club has been read before, so its number is no later than these: what was added in between arrives twice rather
    than never."""
    rows = Entry.objects.of_club(club.pk).there().newest_first()
    if place is not None:
        rows = rows.older_than(*place)
    found = list(rows[: most + 1])
    older = cursor_of(found[most - 1]) if len(found) > most else ""
    found = found[:most]
    cheered = set(Cheer.objects.filter(user=viewer, entry__in=found).values_list("entry_id", flat=True))
    own = {"cheered": cheered, "mine": {entry.pk for entry in found if entry.athlete_id == viewer.pk}}
    return [for_members(entry) | {name: entry.pk in ids for name, ids in own.items()} for entry in found], older


def cursor_of(entry: Entry) -> str:
    """A place in the feed, which stays where it is whatever is added or removed meanwhile."""
    return f"{moment(entry.at)},{entry.pk}"


def place_of(cursor: str) -> Place:
    try:
        at, _, pk = cursor.partition(",")
        place = datetime.fromisoformat(at), int(pk)
        aware = place[0].utcoffset() is not None
    except (ValueError, OverflowError):
        raise Http404 from None
    if not aware or not 1 < place[0].year < 9999 or not 0 <= place[1] <= LARGEST_ID:
        raise Http404
    return place


def blank(club: Club) -> Shown:
    """Return the empty card that the page's script fills."""
    nothing = {"id": 0, "kind": "", "at": moment(club.founded_at), "athlete": None, "text": "", "data": {}}
    return shown_in_order([nothing | {"cheers": 0, "cheered": False, "mine": False}], now=club.founded_at)[0]


@login_required
@never_cache
@require_safe
def older_entries(request: HttpRequest, slug: str) -> HttpResponse:
    club = as_member(request, slug).club
    entries, older = page_of(club, signed_in(request), place_of(request.GET.get("before", "")))
    return JsonResponse({"entries": entries, "older": older})


# --- Writing


def post_over_limit(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the text back in the form."""
    return feed_of(request, as_member(request, slug), text=request.POST.get("text", ""), problem=TOO_MANY_WORDS)


@signed_in_post
@page_over_limit(post_over_limit)
def write_post(request: HttpRequest, slug: str) -> HttpResponse:
    member, text, ref = as_member(request, slug), request.POST.get("text", ""), request.POST.get("ref", "")
    try:
        post(member.user_id, member.club_id, text, ref if REF.fullmatch(ref) else "")
    except BadPost as problem:
        return feed_of(request, member, text=text, problem=str(problem))
    except UnknownEntry:
        raise Http404 from None
    return redirect(way_back(request) or club_path(member.club))


@signed_in_post
def remove_post(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    member = as_member(request, slug)
    entry_in(member.club, pk)
    try:
        delete_post(member.user_id, pk)
    except NotYours:
        raise PermissionDenied from None
    except UnknownEntry:
        raise Http404 from None
    return redirect(way_back(request) or club_path(member.club))


@signed_in_post
def give_cheer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return cheering(request, slug, pk, given=True)


@signed_in_post
def take_cheer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return cheering(request, slug, pk, given=False)


def cheering(request: HttpRequest, slug: str, pk: int, *, given: bool) -> HttpResponse:
    member = as_member(request, slug)
    verb = cheer if given else uncheer
    try:
        verb(member.user_id, member.club_id, pk)
    except UnknownEntry:
        raise Http404 from None
    return redirect(f"{way_back(request) or club_path(member.club)}#entry-{pk}")


@login_required
@never_cache
@require_safe
def who_cheered(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A page, or one sentence for a page that asks. `also` are the entries that share the card of the first."""
    club = as_member(request, slug).club
    entry = entry_in(club, pk)
    also = [int(one) for one in request.GET.getlist("also")[:MOST_IN_A_CARD] if ENTRY_ID.fullmatch(one)]
    sentence = sentence_of(names_of(club, [entry.pk, *also]))
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse({"sentence": sentence})
    return render(request, "feed/cheers.html", {"club": club, "entry": entry, "sentence": sentence})


def names_of(club: Club, entry_ids: list[int]) -> list[str]:
    """In the order in which they cheered, each once and as this club sees them; "" for a member without a name."""
    cheers = Cheer.objects.filter(entry__in=Entry.objects.of_club(club.pk).there().filter(pk__in=entry_ids))
    users = list(dict.fromkeys(cheers.order_by("at").values_list("user_id", flat=True)))
    members = Membership.objects.active().in_club(club.pk).filter(user__in=users).select_related("user")
    names = {member.user_id: member.shown_name for member in members}
    return [names[user_id] for user_id in users if user_id in names]


def sentence_of(names: list[str]) -> str:
    """Alva B., Bruno C. and 2 members."""
    parts = [name for name in names if name]
    if unnamed := len(names) - len(parts):
        parts.append(counted(unnamed, "member", "members"))
    listed = " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
    return f"{listed} cheered." if parts else "No cheers yet."


def entry_in(club: Club, pk: int) -> Entry:
    entry = Entry.objects.of_club(club.pk).there().filter(pk=pk).first()
    if entry is None:
        raise Http404
    return entry


def club_path(club: Club) -> str:
    return reverse("club", args=[club.slug])
