"""A text frame as it stands on the wire, finished once for however many sockets it goes to."""

from collections.abc import Sequence

LARGEST_TEXT = 128 * 1024
"""What is gathered goes into frames of about this size: many clients take none above a mebibyte."""


class Frame:
    """The finished frame for our server, and the text for servers that frame it themselves."""

    __slots__ = ("finished", "known_text")

    def __init__(self, text: str | bytes) -> None:
        """From bytes of UTF-8, the text is decoded when a server asks for it."""
        self.known_text = text if isinstance(text, str) else None
        self.finished = finished(text.encode() if isinstance(text, str) else text)

    @property
    def text(self) -> str:
        if self.known_text is None:
            self.known_text = payload_of(self.finished).decode()
        return self.known_text


def finished(payload: bytes) -> bytes:
    """As a server sends it: in one piece and unmasked (RFC 6455, 5.2), so the same bytes serve every socket."""
    size = len(payload)
    if size < 126:
        head = bytes((0x81, size))
    elif size < 2**16:
        head = b"\x81\x7e" + size.to_bytes(2, "big")
    else:
        head = b"\x81\x7f" + size.to_bytes(8, "big")
    return head + payload


def payload_of(frame: bytes) -> bytes:
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :]


def gathered(messages: Sequence[str]) -> list[Frame]:
    """One message as it is, several in one array; in more than one frame only where that would be very long."""
    frames: list[Frame] = []
    held: list[str] = []
    size = 0
    for message in messages:
        if held and size + len(message) > LARGEST_TEXT:
            frames.append(Frame(together(held)))
            held, size = [], 0
        held.append(message)
        size += len(message)
    if held:
        frames.append(Frame(together(held)))
    return frames


def together(messages: Sequence[str]) -> str:
    return messages[0] if len(messages) == 1 else f"[{','.join(messages)}]"
