"""Who may write to whom: two people of one club who both show a name there, and neither of whom blocks the other.

These functions reveal no more about a person than /athletes/<id>/ does. For one's own id, a stranger, a member without
a name and an id without an account, the error is the same: UnknownPerson. If two people may no longer write to each
other, their conversation stays readable.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from strava_live.clubs.models import Club, Membership
from strava_live.error_codes import ErrorCode
from strava_live.messages.models import ConversationSide
from strava_live.muting.models import Mute
from strava_live.protocol import LARGEST_ID
from strava_live.visibility import seen_across_clubs

NOT_NOW = "You can't send messages to this person at the moment."
YOU_BLOCK = "You've blocked this person. Unblock them, then you can write to them."
SHOW_NAME_FIRST = "Your clubs see you without a name. Show your name in one of them, then you can write messages."
FORMER_MEMBER = "a former member"
"""What stands in place of the name of a person whose account is deleted."""
A_MEMBER = "a member"
"""What stands in place of a name that is not known."""


class UnknownPerson(LookupError):
    """There is no person with this id, or the two have no conversation and may not begin one."""

    code = ErrorCode.NOT_FOUND


class UnknownMessage(LookupError):
    """There is no such message of this person."""

    code = ErrorCode.NOT_FOUND


class CannotWrite(PermissionError):
    """The two people may not write to each other. The exception's text says what the person can do about it."""

    code = ErrorCode.CANNOT_WRITE


@dataclass(frozen=True, slots=True)
class Names:
    """The names under which two people see each other; "" for a hidden name, or without a common club."""

    of_other: str
    """The name of the other person, as the person sees it."""
    of_person: str
    """The name of the person, as the other person sees it."""


@dataclass(frozen=True, slots=True)
class Partner:
    """The partner of a person: the other one in a conversation that exists or may be begun."""

    user_id: int
    name: str
    side: ConversationSide | None
    """The conversation as the person has it, not the partner. None before the first message."""
    why_not: str
    """Why the person cannot write to the partner, as a sentence; "" if they can."""
    names: Names


def names_between(user_id: int, other_id: int) -> Names:
    """Return the names under which two people see each other in the clubs that they share, in one query."""
    rows = Membership.objects.active().filter(user__in=[user_id, other_id]).select_related("user")
    mine = {one.club_id: one for one in rows if one.user_id == user_id}
    theirs = {one.club_id: one for one in rows if one.user_id == other_id}
    common = mine.keys() & theirs.keys() if user_id != other_id else set()
    if not common:
        return Names("", "")
    return Names(
        of_other=seen_across_clubs([theirs[club] for club in common]).name,
        of_person=seen_across_clubs([mine[club] for club in common]).name,
    )


def partner_of(user_id: int, other_id: int) -> Partner:
    """Return the other person of a conversation that exists, or to whom the person may write.

    Raise UnknownPerson for everyone else, after the same queries in every case.
    """
    other_id = min(other_id, LARGEST_ID)
    names = names_between(user_id, other_id)
    side = ConversationSide.objects.between(user_id, other_id).first()
    if side is None and not names.of_other:
        raise UnknownPerson
    name = names.of_other or (side.other_name if side else "") or A_MEMBER
    return Partner(other_id, name, side, reason_not_to_write(user_id, other_id, names), names)


def reason_not_to_write(user_id: int, other_id: int, names: Names) -> str:
    """Return why a person cannot write to another, as a sentence; "" if they can."""
    if not names.of_other:
        return NOT_NOW
    if Mute.objects.is_between(user_id, other_id):
        return YOU_BLOCK if other_id in Mute.objects.blocked_by(user_id) else NOT_NOW
    if not names.of_person:
        return SHOW_NAME_FIRST
    return ""


def require_writable(user_id: int, other_id: int) -> Partner:
    """Return the other person, to whom the person may write. Raise UnknownPerson, or CannotWrite with the reason."""
    partner = partner_of(user_id, other_id)
    if partner.why_not:
        raise CannotWrite(partner.why_not)
    return partner


def names_seen_by(user_id: int, sides: Iterable[ConversationSide]) -> dict[int, str]:
    """Return for each conversation, by its id, the name of the other person as this person sees it, in one query."""
    sides = list(sides)
    others = {side.other_id for side in sides} - {None}
    memberships: dict[int, list[Membership]] = {}
    rows = Membership.objects.active().filter(club__in=Club.objects.of(user_id).values("pk"), user__in=others)
    for one in rows.select_related("user") if others else ():
        memberships.setdefault(one.user_id, []).append(one)
    seen = {other: seen_across_clubs(consents).name for other, consents in memberships.items()}
    return {side.conversation_id: name_on(side, seen.get(side.other_id or 0, "")) for side in sides}


def name_on(side: ConversationSide, seen: str) -> str:
    """Return the name of the other person of a side: `seen`, which is visible now, or else the stored name."""
    if side.other_id is None:
        return FORMER_MEMBER
    return seen or side.other_name or A_MEMBER
