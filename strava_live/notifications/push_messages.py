"""What is sent to a device about a notification: nothing personal except what the person has chosen to show."""

import json
from dataclasses import dataclass

from django.conf import settings

from strava_live.notifications.models import Notification
from strava_live.notifications.push_models import OutgoingPush
from strava_live.push_client.subscription import PushMessage, Urgency

Kind = Notification.NoteKind
DECLARATIVE = 8030
"""The number by which Safari recognises a notification that it can show without a service worker."""
NOTIFICATIONS_PAGE = "/notifications/"
DAY_S = 86_400
SIX_HOURS_S = 6 * 3600
LONGEST_BODY = 300
"""The most characters of a sentence on a device."""
IN_GENERAL = {
    Kind.MENTION: "Someone mentioned you.",
    Kind.REPLY: "Someone replied to you.",
    Kind.CHEER: "Someone cheered for you.",
    Kind.MESSAGE: "Someone wrote to you.",
    Kind.ANSWER: "A captain has answered you.",
}
"""What a device shows if its person has not chosen to see names, by kind."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A notification in words, as its person may read it."""

    says: str
    url: str
    """The path of the page that the notification links to."""


def shown_message(push: OutgoingPush, kind: str, sentence: Sentence | None) -> PushMessage:
    """Return the message that shows a notification. Without `sentence`, the message says only the kind."""
    says = sentence.says[:LONGEST_BODY] if sentence else IN_GENERAL[Kind(kind)]
    path = sentence.url if sentence else NOTIFICATIONS_PAGE
    shown = {"title": settings.SITE_NAME, "body": says, "navigate": settings.SITE_URL + path, "tag": push.tag}
    return PushMessage(
        encoded({"web_push": DECLARATIVE, "notification": shown}),
        ttl_s=SIX_HOURS_S if kind == Kind.CHEER else DAY_S,
        topic=push.tag,
        urgency=urgency_of(kind),
    )


def closing_message(push: OutgoingPush) -> PushMessage:
    """Return the message that lets a device close a notification.

    At the push service it replaces a message that the device has not got yet.
    """
    return PushMessage(encoded({"close": push.tag}), ttl_s=DAY_S, topic=push.tag)


def encoded(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def urgency_of(kind: str) -> Urgency:
    return {Kind.MESSAGE: Urgency.HIGH, Kind.CHEER: Urgency.LOW}.get(Kind(kind), Urgency.NORMAL)
