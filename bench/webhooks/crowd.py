"""Thousands of open sockets of members and walls, in a process of their own with one epoll loop.

While the process listens, it reads bytes, notes the time, and answers pings every few seconds. Messages are parsed at
the end, so that parsing does not slow the measurement down.
"""

import json
import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from bench.fanout_peers.frames import CLOSE, PING, TEXT, frames, pong

CHUNK = 65_536
AT_ONCE = 100
"""How many sockets are connecting at the same time."""
PATIENCE_S = 120.0
PONG_EVERY_S = 10.0
"""How often pings are answered. The site allows 30 seconds."""


class Address(NamedTuple):
    """Where a socket connects: a port, and the bytes of its handshake."""

    port: int
    handshake: bytes


class Heard(NamedTuple):
    """A message that a socket has got, and when (epoch seconds)."""

    socket: int
    at: float
    message: dict[str, Any]


@dataclass(eq=False)
class Client:
    socket: socket.socket
    address: Address
    is_sent: bool = False
    chunks: list[tuple[float, bytes]] = field(default_factory=list)
    answered: int = 0
    """How many of the bytes were already searched for pings."""
    is_cut: bool = False

    @property
    def received(self) -> bytes:
        return b"".join(data for _, data in self.chunks)

    @property
    def frames_begin(self) -> int:
        return self.received.find(b"\r\n\r\n") + 4

    def has_hello(self) -> bool:
        return b"\r\n\r\n" in self.received and next(frames(self.received[self.frames_begin :]), None) is not None


class CrowdProcess:
    """The sockets in a process of their own."""

    def __init__(self, addresses: Sequence[Address]) -> None:
        self.pipe, there = Pipe()
        self.process = Process(target=follow, args=(addresses, there), daemon=True)
        self.process.start()
        there.close()
        assert self.pipe.recv() == "connected"

    def stop(self) -> tuple[list[Heard], int]:
        """Return all messages about entries, and how many sockets the site has closed."""
        self.pipe.send("stop")
        heard: list[Heard] = []
        while batch := self.pipe.recv():
            heard += batch
        cut = int(self.pipe.recv())
        self.process.join()
        return heard, cut


def follow(addresses: Sequence[Address], pipe: Connection) -> None:
    """Connect all sockets, listen until the other end of the pipe says stop, and send what they have got."""
    poll = select.epoll()
    clients = connect_all(addresses, poll)
    pipe.send("connected")
    listen(clients, poll, pipe)
    for number, client in enumerate(clients.values()):
        if heard := messages_of(number, client):
            pipe.send(heard)
    pipe.send([])
    pipe.send(sum(client.is_cut for client in clients.values()))


def connect_all(addresses: Sequence[Address], poll: select.epoll) -> dict[int, Client]:
    clients: dict[int, Client] = {}
    waiting, left = set[int](), list(reversed(addresses))
    deadline = time.monotonic() + PATIENCE_S
    while waiting or left:
        while left and len(waiting) < AT_ONCE:
            address = left.pop()
            client = Client(socket.socket(), address)
            client.socket.setblocking(False)
            client.socket.connect_ex(("127.0.0.1", address.port))
            clients[client.socket.fileno()] = client
            waiting.add(client.socket.fileno())
            poll.register(client.socket, select.EPOLLOUT)
        for number, _ in poll.poll(1.0):
            client = clients[number]
            if not client.is_sent:
                client.socket.send(client.address.handshake)
                client.is_sent = True
                poll.modify(client.socket, select.EPOLLIN)
                continue
            read(client, poll)
            if client.is_cut:
                raise ConnectionError(f"refused: {client.received[:300]!r}")
            if number in waiting and client.has_hello():
                waiting.remove(number)
        if time.monotonic() > deadline:
            raise TimeoutError(f"{len(waiting) + len(left)} of {len(addresses)} sockets got no hello")
    return clients


def listen(clients: dict[int, Client], poll: select.epoll, pipe: Connection) -> None:
    poll.register(pipe, select.EPOLLIN)
    pongs_at = time.monotonic() + PONG_EVERY_S
    while True:
        for number, _ in poll.poll(1.0):
            if number == pipe.fileno():
                return
            read(clients[number], poll)
        if time.monotonic() > pongs_at:
            for client in clients.values():
                answer_pings(client)
            pongs_at = time.monotonic() + PONG_EVERY_S


def read(client: Client, poll: select.epoll) -> None:
    try:
        data = client.socket.recv(CHUNK)
    except BlockingIOError:
        return
    except OSError:
        data = b""
    if data:
        client.chunks.append((time.time(), data))
    else:
        client.is_cut = True
        poll.unregister(client.socket)


def answer_pings(client: Client) -> None:
    received = client.received
    client.answered = client.answered or client.frames_begin
    at = client.answered
    for frame in frames(received[at:]):
        client.answered = at + frame.end
        if frame.opcode == PING and not client.is_cut:
            client.socket.send(pong(frame.payload))


def messages_of(number: int, client: Client) -> list[Heard]:
    """Return the messages about entries that a socket has got, each with the time at which it was complete."""
    heard: list[Heard] = []
    begin, received = client.frames_begin, client.received
    ends = list(accumulate(len(data) for _, data in client.chunks))
    chunk = 0
    for frame in frames(received[begin:]):
        while ends[chunk] < begin + frame.end:
            chunk += 1
        if frame.opcode == CLOSE:
            client.is_cut = True
        if frame.opcode == TEXT:
            content, at = json.loads(frame.payload), client.chunks[chunk][0]
            messages = content if isinstance(content, list) else [content]
            heard += [Heard(number, at, message) for message in messages if message["type"].startswith("entry.")]
    return heard
