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
    leave_partners(user_id, lock_with_partners(user_id))
    mine = ConversationSide.objects.of(user_id)
    Conversation.objects.filter(pk__in=mine.filter(other=None).values("conversation")).delete()
    DirectMessage.objects.filter(sender=user_id).update(sender=None, ref="")
    DirectMessage.objects.filter(recipient=user_id).update(recipient=None)


def leave_partners(user_id: int, inboxes: Mapping[int, Inbox]) -> None:
    """Replace a person by a former member on the side of each partner, and mark the person's messages there as read.

    `inboxes` has the partners' inboxes, locked. Their marks rise, so that the partners' devices learn of the change:
    those that are connected within seconds, the others when they connect.
    """
    sides = list(ConversationSide.objects.filter(other=user_id))
    announce_person_changed_after_commit(side.user_id for side in sides if side.unread)
    for side in sides:
        inbox = inboxes[side.user_id]
        inbox.unread -= side.unread
        side.other, side.other_name = None, ""
        side.unread, side.read_up_to, side.delivered_up_to = 0, side.received_up_to, side.received_up_to
        inbox.mark += 1
        side.mark = inbox.mark
    changed = ["other", "other_name", "unread", "read_up_to", "delivered_up_to", "mark"]
    ConversationSide.objects.bulk_update(sides, changed)
    save_inboxes(inboxes[side.user_id] for side in sides)


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
