"""Direct messages between you and members of your clubs."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router

from strava_live.api.answers import json_answer, no_content
from strava_live.api.caller import ApiRequest
from strava_live.api.documented import documented
from strava_live.api.once import ApiAnswer, once, once_for_row
from strava_live.api.paging import Cursor, page_bytes
from strava_live.messages.access import partner_of
from strava_live.messages.models import DirectMessage, DirectMessageQuerySet
from strava_live.messages.reading import mark_read, unread_of
from strava_live.messages.sending import delete_message, send_message
from strava_live.messages.snapshot import encoded_for
from strava_live.protocol import compact
from strava_live.protocol.api_common import PAGE_SIZE
from strava_live.protocol.api_messages import MESSAGES_PAGE, UNREAD, MessageBody, MessagesPage, ReadBody, UnreadShape
from strava_live.protocol.examples import DIRECT_MESSAGE
from strava_live.protocol.fields import Id
from strava_live.protocol.messages import MessageShape

router = Router(tags=["Messages"])
With = Annotated[Id | None, Query(alias="with", description="The id of the other person.")]
InConversation = Annotated[
    Id | None, Query(description="The number of a conversation, also of one whose other person has left the site.")
]
LISTED = documented(MessagesPage, example=MESSAGES_PAGE, errors=(404, 422))
SENT = documented(MessageShape, status=201, example=DIRECT_MESSAGE, errors=(403, 404, 413, 415, 422))
READ = documented(UnreadShape, example=UNREAD, errors=(403, 404, 413, 415, 422))
DELETED = documented(None, status=204, example=None, errors=(403, 404, 422))


@router.get("/messages", **LISTED)
def list_messages(
    request: ApiRequest, other: With = None, conversation: InConversation = None, cursor: Cursor = ""
) -> HttpResponse:
    """List your direct messages, newest first: all of them, or those of one conversation."""
    user_id = request.auth.user.pk
    window = messages_of(user_id, other, conversation).window(PAGE_SIZE, cursor)
    items = [compact(one).encode() for one in encoded_for(user_id, window.rows)]
    return json_answer(request, page_bytes(request, items, window, unread=unread_of(user_id)))


def messages_of(user_id: int, other_id: int | None, conversation_id: int | None) -> DirectMessageQuerySet:
    """Return a person's messages, or those of one conversation. Raise UnknownPerson as `partner_of` does."""
    messages = DirectMessage.objects.of(user_id).written()
    if conversation_id is not None:
        messages = messages.in_conversation(conversation_id)
    if other_id is None:
        return messages
    side = partner_of(user_id, other_id).side
    return messages.in_conversation(side.conversation_id) if side else messages.none()


@router.post("/messages", **SENT)
def create_message(request: ApiRequest, body: MessageBody) -> HttpResponse:
    """Write a message to a member of one of your clubs.

    Both of you must show a name in a club that you share. You may send 30 messages in a minute, and write to 10 people
    a day for the first time.
    """
    user_id = request.auth.user.pk

    def create() -> DirectMessage:
        return send_message(user_id, body.to, body.text, body.ref)

    def answer(message: DirectMessage) -> ApiAnswer:
        return ApiAnswer(201, compact(encoded_for(user_id, [message])[0]).encode())

    return once_for_row(request, DirectMessage, create, answer)


@router.post("/messages/read", **READ)
def read_messages(request: ApiRequest, body: ReadBody) -> HttpResponse:
    """Mark the messages of a conversation as read, up to this one. The other person sees how far you have read."""
    user_id = request.auth.user.pk

    def read() -> ApiAnswer:
        mark_read(user_id, body.id)
        return ApiAnswer(200, compact(UnreadShape(unread=unread_of(user_id))).encode())

    return once(request, read)


@router.delete("/messages/{int:message_id}", **DELETED)
def remove_message(request: ApiRequest, message_id: Id) -> HttpResponse:
    """Delete a message that you wrote, for both people."""
    delete_message(request.auth.user.pk, message_id)
    return no_content()
