"""The `hello` of a club's sockets, encoded once for all connections that get the same entries."""

from collections.abc import Sequence
from dataclasses import dataclass

from strava_live.protocol import FeedHello, Json, compact


@dataclass(frozen=True, slots=True, eq=False)
class EncodedHello:
    """UTF-8 in parts, so that connections whose entries differ in a few share all the others."""

    epoch: str
    seq: int
    head: bytes
    entries: Sequence[bytes]
    tail: bytes

    def payload(self, watching: Json) -> bytes:
        """The whole message. Who is watching differs from moment to moment, and is its last field."""
        parts = (self.head, b",".join(self.entries), self.tail, compact(watching).encode(), b"}")
        return b"".join(parts)


def encode_hello(hello: FeedHello, entries: Sequence[bytes]) -> EncodedHello:
    """With `entries` in place of those of `hello`, each encoded already."""
    fields = {name: f'"{name}":{compact(value)}' for name, value in hello.wire().items()}
    names = list(fields)
    place = names.index("entries")
    before, after = names[:place], names[place + 1 : names.index("watching")]
    head = ",".join([*(fields[name] for name in before), '"entries":['])
    tail = ",".join(["]", *(fields[name] for name in after), '"watching":'])
    return EncodedHello(hello.epoch, hello.seq, f"{{{head}".encode(), entries, tail.encode())
