"""What a socket of direct messages begins with, and what it reads when announcements were lost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from strava_live.formats import utc_iso_exact
from strava_live.messages.access import names_seen_by
from strava_live.messages.encoding import encode_message, encode_reads
from strava_live.messages.models import ConversationSide, DirectMessage, Inbox
from strava_live.protocol import VERSION
from strava_live.protocol.messages import MOST_MESSAGES, MessageShape, MessagesHello

NEWEST = 50
"""The most messages for a client that has none yet, or that must start over."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Messages and conversations that have changed since a client last read them."""

    unread: int
    """How many messages to the person are unread, in all conversations."""
    messages: list[MessageShape]
    changed: list[ConversationSide]
    """The conversations that have changed, in the order of their changes."""
    sides: dict[int, ConversationSide]
    """The conversations of `messages` and of `changed`, by id."""
    position: int
    mark: int
    more: bool
    """True if there are more changes: read again, after this position and mark."""

    def hello(self, *, complete: bool) -> MessagesHello:
        return MessagesHello(
            protocol=VERSION,
            server_time=utc_iso_exact(timezone.now()),
            unread=self.unread,
            messages=self.messages,
            reads=[encode_reads(side) for side in self.changed],
            complete=complete,
            position=self.position,
            mark=self.mark,
        )


def missed_since(user_id: int, after: int | None, mark: int | None) -> Missed:
    """Return the messages after a position, and the conversations that have changed after a mark.

    If `after` is None or no position of this person, return the newest messages. If `mark` is None or no mark of this
    person, return the conversations of the messages.

    The inbox is read first, and later changes are left out, because they are announced after this: a message must not
    arrive twice. What is read of a conversation may be newer than the inbox, which does no harm.
    """
    inbox = inbox_of(user_id)
    rows, more = rows_after(inbox, after if is_position(inbox, after) else None)
    position = rows[-1].pk if more else inbox.position
    messages = each_once(rows)
    conversations = {one.conversation_id for one in messages}
    changed, more_changed = sides_after(inbox, conversations, mark)
    sides = {side.conversation_id: side for side in changed}
    if not conversations <= sides.keys():
        found = ConversationSide.objects.of(user_id).filter(conversation__in=conversations)
        sides |= {side.conversation_id: side for side in found}
    names = names_seen_by(user_id, sides.values())
    return Missed(
        unread=inbox.unread,
        messages=[encode_message(one, user_id, names[one.conversation_id]) for one in messages],
        changed=changed,
        sides=sides,
        position=position,
        mark=changed[-1].mark if more_changed else inbox.mark,
        more=more or more_changed,
    )


def each_once(rows: Iterable[DirectMessage]) -> list[DirectMessage]:
    """Return the messages of these rows, each once, in the order of their last changes."""
    messages: dict[int, DirectMessage] = {}
    for row in rows:
        message = row.deletes or row
        messages.pop(message.pk, None)
        messages[message.pk] = message
    return list(messages.values())


def encoded_for(user_id: int, messages: Sequence[DirectMessage]) -> list[MessageShape]:
    """Return messages as this person gets them, in two queries."""
    conversations = {one.conversation_id for one in messages}
    sides = ConversationSide.objects.of(user_id).filter(conversation__in=conversations)
    names = names_seen_by(user_id, sides)
    return [encode_message(one, user_id, names[one.conversation_id]) for one in messages]


def inbox_of(user_id: int) -> Inbox:
    """Return a person's inbox as it is in the table; an empty one before their first message."""
    return Inbox.objects.filter(user=user_id).first() or Inbox(user_id=user_id)


def is_position(inbox: Inbox, after: int | None) -> bool:
    return after is not None and 0 <= after <= inbox.position


def rows_after(inbox: Inbox, after: int | None) -> tuple[list[DirectMessage], bool]:
    """Return the rows after a position, and True if there are more; without a position the newest messages."""
    rows = DirectMessage.objects.of(inbox.user_id)
    if after is None:
        newest = rows.written().filter(pk__lte=inbox.position).newest_first()
        return list(newest[:NEWEST])[::-1], False
    found = list(rows.between_positions(after, inbox.position).select_related("deletes")[: MOST_MESSAGES + 1])
    return found[:MOST_MESSAGES], len(found) > MOST_MESSAGES


def sides_after(inbox: Inbox, conversations: set[int], mark: int | None) -> tuple[list[ConversationSide], bool]:
    """Return the conversations that have changed after a mark, and True if there are more."""
    sides = ConversationSide.objects.of(inbox.user_id)
    if mark is None or not 0 <= mark <= inbox.mark:
        return list(sides.filter(conversation__in=conversations).order_by("mark")), False
    found = list(sides.changed_since(mark)[: MOST_MESSAGES + 1])
    return found[:MOST_MESSAGES], len(found) > MOST_MESSAGES


def hello_for(user_id: int, after: int | None, mark: int | None) -> tuple[MessagesHello, bool]:
    """Return the `hello` for a client, and True if there are more changes than it holds.

    `complete` is false in this case, and if `after` or `mark` is higher than any number of this person.
    """
    missed = missed_since(user_id, after, mark)
    followed = (after is None or 0 <= after <= missed.position) and (mark is None or 0 <= mark <= missed.mark)
    return missed.hello(complete=followed and not missed.more), missed.more
