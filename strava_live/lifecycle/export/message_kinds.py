"""The kinds of rows about direct messages: conversations, and what both people have written in them."""

from strava_live.lifecycle.export.kinds import YOU, Column, ExportedKind, left_out, plain, shown
from strava_live.messages.access import name_on
from strava_live.messages.models import ConversationSide, DirectMessage

MESSAGE_KINDS = (
    ExportedKind(
        "conversations",
        ConversationSide,
        "The people with whom you exchanged messages, under the name that you saw when one of you last wrote. The "
        "columns that end in “up_to” have the id of the last message that each of you has received or read.",
        lambda user: ConversationSide.objects.of(user.pk).select_related("conversation"),
        (
            shown("conversation_id", "conversation", lambda row: row.conversation_id),
            Column("started_at", lambda row: row.conversation.started_at),
            shown("with_id", "other", lambda row: row.other_id),
            shown("name", "other_name", lambda row: name_on(row, "")),
            *plain("last_at"),
            shown("last_message_id", "last_message", lambda row: row.last_message_id),
            *plain("unread", "read_up_to", "received_up_to", "delivered_up_to", "their_read_up_to"),
            *plain("their_delivered_up_to", "mark"),
        ),
        left_out(YOU, "user") | left_out("It is the number of the row. The conversation has its own.", "id"),
    ),
    ExportedKind(
        "messages",
        DirectMessage,
        "The messages that you sent and received. A deleted message has no text. “ref” is what your browser or "
        "program called a message that you sent.",
        lambda user: DirectMessage.objects.of(user.pk).written().with_mine(user.pk),
        (
            *plain("id"),
            shown("conversation_id", "conversation", lambda row: row.conversation_id),
            shown("from_id", "sender", lambda row: row.sender_id),
            shown("to_id", "recipient", lambda row: row.recipient_id),
            *plain("at", "text"),
            shown("ref", "ref", lambda row: row.ref if row.mine else ""),
            *plain("deleted_at"),
        ),
        left_out("It is empty for a message. Rows that only record a deletion are left out.", "deletes"),
    ),
)
