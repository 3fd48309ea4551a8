"""Mark messages as read or delivered, and count a person's unread messages."""

from collections.abc import Mapping

from django.db import transaction

from strava_live.messages.access import UnknownMessage
from strava_live.messages.conversation_writer import conversation_writer
from strava_live.messages.inboxes import PersonGone, announce_after_commit, lock_inboxes, save_inboxes
from strava_live.messages.models import ConversationSide, DirectMessage, Inbox
from strava_live.muting.models import Mute
from strava_live.protocol import LARGEST_ID
from strava_live.protocol.messages import ConversationDelivered

MOST_AT_ONCE = 100
"""The most conversations whose messages are marked as delivered in one transaction."""


def unread_of(user_id: int) -> int:
    """Return how many messages to this person are unread."""
    return Inbox.objects.filter(user=user_id).values_list("unread", flat=True).first() or 0


def mark_read(user_id: int, message_id: int) -> None:
    """Mark the messages of a conversation as read, up to this one. Raise UnknownMessage for a message of others."""
    message = DirectMessage.objects.of(user_id).written().filter(pk=min(message_id, LARGEST_ID)).first()
    if message is None:
        raise UnknownMessage(message_id)
    with conversation_writer(user_id, message.conversation_id) as writer:
        writer.read(user_id, message.pk)


def mark_delivered(user_id: int, up_to: int) -> None:
    """Mark all messages to a person up to this id as delivered to a device of theirs, in all conversations."""
    while some_delivered(user_id, min(up_to, LARGEST_ID)):
        pass


def some_delivered(user_id: int, up_to: int) -> bool:
    """Mark messages of some conversations as delivered. Return False if there were none."""
    rows = ConversationSide.objects.of(user_id).undelivered().filter(delivered_up_to__lt=up_to)
    waiting = dict(rows.values_list("conversation_id", "other_id")[:MOST_AT_ONCE])
    if not waiting:
        return False
    try:
        with transaction.atomic():
            deliver(user_id, waiting, up_to)
    except PersonGone:
        pass  # an account was deleted meanwhile, and the rows say so now
    return True


def deliver(user_id: int, waiting: Mapping[int, int | None], up_to: int) -> None:
    """Mark messages as delivered, and announce it to the other people. `waiting` has their ids by conversation.

    Announce nothing in a conversation in which one of the two people blocks the other.
    """
    inboxes = lock_inboxes([user_id, *waiting.values()])
    sides = list(ConversationSide.objects.filter(conversation__in=waiting))
    blocked = Mute.objects.blocking_or_blocked_by(user_id, [one for one in waiting.values() if one is not None])
    mine = {side.conversation_id: side for side in sides if side.user_id == user_id}
    for side in mine.values():
        side.delivered_up_to = max(side.delivered_up_to, min(up_to, side.received_up_to))
    for side in sides:
        if side.user_id == user_id or side.user_id in blocked:
            continue
        inbox = inboxes[side.user_id]
        inbox.mark += 1
        side.mark, side.their_delivered_up_to = inbox.mark, mine[side.conversation_id].delivered_up_to
        announce_after_commit(inbox, delivered_message(side))
    ConversationSide.objects.bulk_update(sides, ["delivered_up_to", "their_delivered_up_to", "mark"])
    save_inboxes(inboxes.values())


def delivered_message(side: ConversationSide) -> ConversationDelivered:
    return ConversationDelivered(
        other=side.other_id,
        conversation=side.conversation_id,
        up_to=side.their_delivered_up_to,
        mark=side.mark,
    )
