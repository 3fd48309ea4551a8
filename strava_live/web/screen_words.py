"""The words on a wall screen that do not come with an entry: the figures, and the rows of the first paint."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from strava_live.feed.figures import Figures, Period, Tally
from strava_live.feed.models import Entry
from strava_live.feed.wording import note_of, without_parkrun
from strava_live.formats import format_duration, quantity
from strava_live.visibility import data_shown
from strava_live.web.words import A_MEMBER, day_words

MAX_EVENTS = 12
"""The most events that have a bar."""
MAX_ROWS = 4
"""The most rows of the board that the server renders. The script then shows as many as fit, and turns pages."""
SATURDAY = 5


@dataclass(frozen=True)
class BoardRow:
    """One parkrun on the board. `note` is the most remarkable fact about it. `sun`: whether to highlight `note`."""

    name: str
    where: str
    note: str
    time: str
    device: str = ""
    sun: bool = False


BLANK_ROW = BoardRow("", "", "", "")
"""The row that the page's script copies and fills."""


def board_row(entry: Entry) -> BoardRow:
    data = data_shown(entry.data, entry.name)
    note = note_of(data)
    return BoardRow(
        name=entry.name or A_MEMBER,
        where=without_parkrun(data["event_name"]),
        note=note.words,
        time=format_duration(data.get("time_s")),
        device=data.get("device") or "",
        sun=note.celebrate,
    )


def wall_words(figures: Figures) -> dict[str, Any]:
    """Return the template context of a wall screen."""
    day = figures.day
    board = board_of(figures)
    return {
        "rows": [board_row(entry) for entry in board[:MAX_ROWS]],
        "board_title": day_words(board_day(figures), day),
        "today": sum(one.parkruns for one in figures.today),
        "events": event_bars(figures.today[:MAX_EVENTS]),
        "events_words": f"at {len(figures.today)} events" if len(figures.today) > 1 else "",
        "periods": period_totals(figures),
        "streaks": [{"weeks": one.weeks, "name": one.name or A_MEMBER} for one in figures.streaks],
        "milestones": [milestone_words(entry, day) for entry in figures.milestones],
        "sleeps": (SATURDAY - day.weekday()) % 7,
        "nothing": not figures.year.parkruns and not board,
    }


@dataclass(frozen=True)
class PeriodTotal:
    """How many parkruns a club's members did in a week, month or year, in words."""

    parkruns: int
    when: str
    words: str
    small: str


def period_totals(figures: Figures) -> list[PeriodTotal]:
    named = (
        ("this week", figures.week),
        (f"in {figures.day:%B}", figures.month),
        (f"in {figures.day.year}", figures.year),
    )
    return [period_total(when, period) for when, period in named if period.parkruns]


def period_total(when: str, period: Period) -> PeriodTotal:
    return PeriodTotal(
        parkruns=period.parkruns,
        when=when,
        words=f"parkrun{'' if period.parkruns == 1 else 's'} {when}",
        small=f"{period.members} of us · {quantity(period.events, 'event', 'events')}",
    )


def event_bars(tallies: list[Tally]) -> list[dict[str, Any]]:
    """Return a bar for each event: its name, its count, and the bar's length as a percentage of the longest."""
    most = max((one.parkruns for one in tallies), default=1)
    return [
        {"name": without_parkrun(one.event_name), "count": one.parkruns, "share": round(100 * one.parkruns / most)}
        for one in tallies
    ]


def milestone_words(entry: Entry, today: date) -> dict[str, Any]:
    data = entry.data
    day = day_words(date.fromisoformat(data["date"]), today)
    return {
        "count": data["count"],
        "name": entry.name or A_MEMBER,
        "where": without_parkrun(data["event_name"]),
        "small": f"{'junior parkruns · ' if data['junior'] else ''}{day}",
    }


def board_day(figures: Figures) -> date:
    """Return the latest day with a parkrun among the recent entries, else today."""
    days = [date.fromisoformat(entry.data["date"]) for entry in figures.recent if entry.kind == Entry.Kind.PARKRUN]
    return max(days, default=figures.day)


def board_of(figures: Figures) -> list[Entry]:
    """Return the parkruns of the board's day."""
    day = board_day(figures).isoformat()
    return [entry for entry in figures.recent if entry.kind == Entry.Kind.PARKRUN and entry.data["date"] == day]
