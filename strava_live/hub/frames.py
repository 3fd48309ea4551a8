"""WebSocket text frames. Each is encoded once, and the same bytes are sent to many sockets."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from strava_live.hub.event_streams import EncodedEvents

FRAME_TEXT_LIMIT = 128 * 1024
"""The most characters of messages that `pack` puts into one frame, unless a single message is longer.

Many clients refuse frames of more than a mebibyte. A frame within the limit has about half of that at most, even with
four bytes a character."""


class Frame:
    """One text frame: as finished bytes for our own server, and as text for servers that encode frames themselves."""

    __slots__ = ("encoded", "events", "known_text")

    def __init__(self, text: str | bytes) -> None:
        """Encode a text, which may be given as UTF-8 bytes."""
        self.known_text = text if isinstance(text, str) else None
        self.encoded = encode(text.encode() if isinstance(text, str) else text)
        self.events: EncodedEvents | None = None
        """The frame as it was last sent to an event stream (hub.event_streams); None if it was not."""

    @property
    def text(self) -> str:
        if self.known_text is None:
            self.known_text = payload_of(self.encoded).decode()
        return self.known_text


def encode(payload: bytes) -> bytes:
    """Return an unfragmented, unmasked text frame (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        head = bytes((0x81, size))
    elif size < 2**16:
        head = b"\x81\x7e" + size.to_bytes(2, "big")
    else:
        head = b"\x81\x7f" + size.to_bytes(8, "big")
    return head + payload


def payload_of(frame: bytes) -> bytes:
    """Return the payload of a frame that `encode` has made."""
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :]


def pack(messages: Sequence[str]) -> list[Frame]:
    """Pack JSON messages into one frame, or into several if together they exceed FRAME_TEXT_LIMIT characters."""
    frames: list[Frame] = []
    packed: list[str] = []
    size = 0
    for message in messages:
        if packed and size + len(message) > FRAME_TEXT_LIMIT:
            frames.append(Frame(join(packed)))
            packed, size = [], 0
        packed.append(message)
        size += len(message)
    if packed:
        frames.append(Frame(join(packed)))
    return frames


def join(messages: Sequence[str]) -> str:
    """Return one JSON message as it is, and several as a JSON array."""
    return messages[0] if len(messages) == 1 else f"[{','.join(messages)}]"
