"""The words of a notification, and the page that it links to."""

from collections.abc import Mapping, Sequence
from typing import Any

from strava_live.formats import quantity
from strava_live.notifications.models import CaptainsAnswer, Notification
from strava_live.parkrun.wording import nth_parkrun

Kind = Notification.NoteKind
WITHOUT_NAME = "A member"
"""What stands in place of the name of a hidden member, at the beginning of a sentence."""
ANSWERS: Mapping[str, str] = {
    CaptainsAnswer.JOIN_ACCEPTED: "{club} has accepted your request to join",
    CaptainsAnswer.JOIN_DECLINED: "{club} has declined your request to join",
    CaptainsAnswer.REPORT_HIDDEN: "The captains of {club} have hidden the post you reported",
    CaptainsAnswer.REPORT_KEPT: "The captains of {club} have read your report and kept the post",
}


def says(note: Notification, names: Sequence[str], times: int) -> str:
    """Return a notification in words, such as "Ana B. and 4 others cheered your 50th parkrun".

    `names` are those of the newest actors, "" for a hidden one. `times` is how often the newest actor has done it.
    """
    who = people(names, note.count)
    match note.kind:
        case Kind.CHEER:
            return f"{who} {cheered(note.entry)}"
        case Kind.REPLY:
            return f"{who} replied to {thing(note.entry)}"
        case Kind.MENTION:
            in_reply = note.entry is not None and note.entry.reply_to_id is not None
            return f"{who} mentioned you in a {'reply' if in_reply else 'post'}"
        case Kind.MESSAGE:
            return f"{who} sent you {'a message' if times == 1 else f'{times} messages'}"
    club = note.club.name if note.club else "Your club"
    return ANSWERS[note.data["answer"]].format(club=club)


def people(names: Sequence[str], count: int) -> str:
    """Return "Ana B.", "Ana B. and Ben C.", "Ana B. and 4 others", or "3 members" if none shows a name."""
    named = [name for name in names if name]
    if not named:
        return WITHOUT_NAME if count == 1 else quantity(count, "member", "members")
    if count == 1:
        return named[0]
    if count == 2:
        return f"{named[0]} and {named[1] if len(named) > 1 else WITHOUT_NAME.lower()}"
    return f"{named[0]} and {count - 1} others"


def cheered(entry: Any) -> str:
    return "welcomed you to the club" if entry is not None and entry.kind == "joined" else f"cheered {thing(entry)}"


def thing(entry: Any) -> str:
    """Return what an entry is to its own person, such as "your 50th parkrun" or "your post"."""
    match entry.kind if entry is not None else "":
        case "parkrun" | "milestone" if entry.data.get("count"):
            return f"your {nth_parkrun(entry.data)}"
        case "parkrun" | "milestone":
            return f"your {entry.data.get('event_name', 'parkrun')}"
        case "history":
            return "your earlier parkruns"
        case "joined":
            return "your welcome to the club"
    return "your reply" if entry is not None and entry.reply_to_id else "your post"


def address(note: Notification, actor_id: int | None) -> str:
    """Return the path of the page that a notification links to. `actor_id` is its newest actor."""
    if note.kind == Kind.MESSAGE:
        return f"/messages/{actor_id}/" if actor_id else "/messages/"
    if note.club is None or note.data.get("answer") == CaptainsAnswer.JOIN_DECLINED:
        return "/"
    anchor = f"#entry-{note.entry_id}" if note.entry_id else ""
    return f"/clubs/{note.club.slug}/{anchor}"
