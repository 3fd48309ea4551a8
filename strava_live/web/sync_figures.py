"""The figures of the page My Strava: totals, years, maybes (activities that may be parkruns), what to import next.

A run here is one import of an athlete's activities from Strava, a row of SyncRun.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone

from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.items import item_of
from strava_live.activities.models import Activity
from strava_live.activities.summary import summary_of
from strava_live.formats import quantity, utc_iso
from strava_live.sync.continuing import days_left
from strava_live.sync.maybes import similar_maybes
from strava_live.sync.models import SyncRun
from strava_live.sync.routine import LOOK_BACK
from strava_live.sync.snapshot import rows_for_lists
from strava_live.time_zones import zone_or_utc
from strava_live.web.sync_words import kept_sentence, maybe_facts, summary_sentence

MAX_MAYBES = 25
"""How many maybes the page has at a time."""


def maybes_of(user: User, older_than: Activity | None = None) -> list[Activity]:
    """Return the newest maybes without an answer; with `older_than`, only those that are older than that activity."""
    rows = rows_for_lists(user.pk).undecided().newest_first()
    if older_than is not None:
        rows = rows.older_than(older_than.start, older_than.strava_id)
    return list(rows[:MAX_MAYBES])


def figures_of(user: User, strava: StravaConnection | None, maybes: list[Activity]) -> dict[str, Any]:
    """Return the figures as JSON for the page's script.

    The figure `first` is the start of the athlete's oldest activity, which the script uses to estimate an import's
    progress.
    """
    summary = summary_of(user.pk)
    first = summary.pop("first")
    since = since_last_import(strava)
    return {
        "summary": summary,
        "sentence": summary_sentence(summary),
        "kept": kept_sentence(summary),
        "to_check": f"Check {quantity(summary['maybes'], 'maybe', 'maybes')}",
        "first": utc_iso(first),
        "joined": utc_iso(strava.joined_at) if strava else None,
        "maybes": [maybe_item(row) for row in maybes],
        "alike": similar_maybes(user.pk) if maybes else [],
        "since_last": since,
        "all_label": "Import everything again" if summary["activities"] or since else "Import from Strava",
    }


def since_last_import(strava: StravaConnection | None) -> str | None:
    """Return the day from which to look for new activities, as an ISO date; None before the first whole import."""
    if strava is None or strava.synced_until is None:
        return None
    return (strava.synced_until - LOOK_BACK).date().isoformat()


def maybe_item(row: Activity) -> dict[str, Any]:
    return {**item_of(row), "question": maybe_facts(row)}


def rest_of(run: SyncRun | None, user: User) -> dict[str, Any] | None:
    """Return the days that `run` left unread, for the form that imports these days; None if there are none."""
    days = days_left(run, zone=zone_or_utc(user.time_zone), now=timezone.now())
    if days is None:
        return None
    since, until = days
    return {
        "since": since.isoformat() if since else None,
        "until": until.isoformat(),
        "label": f"Carry on from {until:%b %Y}",
    }


def share_read(run: SyncRun | None, figures: dict[str, Any]) -> float | None:
    """Return an import's progress from 0 to 1, or None if it cannot be estimated.

    An import reads from the newest activity to the oldest. Its progress is the share of its time span that is read.
    """
    if run is None or run.oldest is None:
        return None
    top, end = run.before or run.started_at, run.after
    if end is None:
        ends = [datetime.fromisoformat(text) for text in (figures["first"], figures["joined"]) if text]
        end = next((one for one in ends if one < run.oldest), None)
    if end is None or end >= top:
        return None
    return max(0.0, min(1.0, (top - run.oldest) / (top - end)))
