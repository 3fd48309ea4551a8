"""What a wall says, in the words and the parts of its page. static/js/screen/words.js says of what arrives live what
`row_of` says here."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from strava_live.accounts.profile import clock
from strava_live.feed.encoding import data_of
from strava_live.feed.figures import Figures, Period, Tally
from strava_live.feed.models import Entry
from strava_live.parkrun.milestones import is_milestone
from strava_live.protocol import Json
from strava_live.web.entry_words import NOBODY_NAMED, day_words, numbered, praises

MOST_EVENTS, MOST_IN_TALLY, MOST_ROWS = 4, 3, 7
SATURDAY = 5


@dataclass(frozen=True)
class Row:
    """One parkrun as a line of the board. What is worth a cheer of its own gets the sun."""

    name: str
    where: str
    note: str
    time: str
    device: str = ""
    sun: bool = False


def row_of(entry: Entry) -> Row:
    data = data_of(entry)
    note, sun = note_of(data)
    where, time, device = short(data["event_name"]), clock(data.get("time_s")), data.get("device") or ""
    return Row(entry.name or NOBODY_NAMED, where, note, time, device, sun)


def note_of(data: Json) -> tuple[str, bool]:
    """The one thing to say of it."""
    if data["count"] and is_milestone(data["count"], junior=data["junior"]):
        return numbered(data), True
    if praised := praises(data):
        return praised[0], True
    return numbered(data), False


def short(event_name: str) -> str:
    """On a wall nobody needs to be told that it is a parkrun."""
    return event_name.removesuffix(" parkrun")


def words_of(figures: Figures) -> dict[str, Any]:
    day = figures.day
    board = board_of(figures)
    return {
        "day": day,
        "rows": [row_of(entry) for entry in board[:MOST_ROWS]],
        "board_title": day_words(board_day(figures), day),
        "today": sum(one.parkruns for one in figures.today),
        "events": bars(figures.today[:MOST_EVENTS]),
        "event_count": len(figures.today),
        "tally": bars(figures.today[:MOST_IN_TALLY]),
        "more_events": len(figures.today[MOST_IN_TALLY:]),
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
    """Each with its share of the largest, of 100."""
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
    """Today, once somebody has run; until then the latest day there is."""
    days = [date.fromisoformat(entry.data["date"]) for entry in figures.recent if entry.kind == Entry.Kind.PARKRUN]
    return max(days, default=figures.day)


def board_of(figures: Figures) -> list[Entry]:
    day = board_day(figures).isoformat()
    return [entry for entry in figures.recent if entry.kind == Entry.Kind.PARKRUN and entry.data["date"] == day]
