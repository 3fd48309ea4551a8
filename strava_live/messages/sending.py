"""Send a direct message, and delete one for both people."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from strava_live.accounts.plain_text import is_far_too_long, shows_something, visible_lines
from strava_live.error_codes import ErrorCode
from strava_live.leaky_bucket import Rate
from strava_live.messages.access import Partner, UnknownMessage, UnknownPerson, require_writable
from strava_live.messages.conversation_writer import ConversationWriter, begin_conversation, conversation_writer
from strava_live.messages.inboxes import PersonGone, lock_inboxes
from strava_live.messages.models import MAX_MESSAGE, MAX_REF, ConversationSide, DirectMessage, Inbox
from strava_live.protocol import LARGEST_ID
from strava_live.rate_limits import limit

MESSAGES_A_MINUTE = Rate(30, 60)
"""How many messages a person may send: 30 at once, then one every two seconds."""
NEW_PEOPLE_A_DAY = Rate(10, 86_400)
"""To how many people a person may write for the first time: 10 at once, then one every 144 minutes."""
EMPTY_MESSAGE = "Write something first."
LONG_MESSAGE = "That's {length} characters; a message can have up to {most}."
TOO_FAST = "That's a lot of messages in one minute. Wait a moment, then send this one again."
TOO_MANY_PEOPLE = "You've started conversations with many people today. Start the next one tomorrow."


class BadText(ValueError):
    """The text cannot be sent. The exception's text says why, in words for the sender."""

    code = ErrorCode.BAD_TEXT


def send_message(user_id: int, to_id: int, text: str, ref: str = "") -> DirectMessage:
    """Send a message, and return it. Raise UnknownPerson, CannotWrite, BadText or TooManyRequests.

    A client sends a message again, with the same `ref`, if it got no answer. In this case return the first one, even if
    it has been deleted in the meantime.
    """
    text, ref = clean(text), ref[:MAX_REF]
    partner = require_writable(user_id, to_id)
    if sent_before(partner, user_id, ref) is None:
        count(user_id, partner)
    try:
        with transaction.atomic():
            inboxes = lock_inboxes([user_id, partner.user_id])
            # Read again: the two may have parted, or written to each other, while this call waited for the locks.
            partner = require_writable(user_id, partner.user_id)
            return sent_before(partner, user_id, ref) or add_message(user_id, partner, inboxes, text, ref)
    except PersonGone:
        raise UnknownPerson from None


def clean(text: str) -> str:
    """Remove invisible characters and repeated empty lines. Raise BadText if the text is empty or too long."""
    if is_far_too_long(text, MAX_MESSAGE):
        raise BadText(LONG_MESSAGE.format(length=f"{len(text):,}", most=f"{MAX_MESSAGE:,}"))
    if not shows_something(text):
        raise BadText(EMPTY_MESSAGE)
    kept = visible_lines(text)
    if len(kept) > MAX_MESSAGE:
        raise BadText(LONG_MESSAGE.format(length=f"{len(kept):,}", most=f"{MAX_MESSAGE:,}"))
    return kept


def sent_before(partner: Partner, user_id: int, ref: str) -> DirectMessage | None:
    """Return the message that the person has sent in this conversation with this `ref`; None if there is none."""
    if partner.side is None or not ref:
        return None
    sent = DirectMessage.objects.in_conversation(partner.side.conversation_id)
    return sent.filter(sender=user_id, ref=ref).first()


def count(user_id: int, partner: Partner) -> None:
    """Count a message, and the first one to a new person. Raise TooManyRequests over one of the rates."""
    limit("messages", user_id, MESSAGES_A_MINUTE, sentence=TOO_FAST)
    if partner.side is None:
        limit("messages.people", user_id, NEW_PEOPLE_A_DAY, sentence=TOO_MANY_PEOPLE)


def add_message(user_id: int, partner: Partner, inboxes: Mapping[int, Inbox], text: str, ref: str) -> DirectMessage:
    """Add a message to the conversation of two people whose inboxes are locked. Begin the conversation if need be."""
    now, names = timezone.now(), partner.names
    if partner.side is None:
        sides = begin_conversation(user_id, partner.user_id, names, now)
    else:
        found = ConversationSide.objects.filter(conversation=partner.side.conversation_id)
        sides = {side.user_id: side for side in found}
    sides[user_id].other_name, sides[partner.user_id].other_name = names.of_other, names.of_person
    writer = ConversationWriter(sides, inboxes, now)
    message = writer.add(user_id, partner.user_id, text, ref)
    writer.save()
    return message


def delete_message(user_id: int, message_id: int) -> None:
    """Delete a message that the person has sent, for both people. Raise UnknownMessage if the person has not sent it.

    Do nothing if it is already deleted.
    """
    sent = DirectMessage.objects.written().filter(sender=user_id, pk=min(message_id, LARGEST_ID))
    message = sent.first()
    if message is None:
        raise UnknownMessage(message_id)
    with conversation_writer(user_id, message.conversation_id) as writer:
        message.refresh_from_db()
        if not message.is_deleted:
            writer.delete(user_id, message)
