"""/ws/messages/: the socket on which a person gets and sends their direct messages, in all conversations."""

from collections.abc import Mapping
from typing import Any

from strava_live.broadcast import messages_group
from strava_live.database import for_readers
from strava_live.error_codes import ErrorCode
from strava_live.live.personal import PersonalSocket
from strava_live.messages.access import CannotWrite, UnknownMessage, UnknownPerson
from strava_live.messages.models import ConversationSide
from strava_live.messages.reading import mark_delivered, mark_read
from strava_live.messages.sending import BadText, delete_message, send_message
from strava_live.messages.snapshot import Missed, hello_for, inbox_of, missed_since
from strava_live.protocol import Error, Message, parse_after
from strava_live.protocol.messages import (
    MESSAGES_COMMANDS,
    ConversationDelivered,
    ConversationRead,
    MessageAdded,
    MessageChanged,
    MessageDelete,
    MessageDelivered,
    MessageRead,
    MessagesCommand,
    MessageSend,
)
from strava_live.rate_limits import TooManyRequests
from strava_live.write_queue import inbox_key

UNKNOWN_PERSON = "There is no such person among the members of your clubs."
UNKNOWN_MESSAGE = "There is no such message in your conversations."


class MessagesSocket(PersonalSocket):
    commands = MESSAGES_COMMANDS
    position = 0
    """The id of the last message or deletion that the client has received."""

    def read_after(self, query: Mapping[str, str]) -> tuple[int | None, int | None]:
        """Return the last position and mark that the client has; None for each that it does not have."""
        mark = {"after": query["mark"]} if "mark" in query else {}
        return parse_after(query), parse_after(mark)

    @property
    def group(self) -> str:
        return messages_group(self.user.pk)

    async def send_hello(self) -> None:
        hello, more = await for_readers(hello_for)(self.user.pk, *self.after)
        self.position, self.mark = hello.position, hello.mark
        self.send(hello)
        if more:
            await self.catch_up()

    async def catch_up(self) -> None:
        more = True
        while more and not self.writer.closed_by_server:
            missed = await for_readers(missed_since)(self.user.pk, self.position, self.mark)
            self.position, self.mark, more = missed.position, missed.mark, missed.more
            if messages := messages_about(missed):
                self.send(*messages)

    async def check_database(self) -> None:
        inbox = await for_readers(inbox_of)(self.user.pk)
        if inbox.mark > self.mark:
            await self.catch_up()

    def is_out_of_date(self, event: dict[str, Any]) -> bool:
        """Return True for a change that the client already has. Otherwise, note the client's position after it."""
        if event["mark"] <= self.mark:
            return True
        self.position = max(self.position, event.get("position", 0))
        return False

    async def handle(self, command: MessagesCommand) -> None:
        me = self.user.pk
        try:
            match command:
                case MessageSend(to=to_id, text=text, ref=ref):
                    await self.write([inbox_key(me), inbox_key(to_id)], send_message, me, to_id, text, ref)
                case MessageRead(id=message_id):
                    await self.write([inbox_key(me)], mark_read, me, message_id)
                case MessageDelivered(id=message_id):
                    await self.write([inbox_key(me)], mark_delivered, me, message_id)
                case MessageDelete(id=message_id):
                    await self.write([inbox_key(me)], delete_message, me, message_id)
        except (BadText, CannotWrite, TooManyRequests) as error:
            self.refuse(command, Error(code=error.code, message=str(error)))
        except UnknownPerson:
            self.refuse(command, Error(code=ErrorCode.NOT_FOUND, message=UNKNOWN_PERSON))
        except UnknownMessage:
            self.refuse(command, Error(code=ErrorCode.NOT_FOUND, message=UNKNOWN_MESSAGE))


def messages_about(missed: Missed) -> list[Message]:
    """Return what a client has missed, as the messages that would have been announced."""
    messages: list[Message] = []
    for one in missed.messages:
        kind = MessageChanged if one["deleted"] else MessageAdded
        side = missed.sides[one["conversation"]]
        messages.append(
            kind(
                message=one,
                unread=missed.unread,
                conversation_unread=side.unread,
                position=missed.position,
                mark=missed.mark,
            )
        )
    for side in missed.changed:
        messages += reads_of(side, missed)
    return messages


def reads_of(side: ConversationSide, missed: Missed) -> list[Message]:
    """Return how far both people have received and read a conversation, as messages."""
    messages: list[Message] = []
    for by, up_to in (("me", side.read_up_to), ("them", side.their_read_up_to)):
        if up_to:
            messages.append(
                ConversationRead(
                    other=side.other_id,
                    conversation=side.conversation_id,
                    up_to=up_to,
                    by=by,  # type: ignore[arg-type]
                    unread=missed.unread,
                    conversation_unread=side.unread,
                    mark=missed.mark,
                )
            )
    if side.their_delivered_up_to:
        messages.append(
            ConversationDelivered(
                other=side.other_id,
                conversation=side.conversation_id,
                up_to=side.their_delivered_up_to,
                mark=missed.mark,
            )
        )
    return messages
