"""Many sockets that dial at the same moment, in one loop of epoll. Only bytes are counted while they wait."""

import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.fanout_peers.frames import frames

PATIENCE_S = 120.0
CHUNK = 2**18
LONGEST_HEAD = 10
"""Of a frame: two bytes, and eight for the length."""


@dataclass(eq=False)
class Dialled:
    socket: socket.socket
    request: bytes
    is_sent: bool = False
    chunks: list[bytes] = field(default_factory=list)
    missing: int | None = None
    """Bytes of the first frame that have not come yet; None before its length is known."""
    took_s: float = 0.0

    def take(self, data: bytes) -> bool:
        """Whether the first frame is there in full."""
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
    """Bytes that the first frame after the handshake still lacks."""
    _, upgraded, rest = answer.partition(b"\r\n\r\n")
    if not upgraded or len(rest) < LONGEST_HEAD:
        return None
    width = {126: 2, 127: 8}.get(rest[1], 0)
    length = int.from_bytes(rest[2 : 2 + width], "big") if width else rest[1]
    return 2 + width + length - len(rest)


def dial_all(port: int, requests: Sequence[bytes]) -> list[Dialled]:
    """All at once; each with the time until its first message was there. They stay open."""
    poll = select.epoll()
    waiting: dict[int, Dialled] = {}
    began = time.monotonic()
    for request in requests:
        one = Dialled(socket.socket(), request)
        one.socket.setblocking(False)
        one.socket.connect_ex(("127.0.0.1", port))
        waiting[one.socket.fileno()] = one
        poll.register(one.socket, select.EPOLLOUT)
    everybody = list(waiting.values())
    while waiting:
        for number, _ in poll.poll(1.0):
            if goes_on(waiting[number], poll):
                waiting.pop(number).took_s = time.monotonic() - began
                poll.unregister(number)
        if time.monotonic() > began + PATIENCE_S:
            raise TimeoutError(f"{len(waiting)} of {len(requests)} got no hello")
    poll.close()
    return everybody


def goes_on(one: Dialled, poll: select.epoll) -> bool:
    """One step of a dial; true when the first message is there."""
    if not one.is_sent:
        one.socket.send(one.request)
        one.is_sent = True
        poll.modify(one.socket, select.EPOLLIN)
        return False
    data = one.socket.recv(CHUNK)
    if not data:
        raise ConnectionError(f"closed: {b''.join(one.chunks)[:200]!r}")
    return one.take(data)
