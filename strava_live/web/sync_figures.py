"""The figures of My Strava: totals, years, the maybes to check, and what can be imported next."""

from datetime import datetime, timedelta
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
from strava_live.sync.snapshot import rows_for_lists
from strava_live.time_zones import zone_or_utc
from strava_live.web.sync_words import kept_sentence, maybe_facts, summary_sentence

MAX_MAYBES = 25
LOOK_BACK = timedelta(days=14)
"""How long before the last import a new one begins: an activity can be uploaded days after the run."""


def maybes_of(user: User, older_than: Activity | None = None) -> list[Activity]:
    """Return the newest maybes to check, or those after an activity."""
    rows = rows_for_lists(user.pk).undecided().newest_first()
    if older_than is not None:
        rows = rows.older_than(older_than.start, older_than.strava_id)
    return list(rows[:MAX_MAYBES])


def figures_of(user: User, strava: StravaConnection | None, maybes: list[Activity]) -> dict[str, Any]:
    """Return the figures as the page's script gets them.

    `first` is the oldest known start, which lets the script estimate how far a later run has to go.
    """
    summary = summary_of(user.pk)
    first = summary.pop("first")
    synced_until = strava.synced_until if strava else None
    return {
        "summary": summary,
        "sentence": summary_sentence(summary),
        "kept": kept_sentence(summary),
        "to_check": f"Check {quantity(summary['maybes'], 'maybe', 'maybes')}",
        "first": utc_iso(first),
        "joined": utc_iso(strava.joined_at) if strava else None,
        "maybes": [maybe_item(row) for row in maybes],
        "alike": similar_maybes(user.pk) if maybes else [],
        "since_last": (synced_until - LOOK_BACK).date().isoformat() if synced_until else None,
        "all_label": "Import everything again" if summary["activities"] or synced_until else "Import from Strava",
    }


def maybe_item(row: Activity) -> dict[str, Any]:
    return {**item_of(row), "question": maybe_facts(row)}


def rest_of(run: SyncRun | None, user: User) -> dict[str, Any] | None:
    """Return the days that the last run has not read, for the form that continues it."""
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
    """Return how much of its way back a run has covered, from 0 to 1, or None if its end is not known."""
    if run is None or run.oldest is None:
        return None
    top, end = run.before or run.started_at, run.after
    if end is None:
        ends = [datetime.fromisoformat(text) for text in (figures["first"], figures["joined"]) if text]
        end = next((one for one in ends if one < run.oldest), None)
    if end is None or end >= top:
        return None
    return max(0.0, min(1.0, (top - run.oldest) / (top - end)))
