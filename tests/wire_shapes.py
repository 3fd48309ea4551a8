"""Check every frame that a test receives from a socket against the shapes of the protocol.

pydantic checks types, values and that there is no undeclared field. The rules below say which declared fields must be
absent in which message.
"""

from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from strava_live.protocol import FeedMessage, SyncMessage
from strava_live.protocol.bucket import BucketMessage
from strava_live.protocol.club_shapes import DATA_OF_KIND
from strava_live.protocol.messages import DirectMessagesMessage
from strava_live.protocol.notifications import NotificationsMessage

Json = dict[str, Any]

FEED = TypeAdapter[Any](FeedMessage | Annotated[list[FeedMessage], Field(min_length=2)])
SYNC = TypeAdapter[Any](SyncMessage | Annotated[list[SyncMessage], Field(min_length=2)])
BUCKET = TypeAdapter[Any](BucketMessage | Annotated[list[BucketMessage], Field(min_length=2)])
MESSAGES = TypeAdapter[Any](DirectMessagesMessage | Annotated[list[DirectMessagesMessage], Field(min_length=2)])
NOTIFICATIONS = TypeAdapter[Any](NotificationsMessage | Annotated[list[NotificationsMessage], Field(min_length=2)])
FRAMES = {
    "/ws/sync/": SYNC,
    "/ws/bucket/": BUCKET,
    "/ws/messages/": MESSAGES,
    "/ws/notifications/": NOTIFICATIONS,
}
DATA = {kind: TypeAdapter[Any](data) for kind, data in DATA_OF_KIND.items()}
JSON = TypeAdapter[Any](Any)
ON_FEED_ONLY, ON_SCREENS_ONLY = {"cheer.mine"}, {"figures.changed"}


def read_frame(text: str | bytes, path: str) -> list[Json]:
    """Return the messages of a frame from the socket at `path`, after checking each."""
    frame_of = FRAMES.get(path.partition("?")[0], FEED)
    frame_of.validate_json(text, strict=True, extra="forbid")
    frame = JSON.validate_json(text)
    messages: list[Json] = frame if isinstance(frame, list) else [frame]
    if frame_of is FEED:
        for message in messages:
            check_feed_message(message, on_screen=path.startswith("/ws/screens/"))
    return messages


def check_feed_message(message: Json, *, on_screen: bool) -> None:
    assert message["type"] not in (ON_FEED_ONLY if on_screen else ON_SCREENS_ONLY), message
    entries = message.get("entries", [message["entry"]] if "entry" in message else [])
    for entry in entries:
        if "removed" not in entry:
            check_entry(entry, on_screen=on_screen, in_hello=message["type"] == "hello")


def check_entry(entry: Json, *, on_screen: bool, in_hello: bool) -> None:
    DATA[entry["kind"]].validate_python(entry["data"], strict=True, extra="forbid")
    assert ("cheered" in entry) == (in_hello and not on_screen), entry
    if entry["athlete"]:
        assert ("id" in entry["athlete"]) != on_screen, entry
    if entry["kind"] == "parkrun":
        assert ("url" in entry["data"]) != on_screen, entry
        assert entry["athlete"] or not entry["data"].get("url"), entry
