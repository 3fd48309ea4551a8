"""The words of /status/: sentences for a runner first, then the figures behind them.

Imports and the handling of Strava's events are both called imports here. An event of Strava is called an update.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone

from strava_live.formats import quantity
from strava_live.status.figures import HISTORY, Delays, Events, Queue, SiteFigures, TableFigures, WaitingRuns
from strava_live.strava.budget import BudgetStatus
from strava_live.sync.models import SyncRun
from strava_live.web.status_budget import clock, history_bars, history_sentence, meters
from strava_live.web.words import day_words
from strava_live.webhook.models import StravaEvent

LATE_S = 60
"""If the oldest waiting update is older than this, the headline says that runs arrive late."""
NO_BREAK = "\xa0"
SIGNATURES = {
    StravaEvent.Signature.VERIFIED.value: "signed and checked",
    StravaEvent.Signature.UNVERIFIED.value: "signed, not checked",
    StravaEvent.Signature.UNSIGNED.value: "not signed",
}


class Headline(NamedTuple):
    """How the site is doing, for a runner."""

    tone: str
    """`good`, `wait` (nothing to do but wait) or `trouble`."""
    title: str
    says: str


class Row(NamedTuple):
    """A line of a card: what, and the figure."""

    what: str
    value: str


def status_words(figures: SiteFigures) -> dict[str, Any]:
    """Return the context of the page's template, and of its parts."""
    tables, now = figures.tables, figures.at
    bars = history_bars(tables.samples, figures.budget, now)
    return {
        "at": now,
        "headline": headline(figures),
        "meters": list(meters(figures.budget)),
        "alone": bool(figures.budget and figures.budget.degraded),
        "bars": bars,
        "bars_newest_first": bars[::-1],
        "history_says": history_sentence(bars),
        "allowed": f"{bars[-1].limit:,}" if bars else "",
        "history_begins": clock(now - HISTORY),
        "waiting": [waiting_row(one) for one in tables.runs.waiting],
        "running": running_words(tables.runs.running),
        "speeds": speeds(tables.events.delays),
        "speeds_say": speeds_sentence(tables.events.delays),
        "updates": list(update_rows(tables, now)),
        "processes": process_rows(figures),
        "jobs": [Row(name.capitalize(), f"{age_words(now, at)} ago") for name, at in tables.processes.jobs.items()],
    }


def headline(figures: SiteFigures) -> Headline:
    """Return one headline: why no activities arrive, or else why they arrive late, or else how fast they arrive."""
    tables = figures.tables
    down = sum(one.count for one in tables.runs.waiting if one.reason == SyncRun.Wait.STRAVA_DOWN)
    if not settings.STRAVA_CONFIGURED:
        return Headline("wait", "Strava isn't set up", "This site isn't connected to Strava, so no runs arrive.")
    if not tables.processes.taking_up:
        says = "What has arrived is safe. New runs show up when it is back."
        return Headline("trouble", "Our background work has stopped", says)
    if until := limit_reached_until(figures.budget):
        return Headline(
            "wait", "Strava's limit is reached", f"New runs and imports carry on at {until}, by themselves."
        )
    if down:
        says = f"{quantity(down, 'import waits', 'imports wait')}. We keep trying, and nothing is lost."
        return Headline("trouble", "Strava isn't answering", says)
    if tables.events.waiting.age_s(figures.at) > LATE_S:
        return Headline("wait", "Runs arrive late", late_sentence(tables.events.waiting, figures.at))
    return Headline("good", "Strava is answering", good_sentence(tables))


def limit_reached_until(budget: BudgetStatus | None) -> str:
    """Return the time from which Strava is asked again about new runs; "" if it is asked now."""
    if budget is None:
        return ""
    ceilings = budget.limits.scaled(1 - settings.STRAVA_RESERVE)
    if budget.used.overall_day >= ceilings.overall_day or budget.used.read_day >= ceilings.read_day:
        return clock(budget.day_ends)
    full = budget.used.overall_quarter >= ceilings.overall_quarter or budget.used.read_quarter >= ceilings.read_quarter
    return clock(budget.quarter_ends) if budget.closed or full else ""


def late_sentence(waiting: Queue, now: datetime) -> str:
    count = quantity(waiting.count, "update from Strava waits", "updates from Strava wait")
    since = age_words(now, waiting.oldest) if waiting.oldest else ""
    return f"{count}, the oldest for {since}. They follow by themselves."


def good_sentence(tables: TableFigures) -> str:
    if tables.subscribed_since is None and not tables.events.last_at:
        return "New runs don't arrive by themselves yet. Import them on My Strava."
    if tables.events.delays is None:
        return "New runs arrive by themselves. None has yet, so there is no time to show."
    return f"Runs reach the club about {seconds_words(tables.events.delays.median)} after Strava knows of them."


# --- Imports, updates, processes


def waiting_row(one: WaitingRuns) -> Row:
    count = quantity(one.count, "import waits", "imports wait")
    match one.reason:
        case SyncRun.Wait.RATE_LIMIT:
            return Row(f"{count} for Strava's limit", until_words("until", one.until))
        case SyncRun.Wait.STRAVA_DOWN:
            return Row(f"{count} because Strava isn't answering", until_words("next try", one.until))
    return Row(f"{count} for room", "starts soon")


def until_words(before: str, at: datetime | None) -> str:
    return f"{before} {clock(at)}" if at else "carries on soon"


def running_words(count: int) -> str:
    return f"{quantity(count, 'import is', 'imports are')} running." if count else "No import is running."


def speeds(delays: Delays | None) -> list[Row]:
    if delays is None:
        return []
    return [
        Row("typical", seconds_words(delays.median)),
        Row("19 of 20 are faster", seconds_words(delays.percentile_95)),
        Row("the slowest", seconds_words(delays.slowest)),
    ]


def speeds_sentence(delays: Delays | None) -> str:
    if delays is None:
        return "No update has been measured yet."
    last = "The last update" if delays.count == 1 else f"The last {delays.count} updates"
    return f"{last}, from Strava's time to the club's feed. Strava gives times in whole seconds."


def update_rows(tables: TableFigures, now: datetime) -> Iterator[Row]:
    events = tables.events
    yield Row("Updates in the last hour", f"{events.last_hour:,}")
    yield Row("Last update", moment(events.last_at, now) if events.last_at else "none yet")
    yield Row("Updates that wait", f"{events.waiting.count:,}")
    since = tables.subscribed_since
    yield Row("Strava tells us of new runs", f"yes, confirmed {moment(since, now)}" if since else "not set up")
    if events.last_signature:
        yield Row("Strava's signature", signature_words(events))


def signature_words(events: Events) -> str:
    """Return whether the last update was signed, and its signature checked.

    If the last hundred updates differ in this, add how many of them are like the last one.
    """
    words = SIGNATURES[events.last_signature]
    total, same = sum(events.signatures.values()), events.signatures[events.last_signature]
    return words if same == total else f"{words}, {same:,} of the last {total:,}"


def process_rows(figures: SiteFigures) -> list[Row]:
    processes = figures.tables.processes
    return [
        Row("Web processes", f"{processes.webs:,} running"),
        Row("Workers", f"{processes.workers:,} running"),
        Row(
            "Doing background work",
            quantity(processes.taking_up, "process", "processes") if processes.taking_up else "none",
        ),
    ]


# --- Times


def moment(at: datetime, now: datetime) -> str:
    """Return "14:05" for an instant of today, else its day too."""
    local, today = timezone.localtime(at), timezone.localtime(now).date()
    return clock(at) if local.date() == today else f"{day_words(local.date(), today)}, {clock(at)}"


def age_words(now: datetime, at: datetime) -> str:
    return seconds_words((now - at).total_seconds())


def seconds_words(seconds: float) -> str:
    """Return "1.2 s", "24 s", "5 minutes" or "3 hours", with a no-break space."""
    if seconds < 9.95:
        return f"{max(0.0, seconds):.1f}{NO_BREAK}s"
    if seconds < 119.5:
        return f"{seconds:.0f}{NO_BREAK}s"
    if seconds < 2 * 3600:
        return f"{seconds / 60:.0f}{NO_BREAK}minutes"
    return f"{seconds / 3600:.0f}{NO_BREAK}hours"
