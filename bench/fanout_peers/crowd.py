"""Thousands of sockets in one loop of epoll. While it listens it only reads and notes the time: frames are taken apart
afterwards, so that the client is not what is measured."""

import re
import select
import socket
import time
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from bench.fanout_peers.frames import CLOSE, PING, frames, pong
from bench.fanout_peers.publisher import Publisher

STAMPED = re.compile(rb'"n":(\d+),"sent":(\d+)')
PATIENCE_S, SILENCE_S, LONG_SILENCE_S = 60.0, 0.5, 3.0
TAKE_APART_S = 20.0  # seldom, for nobody is heard meanwhile; but pings wait for their answer no longer than 30
CHUNK = 65_536


class Heard(NamedTuple):
    number: int
    after_ms: float
    at_ns: int


@dataclass(eq=False)
class Line:
    socket: socket.socket
    request: bytes
    sent: bool = False
    head: bytes = b""
    """The answer to the handshake, or a page."""
    chunks: list[tuple[int, bytes]] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    said: list[bytes] = field(default_factory=list)
    """What else came than entries: hello, watching."""


def upgraded(answer: bytes) -> bool:
    return b"\r\n\r\n" in answer


def greeted(answer: bytes) -> bool:
    """Upgraded, and the first message is there in full."""
    _, _, rest = answer.partition(b"\r\n\r\n")
    return next(frames(rest), None) is not None


def page_is_there(answer: bytes) -> bool:
    head, ended, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(ended and length and len(body) >= int(length[1]))


class Crowd:
    def __init__(self, port: int) -> None:
        self.port = port
        self.poll = select.epoll()
        self.lines: dict[int, Line] = {}
        self.cut = 0

    def dial(self, requests: Sequence[bytes], answered: Callable[[bytes], bool], *, at_once: int) -> float:
        """Seconds until all have been answered, with so many under way at a time."""
        began = time.monotonic()
        waiting, under_way = deque(requests), set[int]()
        while waiting or under_way:
            while waiting and len(under_way) < at_once:
                under_way.add(self.open(waiting.popleft()))
            for number, _ in self.poll.poll(1.0):
                if number in under_way and self.goes_on(self.lines[number], answered):
                    under_way.remove(number)
                elif number not in under_way:
                    self.read(self.lines[number])
            if time.monotonic() > began + PATIENCE_S:
                raise TimeoutError(f"{len(under_way) + len(waiting)} of {len(requests)} were not answered")
        return time.monotonic() - began

    def open(self, request: bytes) -> int:
        line = Line(socket.socket(), request)
        line.socket.setblocking(False)
        line.socket.connect_ex(("127.0.0.1", self.port))
        number = line.socket.fileno()
        self.lines[number] = line
        self.poll.register(number, select.EPOLLOUT)
        return number

    def goes_on(self, line: Line, answered: Callable[[bytes], bool]) -> bool:
        """One step of a dial; true when it is answered."""
        if not line.sent:
            line.socket.send(line.request)
            line.sent = True
            self.poll.modify(line.socket, select.EPOLLIN)
            return False
        data = line.socket.recv(CHUNK)
        if not data:
            raise ConnectionError(f"refused: {line.head[:200]!r}")
        line.head += data
        if not answered(line.head):
            return False
        line.head, _, rest = line.head.partition(b"\r\n\r\n")
        line.chunks.append((time.monotonic_ns(), rest))
        return True

    def listen(self, publisher: Publisher, least: int) -> None:
        """Until the publisher is done and so many bytes have come, or nothing comes any more."""
        got, last, taken_apart = 0, time.monotonic(), time.monotonic()
        lines, now_ns, told = self.lines, time.monotonic_ns, publisher.fileno()
        self.poll.register(told, select.EPOLLIN)
        done_at = 0.0
        while True:
            events = self.poll.poll(0.1)
            for number, _ in events:
                if number == told:
                    publisher.hear()
                    done_at = time.monotonic()
                    continue
                line = lines[number]
                if data := self.received(line):
                    line.chunks.append((now_ns(), data))
                    got += len(data)
            now = time.monotonic()
            last = now if events else last
            if done_at and (now - last > (SILENCE_S if got >= least else LONG_SILENCE_S) or now - done_at > PATIENCE_S):
                break
            if now - taken_apart > TAKE_APART_S and not events:
                self.take_apart()
                taken_apart = now
        self.poll.unregister(told)
        self.take_apart()

    def received(self, line: Line) -> bytes:
        """What came; nothing when the server has cut the line."""
        data = b""
        with suppress(ConnectionError):
            data = line.socket.recv(CHUNK)
        if not data:
            self.cut += 1
            self.poll.unregister(line.socket)
        return data

    def read(self, line: Line) -> None:
        if data := self.received(line):
            line.chunks.append((time.monotonic_ns(), data))

    def rest(self, seconds: float) -> None:
        """Listen to nothing in particular, answering pings."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            for number, _ in self.poll.poll(left):
                self.read(self.lines[number])
            self.take_apart()

    def take_apart(self) -> None:
        for line in self.lines.values():
            if line.chunks:
                take_apart(line)

    def hang_up(self) -> None:
        for line in self.lines.values():
            line.socket.close()
        self.lines.clear()

    def close(self) -> None:
        self.hang_up()
        self.poll.close()


def take_apart(line: Line) -> None:
    """Notes each entry with the time at which the last byte of its frame was read."""
    buffer = b"".join(data for _, data in line.chunks)
    ends = list(accumulate(len(data) for _, data in line.chunks))
    done = 0
    for frame in frames(buffer):
        done = frame.end
        at = line.chunks[bisect_left(ends, done)][0]
        if frame.opcode == PING:
            line.socket.send(pong(frame.payload))
        elif found := STAMPED.findall(frame.payload):
            line.heard += [Heard(int(number), (at - int(sent)) / 1e6, at) for number, sent in found]
        elif frame.opcode != CLOSE:
            line.said.append(frame.payload)
    rest = buffer[done:]
    line.chunks = [(line.chunks[-1][0], rest)] if rest else []
