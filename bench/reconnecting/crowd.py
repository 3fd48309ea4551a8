"""Many clients that connect at the same moment, in one epoll loop that reads until each has its first message."""

import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.fanout_peers.frames import frames

PATIENCE_S = 120.0
CHUNK = 2**18
LONGEST_HEAD = 10
"""The longest frame header: two bytes, and eight for the length."""


@dataclass(eq=False)
class Dialled:
    """A client that has connected or is connecting."""

    socket: socket.socket
    request: bytes
    is_sent: bool = False
    chunks: list[bytes] = field(default_factory=list)
    missing: int | None = None
    """How many bytes of the first message have not arrived; None until its length is known."""
    took_s: float = 0.0

    def take(self, data: bytes) -> bool:
        """Add received bytes and return whether the first message is complete."""
        self.chunks.append(data)
        if self.missing is not None:
            self.missing -= len(data)
        else:
            self.missing = missing_of(b"".join(self.chunks))
        return self.missing is not None and self.missing <= 0

    @property
    def hello(self) -> bytes:
        _, _, rest = b"".join(self.chunks).partition(b"\r\n\r\n")
        return next(frames(rest)).payload


def missing_of(answer: bytes) -> int | None:
    """Return how many bytes of the first message after the handshake are missing; None if its length is unknown."""
    _, upgraded, rest = answer.partition(b"\r\n\r\n")
    if not upgraded or len(rest) < LONGEST_HEAD:
        return None
    width = {126: 2, 127: 8}.get(rest[1], 0)
    length = int.from_bytes(rest[2 : 2 + width], "big") if width else rest[1]
    return 2 + width + length - len(rest)


def dial_all(port: int, requests: Sequence[bytes]) -> list[Dialled]:
    """Connect all clients at once, and note how long each waits for its first message. The sockets stay open."""
    poll = select.epoll()
    waiting: dict[int, Dialled] = {}
    began = time.monotonic()
    for request in requests:
        one = Dialled(socket.socket(), request)
        one.socket.setblocking(False)
        one.socket.connect_ex(("127.0.0.1", port))
        waiting[one.socket.fileno()] = one
        poll.register(one.socket, select.EPOLLOUT)
    sockets = list(waiting.values())
    while waiting:
        for number, _ in poll.poll(1.0):
            if advance(waiting[number], poll):
                waiting.pop(number).took_s = time.monotonic() - began
                poll.unregister(number)
        if time.monotonic() > began + PATIENCE_S:
            raise TimeoutError(f"{len(waiting)} of {len(requests)} got no hello")
    poll.close()
    return sockets


def advance(one: Dialled, poll: select.epoll) -> bool:
    """Send a client's request, or read more of the answer. Return whether its first message is complete."""
    if not one.is_sent:
        one.socket.send(one.request)
        one.is_sent = True
        poll.modify(one.socket, select.EPOLLIN)
        return False
    data = one.socket.recv(CHUNK)
    if not data:
        raise ConnectionError(f"closed: {b''.join(one.chunks)[:200]!r}")
    return one.take(data)
