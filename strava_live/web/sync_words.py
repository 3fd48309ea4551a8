"""The words of My Strava as the server renders it."""

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from strava_live.activities.models import Activity, ActivityQuerySet
from strava_live.formats import format_distance, format_duration
from strava_live.strava.budget import BudgetStatus
from strava_live.sync.models import SyncRun
from strava_live.sync.wording import checked
from strava_live.web.activity_words import activity_words
from strava_live.web.script_words import (
    ACTIVITIES,
    ALIKE,
    BACK_TO_TODAY,
    CARRYING_ON_SOON,
    FOUND_WORD,
    NO_TOTAL,
    PARKRUNS,
    SAVE_ALL,
    SAVED_WORD,
    TO_CHECK,
    TRYING_AGAIN_SOON,
    YEAR,
)
from strava_live.web.status_words import limit_reached_until

LONGEST_GAP = 4
"""The most years in a row without activities that are drawn as empty bars. A longer gap is drawn as one "…"."""


def panel_words(run: SyncRun | None, summary: dict[str, Any]) -> dict[str, str]:
    return {
        "checked": checked(run),
        "found_word": FOUND_WORD.of(run.found if run else 0),
        "saved_word": SAVED_WORD.of(run.saved if run else 0),
        "no_total": NO_TOTAL,
        "back_to": date_format(timezone.localtime(run.oldest), "M Y") if run and run.oldest else BACK_TO_TODAY,
        "ended": date_format(timezone.localtime(run.ended_at), "j F, H:i") if run and run.ended_at else "",
        "carrying_on": wait_words("Carrying on", CARRYING_ON_SOON, run),
        "trying_again": wait_words("Trying again", TRYING_AGAIN_SOON, run),
        "maybe_count": TO_CHECK.format(count=f"{summary['maybes']:,}"),
    }


def wait_words(what: str, soon: str, run: SyncRun | None) -> str:
    """Return "Carrying on at 22:45" for `what` "Carrying on", or `soon` if the time is not known."""
    if run is None or run.wait_until is None:
        return soon
    return f"{what} at {date_format(timezone.localtime(run.wait_until), 'H:i')}"


def exhausted_words(budget: BudgetStatus | None) -> str:
    """Return until when the requests have run out, as a sentence; "" if some are left, or if this is unknown."""
    until = limit_reached_until(budget)
    return f"They have run out until {until}." if until else ""


def summary_sentence(summary: dict[str, Any]) -> str:
    """Return "1,312 runs since 2016, 214 of them parkruns at 31 events."."""
    runs, parkruns, since = summary["runs"], summary["parkruns"], summary["since"]
    if not runs:
        return "No runs yet."
    if runs == 1:
        return f"1 run in {since}, a parkrun." if parkruns else f"1 run in {since}."
    text = f"{runs:,} runs since {since}"
    if not parkruns:
        return f"{text}."
    if parkruns == 1:
        return f"{text}, 1 of them a parkrun."
    which = ("both" if runs == 2 else "all of them") if parkruns == runs else f"{parkruns:,} of them"
    return f"{text}, {which} parkruns{at_events(summary['events'])}."


def at_events(events: int) -> str:
    """Return " at 31 events", as the end of a sentence about several parkruns; "" if the events are not known."""
    if not events:
        return ""
    return " at one event" if events == 1 else f" at {events:,} events"


def kept_sentence(summary: dict[str, Any]) -> str:
    """Return "Your 80 activities are still here."."""
    count = summary["activities"]
    return f"Your {ACTIVITIES.of(count)} {'is' if count == 1 else 'are'} still here."


def first_maybe(maybes: list[Activity], groups: list[list[int]]) -> dict[str, Any]:
    """Return the template context of the first maybe (activity that may be a parkrun) that the page asks about.

    `groups` are ids of maybes at the same event, which can be answered together.
    """
    if not maybes:
        return {"first_maybe": None, "first_facts": "", "first_alike": []}
    first = maybes[0]
    alike = next((group for group in groups if first.strava_id in group), [])
    return {
        "first_maybe": activity_words(first),
        "first_facts": maybe_facts(first),
        "first_alike": alike,
        "alike_words": ALIKE.format(count=len(alike), event=first.event_name),
        "save_all": SAVE_ALL.format(count=len(alike)),
    }


def maybe_facts(maybe: Activity) -> str:
    """Return "Sat 21 November 2026, 09:02 · 5.02 km · 24:31 · Bushy parkrun"."""
    day = f"{maybe.start_local:%a %-d %B %Y}"
    when = f"{day} · Start time hidden" if maybe.hidden_start else f"{day}, {maybe.start_local:%H:%M}"
    length = format_distance(maybe.distance_m) if maybe.distance_m else ""
    return " · ".join(part for part in (when, length, format_duration(maybe.elapsed_s), maybe.event_name) if part)


def year_bars(years: list[dict[str, int]], *, this_year: int) -> list[dict[str, Any] | None]:
    """Return a bar for each year, newest first, with None in place of a long gap (LONGEST_GAP).

    Years in the future are left out: they come from watches with a wrong clock.
    """
    known = {year["year"]: year for year in years if year["year"] <= this_year}
    if not known:
        return []
    most = max(year["all"] for year in known.values())
    bars: list[dict[str, Any] | None] = []
    newer = max(known)
    for year in sorted(known, reverse=True):
        if newer - year > LONGEST_GAP + 1:
            bars.append(None)
        else:
            bars += [year_bar({"year": one, "all": 0, "parkruns": 0}, most) for one in range(newer - 1, year, -1)]
        bars.append(year_bar(known[year], most))
        newer = year
    return bars


def year_bar(year: dict[str, int], most: int) -> dict[str, Any]:
    """Return a year's bar.

    Heights are percentages of the year with `most` activities. `before` is the cursor of the list's page that begins
    with this year's last activity.
    """
    height, parkruns = (round(100 * year[name] / most) for name in ("all", "parkruns"))
    end = datetime(year["year"] + 1, 1, 1, tzinfo=UTC)
    activities, counted = ACTIVITIES.of(year["all"]), PARKRUNS.of(year["parkruns"])
    return year | {
        "short": f"’{year['year'] % 100:02}",
        "words": YEAR.format(year=year["year"], activities=activities, parkruns=counted),
        "top": 100 - height,
        "height": height,
        "parkrun_top": 100 - parkruns,
        "parkrun_height": parkruns,
        "before": ActivityQuerySet.keyset.cursor((end, 0)),
    }
