"""Messages about a person's direct messages.

Open `/ws/messages/` with the cookie `sessionid`. All conversations of the person arrive on this one socket, on each of
the person's devices.

**What the client has.** The ids of one person's messages rise in the order in which they become visible. Keep
`position` and `mark` of the last message that has them, and reconnect with `?after=<position>&mark=<mark>`. `hello`
then has each message that was added or deleted since, once and in its current state, and `reads` has each conversation
in which something was read or delivered since. The id of a message is a position, too: `?after=<id>` alone works, and
at most brings a deletion a second time. A deleted message has the `text` "".

If `complete` is false, show the page of the conversation again: `after` is not a position of this person, and the
messages are the newest 50, or there are more messages since then than `hello` holds. In this second case the rest
follows at once, as `message.added` and `message.changed`.

**Sending.** Give each message a `ref` of its own. If no answer arrives, send it again with the same `ref`: it is stored
once. You recognise your own message by `mine` and `ref` in `message.added`, which all of your devices get. Send
`message.delivered` once a message has arrived, and `message.read` once it was shown.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from strava_live.protocol.envelope import Command, Error, Json, Message, Pong, Refusal, by_type
from strava_live.protocol.fields import Count, Id, Instant, shape

MOST_MESSAGES = 200
"""The most messages in one `hello`."""

OtherPerson = Annotated[Id | None, Field(description="The other person's id. Null once their account is deleted.")]
# In Python, `with` cannot be written as the name of an attribute.
WithOther = TypedDict("WithOther", {"with": OtherPerson})


@shape
class MessageShape(WithOther):
    """A direct message, as one of its two people gets it."""

    id: Id
    """Identifies the message. Later messages of a person have higher ids."""
    conversation: Id
    """The conversation. Both people get the same number."""
    name: str
    """The other person's name, as the reader sees it."""
    mine: bool
    """True for a message that the reader has written."""
    text: str
    """The text; "" for a deleted message."""
    at: Instant
    """When the message was sent."""
    deleted: bool
    """True if its sender has deleted the message, which deletes it for both people."""
    ref: NotRequired[str]
    """The `ref` with which the reader has sent the message. Absent in messages of the other person."""


@shape
class ReadsShape(WithOther):
    """How far the two people of a conversation have received and read it."""

    conversation: Id
    """The conversation."""
    unread: Count
    """How many of the other person's messages the reader has not read."""
    read_up_to: Count
    """The id of the last message that the reader has read; 0 for none."""
    their_read_up_to: Count
    """The id of the last message of the reader that the other person has read; 0 for none."""
    their_delivered_up_to: Count
    """The id of the last message of the reader that has reached a device of the other person; 0 for none."""
    mark: Count
    """The number of the last change of the conversation."""


# --- From the client

MessageId = Annotated[Id, Refusal("id must be the id of a message.")]


class MessageSend(Command):
    """Send a message.

    It arrives at all your sockets as `message.added` with this `ref`. If you send the command again with the same
    `ref`, it makes no second message and gets no answer.
    """

    type: Literal["message.send"] = "message.send"
    to: Annotated[Id, Refusal("to must be the id of a person.")]
    """The id of the other person."""
    text: Annotated[str, Refusal("text must be a text.")]
    """The text, of at most 2,000 characters. Line breaks are kept."""


class MessageRead(Command):
    """Say that you have read a conversation up to this message."""

    type: Literal["message.read"] = "message.read"
    id: MessageId
    """The id of a message in the conversation, usually its last one."""


class MessageDelivered(Command):
    """Say that all messages to you up to this one have reached a device of yours, in all conversations."""

    type: Literal["message.delivered"] = "message.delivered"
    id: MessageId
    """The id of the message."""


class MessageDelete(Command):
    """Delete a message that you sent, for both people."""

    type: Literal["message.delete"] = "message.delete"
    id: MessageId
    """The id of the message."""


MessagesCommand = MessageSend | MessageRead | MessageDelivered | MessageDelete
MESSAGES_COMMANDS = by_type(MessageSend, MessageRead, MessageDelivered, MessageDelete)

# --- From the server

UnreadNow = Annotated[Count, Field(description="How many messages to the person are unread now, in all conversations.")]
UnreadInConversation = Annotated[
    Count, Field(description="How many messages of the other person are unread now in this conversation.")
]
PositionNow = Annotated[Count, Field(description="Your position now.")]
MarkNow = Annotated[Count, Field(description="Your mark now.")]


@dataclass(frozen=True, kw_only=True)
class MessagesHello(Message):
    """The newest 50 messages, oldest first; with `after`, every message that was added or deleted since."""

    type: Literal["hello"] = "hello"
    protocol: int
    """The version of this protocol: 1."""
    server_time: Instant
    """The time at the server."""
    unread: Count
    """How many messages to the person are unread, in all conversations."""
    messages: list[MessageShape]
    """The messages, each once and in its current state: added ones and deleted ones in the order of the changes."""
    reads: list[ReadsShape]
    """The conversations that have changed since `mark`, in the order of their changes. Without `mark`, the
    conversations of the messages."""
    complete: bool
    """False if `messages` and `reads` are not all that has changed since `after` and `mark`: show the page again."""
    position: Count
    """The position of the last change in `messages`: send it as `after`."""
    mark: Count
    """The number of the person's last change in `reads`: send it as `mark`."""


@dataclass(frozen=True, kw_only=True)
class MessageAdded(Message):
    """A message was sent to the person or by the person, on any device."""

    type: Literal["message.added"] = "message.added"
    message: MessageShape
    """The message."""
    unread: UnreadNow
    conversation_unread: UnreadInConversation
    position: PositionNow
    mark: MarkNow


@dataclass(frozen=True, kw_only=True)
class MessageChanged(Message):
    """A message was deleted by its sender."""

    type: Literal["message.changed"] = "message.changed"
    message: MessageShape
    """The message as it is now."""
    unread: UnreadNow
    conversation_unread: UnreadInConversation
    position: PositionNow
    mark: MarkNow


@dataclass(frozen=True, kw_only=True)
class AboutConversation(Message):
    """Base of the messages about one conversation."""

    other: Annotated[OtherPerson, Field(alias="with")]
    conversation: Annotated[Id, Field(description="The conversation.")]
    up_to: Annotated[Id, Field(description="The id of the last message that this is about.")]

    def wire(self) -> Json:
        return {"with" if name == "other" else name: value for name, value in super().wire().items()}


@dataclass(frozen=True, kw_only=True)
class ConversationRead(AboutConversation):
    """One of the two people has read a conversation up to a message."""

    type: Literal["message.read"] = "message.read"
    by: Literal["me", "them"]
    """`me`: the person, on any device. `them`: the other person."""
    unread: UnreadNow
    conversation_unread: UnreadInConversation
    mark: MarkNow


@dataclass(frozen=True, kw_only=True)
class ConversationDelivered(AboutConversation):
    """Messages of the person have reached a device of the other person."""

    type: Literal["message.delivered"] = "message.delivered"
    mark: MarkNow


DirectMessagesMessage = Annotated[
    MessagesHello | MessageAdded | MessageChanged | ConversationRead | ConversationDelivered | Error | Pong,
    Field(discriminator="type"),
]
"""Everything that the server sends to a person's socket of direct messages."""
