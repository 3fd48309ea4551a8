"""The rows of /messages/ and the bubbles of a conversation, as the server renders them.

static/js/messages/bubbles.js groups the messages that arrive live by the same rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString

from strava_live.formats import utc_iso_exact
from strava_live.messages.models import ConversationSide, DirectMessage
from strava_live.protocol import Json
from strava_live.web.post_links import with_links
from strava_live.web.script_words import DELETED_MESSAGE, DELIVERED, READ, SENT, YOU
from strava_live.web.words import YESTERDAY, day_words

TOGETHER = timedelta(minutes=5)
"""Messages of one person join one group if no more time than this is between them."""
MAX_PREVIEW = 140
MAX_UNREAD_SHOWN = 99


@dataclass(frozen=True)
class Bubble:
    """One message on the page of a conversation."""

    id: int
    classes: str
    who: str
    text: SafeString
    at_text: str
    moment: str
    """When the message was sent: "Saturday 21 November 2026, 09:02"."""
    time: str
    day: str
    """The heading above the first message of a day; "" on the others."""
    first_unread: bool
    may_delete: bool
    state: str
    """On the person's last message, how far it has come: "Read"; "" on the others."""


BLANK_BUBBLE = Bubble(0, "", "", SafeString(), "", "", "", "", first_unread=False, may_delete=True, state="")
"""The bubble that the page's script copies and fills."""


def bubbles_of(messages: list[Json], side: ConversationSide | None, *, now: datetime) -> list[Bubble]:
    """Return the bubbles of messages in the socket's shape, oldest first."""
    today = timezone.localdate(now)
    unread = unread_ids(messages, side)
    last_mine = next((one["id"] for one in reversed(messages) if one["mine"]), None)
    found: list[Bubble] = []
    for before, one in zip([None, *messages], messages, strict=False):
        at = local(one)
        is_new_day = before is None or local(before).date() != at.date()
        is_first_unread = one["id"] == min(unread, default=None)
        joins = not is_new_day and not is_first_unread and are_together(before, one)
        bubble = Bubble(
            id=one["id"],
            classes=classes_of(one, joins=joins),
            who=YOU if one["mine"] else one["name"],
            text=escape(DELETED_MESSAGE) if one["deleted"] else with_links(one["text"]),
            at_text=one["at"],
            moment=moment(at),
            time=f"{at:%H:%M}",
            day=day_words(at.date(), today) if is_new_day else "",
            first_unread=is_first_unread,
            may_delete=one["mine"] and not one["deleted"],
            state=state_of(one, side) if side and one["id"] == last_mine else "",
        )
        found.append(bubble)
    return found


def unread_ids(messages: list[Json], side: ConversationSide | None) -> list[int]:
    """Return the ids of the other person's messages that the person has not read."""
    if side is None or not side.unread:
        return []
    return [one["id"] for one in messages if not one["mine"] and not one["deleted"] and one["id"] > side.read_up_to]


def are_together(before: Json | None, one: Json) -> bool:
    return before is not None and before["mine"] == one["mine"] and local(one) - local(before) <= TOGETHER


def classes_of(one: Json, *, joins: bool) -> str:
    kinds = {"mine": one["mine"], "theirs": not one["mine"], "joined": joins, "deleted": one["deleted"]}
    return " ".join(f"bubble-{kind}" for kind, is_so in kinds.items() if is_so)


def state_of(one: Json, side: ConversationSide) -> str:
    """Return how far a message of the person has come: "Sent", "Delivered" or "Read"."""
    if one["deleted"]:
        return ""
    if one["id"] <= side.their_read_up_to:
        return READ
    return DELIVERED if one["id"] <= side.their_delivered_up_to else SENT


def local(one: Json) -> datetime:
    return datetime.fromisoformat(one["at"]).astimezone(timezone.get_current_timezone())


def moment(at: datetime) -> str:
    return f"{at:%A} {at.day} {at:%B %Y, %H:%M}"


# --- The list


@dataclass(frozen=True)
class ConversationRow:
    """One conversation in the list."""

    key: int
    name: str
    url: str
    is_former: bool
    """Whether the other person has deleted their account."""
    mine: bool
    """Whether the person has written the last message."""
    last: str
    """The beginning of the last message."""
    at_text: str
    moment: str
    when: str
    """The time if it was today, otherwise the day."""
    unread: int
    unread_words: str


def conversation_rows(
    sides: list[ConversationSide], names: Mapping[int, str], user_id: int, *, now: datetime
) -> list[ConversationRow]:
    """Return the rows of these conversations. `names` has the other person's name by the id of the conversation."""
    today = timezone.localdate(now)
    return [conversation_row(side, names[side.conversation_id], user_id, today) for side in sides]


def conversation_row(side: ConversationSide, name: str, user_id: int, today: date) -> ConversationRow:
    at, last = timezone.localtime(side.last_at), side.last_message
    return ConversationRow(
        key=side.conversation_id,
        name=name,
        url=address_of(side),
        is_former=side.other_id is None,
        mine=last is not None and last.sender_id == user_id,
        last=preview(last),
        at_text=utc_iso_exact(side.last_at),
        moment=moment(at),
        when=f"{at:%H:%M}" if at.date() == today else short_day(at.date(), today),
        unread=side.unread,
        unread_words=str(side.unread) if side.unread <= MAX_UNREAD_SHOWN else f"{MAX_UNREAD_SHOWN}+",
    )


def address_of(side: ConversationSide) -> str:
    if side.other_id is None:
        return reverse("former_conversation", args=[side.conversation_id])
    return reverse("conversation", args=[side.other_id])


def preview(last: DirectMessage | None) -> str:
    """Return the beginning of the last message in one line."""
    if last is None or last.is_deleted:
        return DELETED_MESSAGE
    return " ".join(last.text.split())[:MAX_PREVIEW]


def short_day(day: date, today: date) -> str:
    """Return "Yesterday", "Mon", "14 Nov" or, in another year, "14 Nov 2025"."""
    if day == today - timedelta(days=1):
        return YESTERDAY
    if timedelta() < today - day < timedelta(days=7):
        return f"{day:%a}"
    return f"{day.day} {day:%b}" if day.year == today.year else f"{day.day} {day:%b %Y}"
