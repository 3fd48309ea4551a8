"""Say an entry in one sentence: the `text` of an `entry` in docs/protocol.md, for clients that show no more of it."""

from typing import Any

from strava_live.feed.models import Entry
from strava_live.formats import format_duration, format_ordinal, full_stop

WITHOUT_NAME = "a member"
"""What a sentence says instead of the name of a hidden member."""


def text_of(entry: Entry) -> str:
    """Return an entry's sentence; for a post, the text that its author wrote."""
    who = entry.name or WITHOUT_NAME
    match entry.kind:
        case Entry.Kind.PARKRUN:
            return parkrun_text(who, entry.data)
        case Entry.Kind.MILESTONE:
            return full_stop(f"{nth_parkrun(entry.data)} for {who}, at {entry.data['event_name']}")
        case Entry.Kind.HISTORY:
            return history_text(who, entry.data)
        case Entry.Kind.JOINED:
            return f"Welcome to {who}, who has joined."
    return entry.text


def parkrun_text(who: str, data: dict[str, Any]) -> str:
    finished = f"{who} finished in {format_duration(data['time_s'])}" if data["time_s"] else f"{who} took part"
    marks = [nth_parkrun(data)] if data["count"] else []
    if data["first_here"]:
        marks.append("first time there")
    if data["best"]:
        marks.append("PB" if data["best"] == "ever" else "PB there")
    return f"At {data['event_name']}, {finished}{': ' if marks else ''}{', '.join(marks)}."


def history_text(who: str, data: dict[str, Any]) -> str:
    count = data["count"]
    word = "earlier junior parkrun" if data.get("junior") else "earlier parkrun"
    counts = f"{count:,} {word}{'' if count == 1 else 's'}"
    return full_stop(f"{counts}, {'from' if count == 1 else 'back to'} {data['since']}, added by {who}")


def nth_parkrun(data: dict[str, Any]) -> str:
    """Return "50th parkrun" or "3rd junior parkrun"."""
    return f"{format_ordinal(data['count'])} {'junior ' if data.get('junior') else ''}parkrun"
