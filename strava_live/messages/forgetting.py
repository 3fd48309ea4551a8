"""Remove a person whose account is being deleted from their conversations, which stay with the other people."""

from collections.abc import Mapping
from contextlib import suppress

from django.db import transaction

from strava_live.broadcast import announce_person_changed_after_commit
from strava_live.messages.inboxes import PersonGone, lock_inboxes, save_inboxes
from strava_live.messages.models import Conversation, ConversationSide, DirectMessage, Inbox


def forget_person(user_id: int) -> None:
    """Take a person's id, name and refs out of all conversations, in the caller's transaction.

    The messages that they have sent stay with the other people, as those of a former member, and count as read. If the
    other account of a conversation is already deleted, the conversation is deleted, too. The locks stay until the
    transaction ends: afterwards no message to or from this person can be stored.
    """
    count_as_read(user_id, lock_with_partners(user_id))
    mine = ConversationSide.objects.of(user_id)
    Conversation.objects.filter(pk__in=mine.filter(other=None).values("conversation")).delete()
    ConversationSide.objects.filter(other=user_id).update(other=None, other_name="")
    DirectMessage.objects.filter(sender=user_id).update(sender=None, ref="")
    DirectMessage.objects.filter(recipient=user_id).update(recipient=None)


def count_as_read(sender_id: int, inboxes: Mapping[int, Inbox]) -> None:
    """Mark all messages of a person as read by their recipients, whose inboxes are locked."""
    sides = list(ConversationSide.objects.filter(other=sender_id, unread__gt=0))
    for side in sides:
        inboxes[side.user_id].unread -= side.unread
        side.unread, side.read_up_to, side.delivered_up_to = 0, side.received_up_to, side.received_up_to
    ConversationSide.objects.bulk_update(sides, ["unread", "read_up_to", "delivered_up_to"])
    save_inboxes(inboxes[side.user_id] for side in sides)
    announce_person_changed_after_commit(side.user_id for side in sides)


def lock_with_partners(user_id: int) -> dict[int, Inbox]:
    """Lock and return the inboxes of a person and of all with whom they have a conversation, in the order of the ids.

    If a conversation has begun just before the person's own inbox was locked, release all locks and begin again.
    """
    while True:
        partners = partners_of(user_id)
        with suppress(PersonGone), transaction.atomic():
            inboxes = lock_inboxes({user_id, *partners})
            if partners_of(user_id) <= partners:
                return inboxes
            transaction.set_rollback(True)


def partners_of(user_id: int) -> set[int]:
    rows = ConversationSide.objects.of(user_id).exclude(other=None)
    return set(rows.values_list("other_id", flat=True))
