"""The feed of the club Striders: its entries, put straight into the table, and its page as text."""

from html import unescape
from typing import Any

from django.db.models import F
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.clubs.models import Club
from strava_live.feed.models import Entry
from tests.web.reading import said

FEED = "/clubs/striders/"


def entry_of(club: Club, who: User, kind: str = "parkrun", *, name: str = "Alva B.", **data: Any) -> Entry:
    """Add an entry to the table."""
    Club.objects.filter(pk=club.pk).update(seq=F("seq") + 1, entry_count=F("entry_count") + 1)
    club.refresh_from_db()
    about = {"event": "bushy", "event_name": "Bushy parkrun", "date": "2026-11-14", "junior": False, "count": 50}
    run = {"time_s": 1500, "first_here": True, "best": "ever", "url": "https://www.strava.com/activities/1"}
    run["device"] = "Garmin Forerunner 255"
    content: dict[str, dict[str, Any]] = {
        "parkrun": about | run,
        "milestone": about,
        "history": {"count": 214, "since": 2016, "junior": False},
    }
    return Entry.objects.create(
        club=club,
        seq=club.seq,
        first_seq=club.seq,
        kind=kind,
        key=f"{kind}.{club.seq}",
        at=timezone.now(),
        athlete=who,
        name=name,
        data=content.get(kind, {}) | data,
    )


def shown(answer: Any) -> str:
    return unescape(said(answer))
