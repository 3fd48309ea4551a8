"""What My Strava says besides its rows: how much there is, year by year, what to check, and what can be imported."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.items import item_of
from strava_live.activities.models import Activity
from strava_live.activities.summary import summary_of
from strava_live.formats import utc_iso
from strava_live.sync.continuing import days_left
from strava_live.sync.maybes import similar_maybes
from strava_live.sync.models import SyncRun
from strava_live.sync.snapshot import rows_for_lists
from strava_live.time_zones import zone_or_utc
from strava_live.web.activity_words import counted

MOST_MAYBES = 25
LONGEST_GAP = 4
"""Years without an activity that are drawn; more of them in a row become one mark."""
LOOK_BACK = timedelta(days=14)


def maybes_of(user: User, older_than: Activity | None = None) -> list[Activity]:
    rows = rows_for_lists(user.pk).undecided().newest_first()
    if older_than is not None:
        rows = rows.older_than(older_than.start, older_than.strava_id)
    return list(rows[:MOST_MAYBES])


def figures_of(user: User, strava: StravaConnection | None, maybes: list[Activity]) -> dict[str, Any]:
    """`first`: the oldest start that is known, so that a later run knows where it will end."""
    first = Activity.objects.of(user.pk).order_by("start").values_list("start", flat=True).first()
    summary = summary_of(user.pk)
    synced_until = strava.synced_until if strava else None
    return {
        "summary": summary,
        "sentence": sentence_of(summary),
        "first": utc_iso(first),
        "joined": utc_iso(strava.joined_at) if strava else None,
        "maybes": [maybe_of(row) for row in maybes],
        "alike": similar_maybes(user.pk) if maybes else [],
        "since_last": (synced_until - LOOK_BACK).date().isoformat() if synced_until else None,
        "all_label": "Import everything again" if summary["activities"] or synced_until else "Import from Strava",
    }


def maybe_of(row: Activity) -> dict[str, Any]:
    return item_of(row) | {"hidden_start": row.hidden_start}


def rest_of(run: SyncRun | None, user: User) -> dict[str, Any] | None:
    """The days that the last run left unread, for the form that continues it."""
    days = days_left(run, zone=zone_or_utc(user.time_zone), now=timezone.now())
    if days is None:
        return None
    since, until = days
    return {
        "since": since.isoformat() if since else None,
        "until": until.isoformat(),
        "label": f"Carry on from {until:%b %Y}",
    }


def sentence_of(summary: dict[str, Any]) -> str:
    """1,312 runs since 2016, 214 of them parkruns at 31 events."""
    runs, parkruns, events = summary["runs"], summary["parkruns"], summary["events"]
    if not runs:
        return "No runs yet."
    text = f"{counted(runs, 'run', 'runs')} since {summary['since']}"
    if parkruns:
        text += f", {parkruns:,} of them {'a parkrun' if parkruns == 1 else 'parkruns'}"
    if parkruns and events:
        text += f" at {counted(events, 'event', 'events')}"
    return f"{text}."


def bars(years: list[dict[str, int]], *, this_year: int) -> list[dict[str, Any] | None]:
    """Every year from the newest to the first with how high its bar is of 100; None stands for a long gap.

    A year in the future comes from a watch with a wrong clock, and is left out.
    """
    known = {year["year"]: year for year in years if year["year"] <= this_year}
    if not known:
        return []
    most = max(year["all"] for year in known.values())
    drawn: list[dict[str, Any] | None] = []
    newer = max(known)
    for year in sorted(known, reverse=True):
        if newer - year > LONGEST_GAP + 1:
            drawn.append(None)
        else:
            drawn += [bar({"year": one, "all": 0, "parkruns": 0}, most) for one in range(newer - 1, year, -1)]
        drawn.append(bar(known[year], most))
        newer = year
    return drawn


def bar(year: dict[str, int], most: int) -> dict[str, Any]:
    height, parkruns = (round(100 * year[name] / most) for name in ("all", "parkruns"))
    end = datetime(year["year"] + 1, 1, 1, tzinfo=UTC)
    activities = counted(year["all"], "activity", "activities")
    return year | {
        "short": f"’{year['year'] % 100:02}",
        "words": f"{year['year']}: {activities}, {counted(year['parkruns'], 'parkrun', 'parkruns')}",
        "top": 100 - height,
        "height": height,
        "parkrun_top": 100 - parkruns,
        "parkrun_height": parkruns,
        "before": f"{int(end.timestamp())},0",
    }


def share_read(run: SyncRun | None, figures: dict[str, Any]) -> float | None:
    """How far back a run has got, from 0 to 1, where its end is known; for a page without JavaScript."""
    if run is None or run.oldest is None:
        return None
    top, end = run.before or run.started_at, run.after
    if end is None:
        ends = [datetime.fromisoformat(text) for text in (figures["first"], figures["joined"]) if text]
        end = next((one for one in ends if one < run.oldest), None)
    if end is None or end >= top:
        return None
    return max(0.0, min(1.0, (top - run.oldest) / (top - end)))
