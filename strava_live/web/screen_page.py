"""/clubs/<slug>/screen/<key>/: the page of a club's wall screen, a television in the café, for anyone with its key.

The page has no links and sends no Referer header, so that no other site learns its address.
"""

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
from strava_live.error_codes import ErrorCode
from strava_live.feed.club_cache import ClubCache
from strava_live.feed.encoding import for_screens
from strava_live.feed.figures import figures_of
from strava_live.formats import utc_iso_exact
from strava_live.protocol import EntryShape, FiguresShape
from strava_live.time_zones import zone_or_utc
from strava_live.web.club_links import invitation_link, qr_code
from strava_live.web.errors import error_answer
from strava_live.web.screen_words import BLANK_ROW, wall_words
from strava_live.web.script_words import SCREEN, script_words


@dataclass(frozen=True)
class WallState:
    """What all wall screens of a club show."""

    words: dict[str, Any]
    entries: list[EntryShape]
    parts: dict[str, SafeString]
    """HTML fragments that replace those in an open page."""


def wall_state(club: Club, now: datetime) -> WallState:
    figures = figures_of(club, now)
    words = wall_words(figures)
    with timezone.override(zone_or_utc(club.time_zone)):
        parts = {name: render_to_string(f"screen/_{name}.html", words) for name in ("scenes", "tally")}
    return WallState(words, [for_screens(entry) for entry in figures.recent], parts)


walls = ClubCache(wall_state)
"""The last WallState of each club."""


@never_cache
@require_safe
def screen(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    club = club_of_screen(slug, key)
    if club is None:
        return unlisted(render(request, "screen/gone.html", status=404))
    zone, now = zone_or_utc(club.time_zone), timezone.now()
    invitation = shown_invitation(club)
    wall = walls.get(club, now)
    page = {
        "club": club,
        "zone": zone.key,
        "now": now,
        "light": request.GET.get("look") == "light",
        "larger": request.GET.get("text") == "larger",
        "blank": BLANK_ROW,
        "script_words": script_words(SCREEN),
        "data": page_state(club, wall),
        "invitation": invitation,
        "qr": invitation_qr(invitation),
    }
    with timezone.override(zone):
        return unlisted(render(request, "screen/screen.html", page | wall.words))


@never_cache
@require_safe
def figures(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Answer with the club's figures and scenes (slides) as JSON. An open page fetches them after entries changed."""
    club = club_of_screen(slug, key)
    if club is None:
        return unlisted(error_answer(ErrorCode.NO_SCREEN, "There is no such screen."))
    wall = walls.get(club, timezone.now())
    answer: FiguresShape = {**page_state(club, wall), "scenes": wall.parts["scenes"], "tally": wall.parts["tally"]}
    return unlisted(JsonResponse(answer))


def club_of_screen(slug: str, key: str) -> Club | None:
    screens: Any = Screen.objects.with_secret(key).valid(now=timezone.now())
    found = screens.filter(club__slug=slug).select_related("club").first()
    return found.club if found else None


def unlisted(answer: HttpResponse) -> HttpResponse:
    """Add headers that keep a page out of search engines, and its address out of Referer headers."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer


def page_state(club: Club, wall: WallState) -> FiguresShape:
    """Return the club's state from which the page's script starts.

    `seq` is the number of the club's last change when `club` was read, and the script asks for the changes after it.
    `wall` has all changes up to `seq`, and may have later ones. So the page misses no change.
    """
    return {
        "page": page_version(club),
        "server_time": utc_iso_exact(timezone.now()),
        "epoch": club.epoch,
        "seq": club.seq,
        "entries": wall.entries,
    }


def page_version(club: Club) -> str:
    """Return a hash of what an open page's script cannot update. When the hash changes, the page reloads.

    It covers the static files, the club's name and time zone, and the invitation that its screens show.
    """
    invitation = shown_invitation(club)
    files = getattr(staticfiles_storage, "manifest_hash", "")
    shown = (invitation.pk, invitation.secret.can_be_decrypted) if invitation else None
    made_of = (files, club.name, club.time_zone, shown)
    return hashlib.sha256(repr(made_of).encode()).hexdigest()[:16]


def invitation_qr(invitation: Invitation | None) -> str:
    """Return the QR code; "" if there is no invitation, or if the setting FIELD_KEYS cannot decrypt its secret."""
    if invitation is None or not invitation.secret.can_be_decrypted:
        return ""
    return qr_code(invitation_link(settings.SITE_URL, invitation))


def shown_invitation(club: Club) -> Invitation | None:
    """Return the newest invitation that captains chose to show on screens."""
    invitations: Any = Invitation.objects.filter(club=club, on_screens=True).valid(now=timezone.now())
    found: Invitation | None = invitations.order_by("-made_at").first()
    return found
