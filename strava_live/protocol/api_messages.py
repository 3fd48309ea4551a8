"""The REST API's shapes and bodies of direct messages, with an example."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from strava_live.protocol.api_common import ApiBody
from strava_live.protocol.envelope import Ref
from strava_live.protocol.examples import ANSWER, DIRECT_MESSAGE
from strava_live.protocol.fields import Count, Id, shape
from strava_live.protocol.messages import MessageShape


@shape
class MessagesPage(TypedDict):
    """A page of direct messages."""

    items: list[MessageShape]
    """The messages, newest first. A deleted one stays in its place, without its text."""
    next: str | None
    """The address of the page of older messages. Null if there are none."""
    previous: str | None
    """The address of the page of newer messages. Null if there are none."""
    unread: Count
    """How many messages to you are unread, in all conversations."""


@shape
class UnreadShape(TypedDict):
    """Your unread messages."""

    unread: Count
    """How many messages to you are unread, in all conversations."""


class MessageBody(ApiBody):
    """A message to a member of one of your clubs."""

    to: Annotated[Id, Field(examples=[12])]
    """The id of the other person."""
    text: Annotated[str, Field(examples=["Lift on Saturday?"])]
    """The text, of at most 2,000 characters. Line breaks are kept."""
    ref: Ref = ""
    """An id that you choose, of at most 64 printable characters. A second message of yours to the same person with the
    same `ref` makes no second message: the answer is the first one."""


class ReadBody(ApiBody):
    """Up to where you have read a conversation."""

    id: Annotated[Id, Field(examples=[9041])]
    """The id of a message, usually the last one of the conversation."""


UNREAD: UnreadShape = {"unread": 0}
MESSAGES_PAGE: MessagesPage = {
    "items": [ANSWER, DIRECT_MESSAGE],
    "next": "https://club.example.org/api/v1/messages?cursor=before.9040%2C9040",
    "previous": None,
    "unread": 1,
}
