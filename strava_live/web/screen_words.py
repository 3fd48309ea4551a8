"""The words on a wall, for its templates. static/js/screen/words.js has the same rules for runs that arrive live."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from strava_live.feed.figures import Figures, Period, Tally
from strava_live.feed.models import Entry
from strava_live.formats import format_duration
from strava_live.parkrun.milestones import is_milestone
from strava_live.protocol import Json
from strava_live.visibility import data_shown
from strava_live.web.entry_words import NOBODY_NAMED, day_words, numbered, praises

MOST_EVENTS = 12
MOST_ROWS = 4
"""In the page as it arrives; its script shows as many as fit, and the others on further pages."""
SATURDAY = 5


@dataclass(frozen=True)
class Row:
    """One parkrun on the board. With `sun`, its note is in the colour of a celebration."""

    name: str
    where: str
    note: str
    time: str
    device: str = ""
    sun: bool = False


def row_of(entry: Entry) -> Row:
    data = data_shown(entry.data, entry.name)
    note, sun = note_of(data)
    where, time, device = short(data["event_name"]), format_duration(data.get("time_s")), data.get("device") or ""
    return Row(entry.name or NOBODY_NAMED, where, note, time, device, sun)


def note_of(data: Json) -> tuple[str, bool]:
    """Return the most important thing to say about a run, and whether it is one to celebrate."""
    if data["count"] and is_milestone(data["count"], junior=data["junior"]):
        return numbered(data), True
    if praised := praises(data):
        return praised[0], True
    return numbered(data), False


def short(event_name: str) -> str:
    """Leave out "parkrun": on a wall everybody knows that it is one."""
    return event_name.replace(" junior parkrun", " juniors", 1).replace(" parkrun", "", 1)


def words_of(figures: Figures) -> dict[str, Any]:
    day = figures.day
    board = board_of(figures)
    return {
        "rows": [row_of(entry) for entry in board[:MOST_ROWS]],
        "board_title": day_words(board_day(figures), day),
        "today": sum(one.parkruns for one in figures.today),
        "events": bars(figures.today[:MOST_EVENTS]),
        "event_count": len(figures.today),
        "periods": periods_of(figures),
        "streaks": figures.streaks,
        "milestones": [milestone_of(entry, day) for entry in figures.milestones],
        "sleeps": (SATURDAY - day.weekday()) % 7,
        "nothing": not figures.year.parkruns and not board,
    }


def periods_of(figures: Figures) -> list[tuple[str, Period]]:
    named = (
        ("this week", figures.week),
        (f"in {figures.day:%B}", figures.month),
        (f"in {figures.day.year}", figures.year),
    )
    return [(words, period) for words, period in named if period.parkruns]


def bars(tallies: list[Tally]) -> list[dict[str, Any]]:
    """Return each event with its share of the largest, as a percentage."""
    most = max((one.parkruns for one in tallies), default=1)
    return [
        {"name": short(one.event_name), "count": one.parkruns, "share": round(100 * one.parkruns / most)}
        for one in tallies
    ]


def milestone_of(entry: Entry, today: date) -> dict[str, Any]:
    data = entry.data
    return {
        "count": data["count"],
        "junior": data["junior"],
        "name": entry.name or NOBODY_NAMED,
        "where": short(data["event_name"]),
        "day": day_words(date.fromisoformat(data["date"]), today),
    }


def board_day(figures: Figures) -> date:
    """Return the latest day with a run."""
    days = [date.fromisoformat(entry.data["date"]) for entry in figures.recent if entry.kind == Entry.Kind.PARKRUN]
    return max(days, default=figures.day)


def board_of(figures: Figures) -> list[Entry]:
    day = board_day(figures).isoformat()
    return [entry for entry in figures.recent if entry.kind == Entry.Kind.PARKRUN and entry.data["date"] == day]
