"""Messages and conversations as one of their two people gets them, on sockets and in the API."""

from strava_live.formats import utc_iso_exact
from strava_live.messages.models import ConversationSide, DirectMessage
from strava_live.protocol.messages import MessageShape, ReadsShape


def encode_message(message: DirectMessage, user_id: int, name: str) -> MessageShape:
    """Return a message as `user_id` gets it. `name` is the other person's name."""
    mine = message.sender_id == user_id
    shape: MessageShape = {
        "id": message.pk,
        "conversation": message.conversation_id,
        "with": message.recipient_id if mine else message.sender_id,
        "name": name,
        "mine": mine,
        "text": message.text,
        "at": utc_iso_exact(message.at),
        "deleted": message.is_deleted,
    }
    if mine:
        shape["ref"] = message.ref
    return shape


def encode_reads(side: ConversationSide) -> ReadsShape:
    """Return how far the two people of a conversation have received and read it."""
    return {
        "with": side.other_id,
        "conversation": side.conversation_id,
        "unread": side.unread,
        "read_up_to": side.read_up_to,
        "their_read_up_to": side.their_read_up_to,
        "their_delivered_up_to": side.their_delivered_up_to,
        "mark": side.mark,
    }
