"""/clubs/<slug>/screen/<key>/: a club on a wall, for anyone with the key. The page has no links, and no other site
learns its address."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.clubs.models import Club, Invitation, Screen
from strava_live.feed.club_cache import ClubCache
from strava_live.feed.encoding import for_screens
from strava_live.feed.figures import figures_of
from strava_live.formats import utc_iso_exact
from strava_live.protocol import Json
from strava_live.time_zones import zone_or_utc
from strava_live.web.club_addresses import invitation_address
from strava_live.web.qr import qr_code
from strava_live.web.screen_words import Row, words_of


@dataclass(frozen=True)
class Wall:
    """The state that all walls of a club share."""

    words: dict[str, Any]
    entries: list[Json]
    parts: dict[str, SafeString]
    """HTML fragments that an open page replaces."""


def wall_of(club: Club, now: datetime) -> Wall:
    figures = figures_of(club, now)
    words = words_of(figures)
    with timezone.override(zone_or_utc(club.time_zone)):
        parts = {name: render_to_string(f"screen/_{name}.html", words) for name in ("scenes", "tally")}
    return Wall(words, [for_screens(entry) for entry in figures.recent], parts)


walls = ClubCache(wall_of)


@never_cache
@require_safe
def screen(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    club = club_on(slug, key)
    if club is None:
        return unseen(render(request, "screen/gone.html", status=404))
    zone, now = zone_or_utc(club.time_zone), timezone.now()
    invitation = shown_invitation(club)
    wall = walls.get(club, now)
    page = {
        "club": club,
        "zone": zone.key,
        "now": now,
        "light": request.GET.get("look") == "light",
        "larger": request.GET.get("text") == "larger",
        "blank": Row("", "", "", ""),
        "data": standing(club, wall),
        "invitation": invitation,
        "qr": join_code(invitation),
    }
    with timezone.override(zone):
        return unseen(render(request, "screen/screen.html", page | wall.words))


@never_cache
@require_safe
def figures(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The numbers and scenes that an open page fetches whenever entries have changed."""
    club = club_on(slug, key)
    if club is None:
        return unseen(JsonResponse({"code": "no_screen", "message": "There is no such screen."}, status=404))
    wall = walls.get(club, timezone.now())
    return unseen(JsonResponse(standing(club, wall) | wall.parts))


def club_on(slug: str, key: str) -> Club | None:
    screens: Any = Screen.objects.with_secret(key).valid(now=timezone.now())
    found = screens.filter(club__slug=slug).select_related("club").first()
    return found.club if found else None


def unseen(answer: HttpResponse) -> HttpResponse:
    """Keep the page out of search engines, and its address out of Referer headers."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer


def standing(club: Club, wall: Wall) -> Json:
    """Return the state that a page begins with. The club was read before the entries, so its `seq` is not later."""
    return {
        "page": page_version(club),
        "server_time": utc_iso_exact(timezone.now()),
        "epoch": club.epoch,
        "seq": club.seq,
        "entries": wall.entries,
    }


def page_version(club: Club) -> str:
    """Return a version that changes with a deploy's static files, the club's name, its time zone and the invitation on
    screens. An open page reloads when it sees another version."""
    invitation = shown_invitation(club)
    files = getattr(staticfiles_storage, "manifest_hash", "")
    shown = (invitation.pk, invitation.secret.is_readable) if invitation else None
    made_of = (files, club.name, club.time_zone, shown)
    return hashlib.sha256(repr(made_of).encode()).hexdigest()[:16]


def join_code(invitation: Invitation | None) -> str:
    """Return "" if there is no invitation to show, or if FIELD_KEYS no longer open it."""
    if invitation is None or not invitation.secret.is_readable:
        return ""
    return qr_code(invitation_address(settings.SITE_URL, invitation))


def shown_invitation(club: Club) -> Invitation | None:
    """Return the newest invitation that a captain shows on screens."""
    invitations: Any = Invitation.objects.filter(club=club, on_screens=True).valid(now=timezone.now())
    found: Invitation | None = invitations.order_by("-made_at").first()
    return found
