"""Messages about what has happened to a person, for the header of every page.

Open `/ws/notifications/` with the session cookie of a person. A *notification* says that something has happened to
them: a member has mentioned them, replied, cheered or written a message, or captains have answered a request or a
report. While it is unread, more people who do the same join it. All sockets of a person show the same.

There is nothing to catch up on after a reconnection: `hello` has the newest 20 notifications and both counts as they
are now. A client keeps these 20, the newest `at` first, and drops older ones.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from strava_live.protocol.envelope import Command, Error, Message, Pong, Refusal, by_type
from strava_live.protocol.fields import LARGEST_ID, Count, Id, Instant, shape

NotificationKind = Literal["mention", "reply", "cheer", "message", "answer"]
NEWEST_NOTIFICATIONS = 20
"""How many notifications `hello` has."""


@shape
class ActorShape(TypedDict):
    """A person who has done what a notification is about."""

    id: Id | None
    """The person's id. Null for a member who hides their name."""
    name: str
    """The name that you see, or "a member"."""


@shape
class NotificationShape(TypedDict):
    """Something that has happened to a person."""

    id: Id
    """Identifies the notification."""
    kind: NotificationKind
    """Mentioned in a post, replied to, cheered, written to, or answered by captains."""
    at: Instant
    """When it last happened. The time rises when another person joins, and falls when the newest is taken back."""
    read: bool
    """Whether you have read it. What happens afterwards begins another notification."""
    says: str
    """The notification in words, with names as you see them now."""
    url: str
    """The path of the page that shows what it is about."""
    actors: list[ActorShape]
    """The newest people who have done it, three at most, newest first. Empty for an answer."""
    count: Count
    """How many people have done it. 0 for an answer."""


class NotificationRead(Command):
    """Mark one notification as read, or all. An id that is not yours changes nothing."""

    type: Literal["notification.read"] = "notification.read"
    id: Annotated[int | None, Field(gt=0, le=LARGEST_ID), Refusal("id must be the id of a notification.")] = None
    """The notification."""
    all: Annotated[bool, Refusal("all must be true or false.")] = False
    """True for all of them. Then `id` is not needed."""


class PageVisible(Command):
    """Say whether the page can be seen. One that is hidden for 30 seconds does not count as open."""

    type: Literal["page.visible"] = "page.visible"
    visible: Annotated[bool, Refusal("visible must be true or false.")]
    """False once the person has gone to another tab or app."""


NotificationsCommand = NotificationRead | PageVisible
NOTIFICATIONS_COMMANDS = by_type(NotificationRead, PageVisible)


@dataclass(frozen=True, kw_only=True)
class NotificationsHello(Message):
    """The counts and the newest notifications."""

    type: Literal["hello"] = "hello"
    protocol: int
    """The version of this protocol: 1."""
    server_time: Instant
    """The time at the server."""
    unread: Count
    """How many notifications are unread."""
    messages: Count
    """How many direct messages are unread."""
    notifications: list[NotificationShape]
    """The newest 20 notifications, newest first."""


@dataclass(frozen=True, kw_only=True)
class UnreadCounts(Message):
    """How many notifications and messages are unread, after either has changed."""

    type: Literal["counts"] = "counts"
    unread: Count
    """How many notifications are unread."""
    messages: Count
    """How many direct messages are unread."""


@dataclass(frozen=True, kw_only=True)
class NotificationAdded(Message):
    """There is a new notification."""

    type: Literal["notification.added"] = "notification.added"
    notification: NotificationShape
    """The notification."""


@dataclass(frozen=True, kw_only=True)
class NotificationChanged(Message):
    """A person has joined a notification or taken back what they did, or it was read."""

    type: Literal["notification.changed"] = "notification.changed"
    notification: NotificationShape
    """The notification as it is now."""


@dataclass(frozen=True, kw_only=True)
class NotificationRemoved(Message):
    """A notification was removed, because what it was about is gone or was taken back."""

    type: Literal["notification.removed"] = "notification.removed"
    id: Id
    """The notification."""


NotificationsMessage = Annotated[
    NotificationsHello | UnreadCounts | NotificationAdded | NotificationChanged | NotificationRemoved | Error | Pong,
    Field(discriminator="type"),
]
"""Everything that the server sends to the socket of the header."""
