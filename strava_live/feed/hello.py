"""Encode `hello`, the first message on a club's sockets, once for all connections that get the same entries."""

from collections.abc import Sequence
from dataclasses import dataclass

from strava_live.protocol import FeedHello, WatchingShape, compact


@dataclass(frozen=True, slots=True, eq=False)
class EncodedHello:
    """A `hello` message as JSON in UTF-8, in parts. Each entry is one part, so that several messages can share it."""

    epoch: str
    seq: int
    head: bytes
    """The JSON before the first entry."""
    entries: Sequence[bytes]
    tail: bytes
    """The JSON between the last entry and the value of `watching`."""

    def payload(self, watching: WatchingShape) -> bytes:
        """Return the whole message. `watching` is the last field, because it changes while the rest is shared."""
        parts = (self.head, b",".join(self.entries), self.tail, compact(watching).encode(), b"}")
        return b"".join(parts)


def encode_hello(hello: FeedHello, entries: Sequence[bytes]) -> EncodedHello:
    """Encode a `hello` with these entries, which are already encoded, in place of its own list of entries."""
    fields = {name: f'"{name}":{compact(value)}' for name, value in hello.wire().items()}
    names = list(fields)
    index = names.index("entries")
    before, after = names[:index], names[index + 1 : names.index("watching")]
    head = ",".join([*(fields[name] for name in before), '"entries":['])
    tail = ",".join(["]", *(fields[name] for name in after), '"watching":'])
    return EncodedHello(hello.epoch, hello.seq, f"{{{head}".encode(), entries, tail.encode())
