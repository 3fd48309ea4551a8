"""The words of an entry: its sentence, and the parts of it that cards in the feed and moments on a wall show.

On a wall, a moment is the large picture of an entry that has just arrived, and the board is the list of the day's
parkruns. An entry carries these words. So a page shows the same words whether the server has rendered the entry or the
page got it over a socket.
"""

from typing import Any, NamedTuple

from strava_live.feed.mention_text import with_names
from strava_live.feed.models import KINDS_ON_THE_WALL, Entry
from strava_live.formats import format_duration, full_stop, quantity
from strava_live.parkrun.milestones import is_milestone
from strava_live.parkrun.wording import nth_parkrun
from strava_live.protocol import Json

WITHOUT_NAME = "a member"
"""What a sentence says instead of the name of a hidden member."""
HIDDEN_POST = "A captain has hidden this post."


class Mark(NamedTuple):
    """A count or an achievement of a parkrun. `celebrate` gives it the colour of a celebration."""

    words: str
    celebrate: bool


def text_of(entry: Entry) -> str:
    """Return an entry's sentence; for a post, the text that its author wrote."""
    who = entry.name or WITHOUT_NAME
    match entry.kind:
        case Entry.Kind.PARKRUN:
            return parkrun_text(who, entry.data)
        case Entry.Kind.MILESTONE:
            return full_stop(f"{nth_parkrun(entry.data)} for {who}, at {entry.data['event_name']}")
        case Entry.Kind.HISTORY:
            return full_stop(f"{earlier_parkruns(entry.data)}, added by {who}")
        case Entry.Kind.JOINED:
            return f"Welcome to {who}, who has joined."
    mentions = entry.data.get("mentions")
    return entry.text if mentions is None else with_names(entry.text, mentions, unnamed=WITHOUT_NAME)


def parkrun_text(who: str, data: dict[str, Any]) -> str:
    finished = f"{who} finished in {format_duration(data['time_s'])}" if data["time_s"] else f"{who} took part"
    facts = [nth_parkrun(data)] if data["count"] else []
    if data["first_here"]:
        facts.append("first time there")
    if data["best"]:
        facts.append("PB" if data["best"] == "ever" else "PB there")
    return f"At {data['event_name']}, {finished}{': ' if facts else ''}{', '.join(facts)}."


def earlier_parkruns(data: dict[str, Any]) -> str:
    """Return the words of a history entry, such as "12 earlier parkruns, back to 2025"."""
    word = "earlier junior parkrun" if data.get("junior") else "earlier parkrun"
    counts = quantity(data["count"], word, f"{word}s")
    return f"{counts}, {'from' if data['count'] == 1 else 'back to'} {data['since']}"


def watching_text(members: int, screens: int) -> str:
    """Return who has the feed open, such as "2 members and 1 screen are watching"; "" if both numbers are 0."""
    parts = [quantity(members, "member", "members")] if members else []
    parts += [quantity(screens, "screen", "screens")] if screens else []
    return f"{' and '.join(parts)} {'is' if members + screens == 1 else 'are'} watching" if parts else ""


# --- The parts that a card shows beside the name


def card_words(entry: Entry) -> Json:
    """Return the words of the entry's card: `title`, `says`, `marks` and `folded`, each only if it has words.

    A post that a captain has hidden says so. Without `title`, the card's title is the name of the event. `folded` is
    the line of a history entry that is shown inside the card of a parkrun.
    """
    data = entry.data
    match entry.kind:
        case Entry.Kind.PARKRUN:
            words: Json = {"marks": [mark._asdict() for mark in marks_of(data)]}
        case Entry.Kind.MILESTONE:
            words = {"title": nth_parkrun(data), "says": f"at {data['event_name'].removesuffix(' parkrun')}"}
        case Entry.Kind.HISTORY:
            earlier = earlier_parkruns(data)
            words = {"says": f"added {earlier}", "folded": f"Added {earlier}"}
        case Entry.Kind.JOINED:
            words = {"says": "has joined. Welcome!"}
        case Entry.Kind.POST if entry.hidden_at:
            words = {"says": HIDDEN_POST}
        case _:
            words = {}
    return {name: value for name, value in words.items() if value}


def marks_of(data: dict[str, Any]) -> list[Mark]:
    """Return the marks of a parkrun: its number if that is known, then its achievements."""
    number = [Mark(nth_parkrun(data), celebrate=is_celebrated(data))] if data.get("count") else []
    return [*number, *(Mark(f"{words[0].upper()}{words[1:]}", celebrate=True) for words in achievements(data))]


def achievements(data: dict[str, Any]) -> list[str]:
    found = ["first time here"] if data.get("first_here") else []
    if data.get("best"):
        found.append("PB" if data["best"] == "ever" else "PB here")
    return found


def is_celebrated(data: dict[str, Any]) -> bool:
    """Return whether parkrun celebrates this number of parkruns."""
    return bool(data.get("count")) and is_milestone(data["count"], junior=bool(data.get("junior")))


# --- The parts that a wall screen shows


def screen_words(entry: Entry) -> Json:
    """Return an entry's words for a wall: `place`, `note`, `marks` and `milestone`, each only if it has words.

    `note` is the most important fact, for the parkrun's row on the board. A moment shows the number of a milestone
    large, with the words in `milestone` beside it. `marks` are the other facts of the moment.
    """
    if entry.kind not in KINDS_ON_THE_WALL:
        return {}
    data = entry.data
    marks, note = marks_of(data), note_of(data)
    milestone = ("junior parkruns" if data.get("junior") else "parkruns") if is_celebrated(data) else ""
    words = {
        "place": without_parkrun(data["event_name"]),
        "note": note._asdict() if note.words else None,
        "marks": [mark._asdict() for mark in (marks[1:] if milestone else marks)],
        "milestone": milestone,
    }
    return {name: value for name, value in words.items() if value}


def note_of(data: dict[str, Any]) -> Mark:
    """Return the mark for the board: the number of the parkrun if it is a milestone, else the first achievement.

    Without an achievement, return the number. If the number is not known, the mark has no words.
    """
    achieved = achievements(data)
    if achieved and not is_celebrated(data):
        return Mark(achieved[0], celebrate=True)
    return Mark(nth_parkrun(data) if data.get("count") else "", celebrate=is_celebrated(data))


def without_parkrun(event_name: str) -> str:
    """Return the name of an event for a wall, where every run is a parkrun.

    "Bushy" for Bushy parkrun, and "Bushy juniors" for Bushy junior parkrun.
    """
    return event_name.replace(" junior parkrun", " juniors", 1).replace(" parkrun", "", 1)
