"""The `hello` of a club's sockets, encoded once for all connections that get the same entries."""

from collections.abc import Sequence
from dataclasses import dataclass

from strava_live.protocol import FeedHello, WatchingShape, compact


@dataclass(frozen=True, slots=True, eq=False)
class EncodedHello:
    """A hello as UTF-8 in parts. Each entry is a part, so that hellos with most entries in common share those."""

    epoch: str
    seq: int
    head: bytes
    entries: Sequence[bytes]
    tail: bytes

    def payload(self, watching: WatchingShape) -> bytes:
        """Return the whole message. `watching` is its last field, because it changes with every connection."""
        parts = (self.head, b",".join(self.entries), self.tail, compact(watching).encode(), b"}")
        return b"".join(parts)


def encode_hello(hello: FeedHello, entries: Sequence[bytes]) -> EncodedHello:
    """Encode a hello with `entries`, which are encoded already, in place of its own."""
    fields = {name: f'"{name}":{compact(value)}' for name, value in hello.wire().items()}
    names = list(fields)
    place = names.index("entries")
    before, after = names[:place], names[place + 1 : names.index("watching")]
    head = ",".join([*(fields[name] for name in before), '"entries":['])
    tail = ",".join(["]", *(fields[name] for name in after), '"watching":'])
    return EncodedHello(hello.epoch, hello.seq, f"{{{head}".encode(), entries, tail.encode())
