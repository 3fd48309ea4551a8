"""Remove a person whose account is being deleted from their conversations, which stay with the other people."""

from contextlib import suppress

from django.db import transaction

from strava_live.messages.inboxes import PersonGone, lock_inboxes
from strava_live.messages.models import Conversation, ConversationSide, DirectMessage


def forget_person(user_id: int) -> None:
    """Take a person's id, name and refs out of all conversations, in the caller's transaction.

    The messages that they have sent stay with the other people, as those of a former member. A conversation whose other
    account is deleted already is deleted. The locks stay until the transaction ends: afterwards no message to or from
    this person can be stored.
    """
    lock_with_partners(user_id)
    mine = ConversationSide.objects.of(user_id)
    Conversation.objects.filter(pk__in=mine.filter(other=None).values("conversation")).delete()
    ConversationSide.objects.filter(other=user_id).update(other=None, other_name="")
    DirectMessage.objects.filter(sender=user_id).update(sender=None, ref="")
    DirectMessage.objects.filter(recipient=user_id).update(recipient=None)


def lock_with_partners(user_id: int) -> None:
    """Lock the inboxes of a person and of everyone with whom they have a conversation, in the order of the ids.

    If a conversation has begun just before the person's own inbox was locked, release all locks and begin again.
    """
    while True:
        partners = partners_of(user_id)
        with suppress(PersonGone), transaction.atomic():
            lock_inboxes({user_id, *partners})
            if partners_of(user_id) <= partners:
                return
            transaction.set_rollback(True)


def partners_of(user_id: int) -> set[int]:
    rows = ConversationSide.objects.of(user_id).exclude(other=None)
    return set(rows.values_list("other_id", flat=True))
