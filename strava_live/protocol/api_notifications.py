"""The REST API's shapes, body and examples of notifications."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from strava_live.protocol.api_common import ApiBody
from strava_live.protocol.examples import ANSWER_NOTIFICATION, CHEER_NOTIFICATION
from strava_live.protocol.fields import Count, Id, shape
from strava_live.protocol.notifications import NotificationShape


@shape
class NotificationsPage(TypedDict):
    """A page of your notifications."""

    items: list[NotificationShape]
    """The notifications, newest first."""
    next: str | None
    """The address of the page of older notifications. Null if there are none."""
    previous: str | None
    """The address of the page of newer notifications. Null if there are none."""
    unread: Count
    """How many of all your notifications are unread."""


@shape
class UnreadNotificationsShape(TypedDict):
    """How many notifications are left to read."""

    unread: Count
    """How many of all your notifications are unread."""


class NotificationsReadBody(ApiBody):
    """Which notifications you have read."""

    ids: Annotated[list[Id], Field(max_length=200, examples=[[31, 29]])] = []
    """Their ids, 200 at most. Ids that are not yours change nothing."""
    all: bool = False
    """True for all of them. Then `ids` does not matter."""


UNREAD_NOTIFICATIONS: UnreadNotificationsShape = {"unread": 0}
NOTIFICATIONS_PAGE: NotificationsPage = {
    "items": [CHEER_NOTIFICATION, ANSWER_NOTIFICATION],
    "next": None,
    "previous": None,
    "unread": 1,
}
