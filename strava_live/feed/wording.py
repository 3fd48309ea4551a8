"""What an entry says as one sentence, for whoever reads only that: a screen reader, a notification, a client."""

from strava_live.accounts.profile import clock
from strava_live.feed.models import Entry

NOBODY_NAMED = "a member"


def text_of(entry: Entry) -> str:
    """A post says what its author wrote."""
    who = entry.name or NOBODY_NAMED
    match entry.kind:
        case Entry.Kind.PARKRUN:
            return parkrun_text(who, entry.data)
        case Entry.Kind.MILESTONE:
            return f"{parkruns(entry.data)}: {who} has reached a milestone."
        case Entry.Kind.HISTORY:
            return f"{parkruns(entry.data)} since {entry.data['since']}: {who} brings them along."
        case Entry.Kind.JOINED:
            return f"Welcome: {who} has joined."
    return entry.text


def parkrun_text(who: str, data: dict[str, object]) -> str:
    finished = f"{who} finished in {clock(data['time_s'])}" if isinstance(data["time_s"], int) else f"{who} took part"
    count = data["count"]
    marks = [f"number {count}"] if isinstance(count, int) else []
    if data["first_here"]:
        marks.append("the first one there")
    if data["best"]:
        marks.append("their best time ever" if data["best"] == "ever" else "their best time there")
    return f"At {data['event_name']}, {finished}{': ' if marks else ''}{', '.join(marks)}."


def parkruns(data: dict[str, object]) -> str:
    """214 parkruns, or 11 junior parkruns."""
    word = "junior parkrun" if data.get("junior") else "parkrun"
    count = data["count"]
    return f"{count:,} {word}{'' if count == 1 else 's'}"
