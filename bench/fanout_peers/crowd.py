"""Thousands of client sockets in one epoll loop, which measure when entries arrive.

While the loop listens, it reads bytes and notes the time. Frames are parsed afterwards, or when nothing arrives, so
that parsing does not slow the measurement down.
"""

import re
import select
import socket
import time
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from bench.fanout_peers.frames import CLOSE, PING, Frame, frames, pong
from bench.fanout_peers.publisher import Publisher

STAMPED = re.compile(rb'"n":(\d+),"sent":(\d+)')
PATIENCE_S, SILENCE_S, LONG_SILENCE_S = 60.0, 0.5, 3.0
"""How long to wait for answers, and after how long a silence listening ends: if all bytes have arrived, and if not."""
PARSE_EVERY_S = 20.0
"""How often frames are parsed: rarely, because parsing blocks reading, but pings must be answered within 30 s."""
CHUNK = 65_536


class Delivery(NamedTuple):
    """An entry that arrived at a client: its number, how long after it was sent, and when (monotonic clock)."""

    number: int
    after_ms: float
    at_ns: int


@dataclass(eq=False)
class Client:
    socket: socket.socket
    request: bytes
    sent: bool = False
    head: bytes = b""
    """The bytes of the HTTP answer that have arrived; after the handshake only its headers."""
    chunks: list[tuple[int, bytes]] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    other_messages: list[bytes] = field(default_factory=list)
    """Messages other than entries: hello, watching."""


def upgraded(answer: bytes) -> bool:
    return b"\r\n\r\n" in answer


def greeted(answer: bytes) -> bool:
    """Return whether the handshake and the first message have arrived in full."""
    _, _, rest = answer.partition(b"\r\n\r\n")
    return next(frames(rest), None) is not None


def is_whole_page(answer: bytes) -> bool:
    head, ended, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(ended and length and len(body) >= int(length[1]))


class Crowd:
    """The clients of one server."""

    def __init__(self, port: int, split: Callable[[bytes], Iterator[Frame]] = frames) -> None:
        self.port = port
        self.split = split
        """Yields the complete messages in a buffer."""
        self.poll = select.epoll()
        self.clients: dict[int, Client] = {}
        self.cut = 0

    def dial(self, requests: Sequence[bytes], answered: Callable[[bytes], bool], *, at_once: int) -> float:
        """Send all requests, `at_once` at a time, and return the seconds until all were answered."""
        began = time.monotonic()
        waiting, under_way = deque(requests), set[int]()
        while waiting or under_way:
            while waiting and len(under_way) < at_once:
                under_way.add(self.open(waiting.popleft()))
            for number, _ in self.poll.poll(1.0):
                if number in under_way and self.advance(self.clients[number], answered):
                    under_way.remove(number)
                elif number not in under_way:
                    self.read(self.clients[number])
            if time.monotonic() > began + PATIENCE_S:
                raise TimeoutError(f"{len(under_way) + len(waiting)} of {len(requests)} were not answered")
        return time.monotonic() - began

    def open(self, request: bytes) -> int:
        client = Client(socket.socket(), request)
        client.socket.setblocking(False)
        client.socket.connect_ex(("127.0.0.1", self.port))
        number = client.socket.fileno()
        self.clients[number] = client
        self.poll.register(number, select.EPOLLOUT)
        return number

    def advance(self, client: Client, answered: Callable[[bytes], bool]) -> bool:
        """Send a client's request, or read more of its answer. Return whether the answer is complete."""
        if not client.sent:
            client.socket.send(client.request)
            client.sent = True
            self.poll.modify(client.socket, select.EPOLLIN)
            return False
        data = client.socket.recv(CHUNK)
        if not data:
            raise ConnectionError(f"refused: {client.head[:200]!r}")
        client.head += data
        if not answered(client.head):
            return False
        client.head, _, rest = client.head.partition(b"\r\n\r\n")
        client.chunks.append((time.monotonic_ns(), rest))
        return True

    def listen(self, publisher: Publisher, least: int) -> None:
        """Read until the publisher is done and `least` bytes have arrived, or until nothing more arrives."""
        got, last, parsed_at = 0, time.monotonic(), time.monotonic()
        clients, now_ns, publisher_fd = self.clients, time.monotonic_ns, publisher.fileno()
        self.poll.register(publisher_fd, select.EPOLLIN)
        done_at = 0.0
        while True:
            events = self.poll.poll(0.1)
            for number, _ in events:
                if number == publisher_fd:
                    publisher.read_answer()
                    done_at = time.monotonic()
                    continue
                client = clients[number]
                if data := self.received(client):
                    client.chunks.append((now_ns(), data))
                    got += len(data)
            now = time.monotonic()
            last = now if events else last
            if done_at and (now - last > (SILENCE_S if got >= least else LONG_SILENCE_S) or now - done_at > PATIENCE_S):
                break
            if now - parsed_at > PARSE_EVERY_S and not events:
                self.parse_all()
                parsed_at = now
        self.poll.unregister(publisher_fd)
        self.parse_all()

    def received(self, client: Client) -> bytes:
        """Read from a client's socket. Return no bytes if the server has closed the connection."""
        data = b""
        with suppress(ConnectionError):
            data = client.socket.recv(CHUNK)
        if not data:
            self.cut += 1
            self.poll.unregister(client.socket)
        return data

    def read(self, client: Client) -> None:
        if data := self.received(client):
            client.chunks.append((time.monotonic_ns(), data))

    def rest(self, seconds: float) -> None:
        """Read for `seconds`, answering pings."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            for number, _ in self.poll.poll(left):
                self.read(self.clients[number])
            self.parse_all()

    def parse_all(self) -> None:
        for client in self.clients.values():
            if client.chunks:
                parse(client, self.split)

    def hang_up(self) -> None:
        for client in self.clients.values():
            client.socket.close()
        self.clients.clear()

    def close(self) -> None:
        self.hang_up()
        self.poll.close()


def parse(client: Client, split: Callable[[bytes], Iterator[Frame]]) -> None:
    """Parse what a client has read, and note for each entry when the last byte of its frame arrived."""
    buffer = b"".join(data for _, data in client.chunks)
    ends = list(accumulate(len(data) for _, data in client.chunks))
    done = 0
    for frame in split(buffer):
        done = frame.end
        at = client.chunks[bisect_left(ends, done)][0]
        if frame.opcode == PING:
            client.socket.send(pong(frame.payload))
        elif found := STAMPED.findall(frame.payload):
            client.deliveries += [Delivery(int(number), (at - int(sent)) / 1e6, at) for number, sent in found]
        elif frame.opcode != CLOSE:
            client.other_messages.append(frame.payload)
    rest = buffer[done:]
    client.chunks = [(client.chunks[-1][0], rest)] if rest else []
