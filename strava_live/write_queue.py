"""Writes of this process queue here, before they take a database connection or a thread.

A write names the rows that it will lock: an athlete, and the clubs it writes to. Of the writes that share a key one
runs at a time, so a row that is locked from elsewhere holds one connection of this process and not all of them. And at
most `most` writes run at once, whatever they lock, so that pages and sockets always find a connection.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import Future
from contextlib import asynccontextmanager

from django.conf import settings
from django.db import OperationalError

WRITERS_AT_ONCE = 3
SIGNED_OUT_WRITERS_AT_ONCE = 2


class WriteQueueTimeout(OperationalError):
    """The write has not begun: those before it took too long."""


class Turn:
    """One write's place in the queue, from `WriteQueue.ask` to `leave`."""

    __slots__ = ("granted", "keys", "queue")

    def __init__(self, queue: "WriteQueue", keys: frozenset[str]) -> None:
        self.queue, self.keys = queue, keys
        self.granted: Future[None] = Future()

    @property
    def is_granted(self) -> bool:
        return self.granted.done()

    def wait(self) -> None:
        """Block this thread until the write may run. Raise WriteQueueTimeout after settings.WRITE_PATIENCE_S."""
        try:
            self.granted.result(settings.WRITE_PATIENCE_S)
        except TimeoutError:
            raise WriteQueueTimeout("Other writes took too long.") from None

    async def wait_here(self) -> None:
        """Wait like `wait`, in the event loop and without a thread."""
        if not self.is_granted:
            # Neither a timeout nor a cancellation of asyncio.wait cancels the future, which belongs to the queue.
            await asyncio.wait([asyncio.wrap_future(self.granted)], timeout=settings.WRITE_PATIENCE_S)
        if not self.is_granted:
            raise WriteQueueTimeout("Other writes took too long.")

    def leave(self) -> None:
        """Let the next write run. May be called more than once."""
        self.queue.end(self)


class WriteQueue:
    """Shared by request threads and the event loop."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.lock = threading.Lock()
        self.waiting: list[Turn] = []
        self.running: set[Turn] = set()

    def ask(self, keys: Iterable[str]) -> Turn:
        turn = Turn(self, frozenset(keys))
        with self.lock:
            self.waiting.append(turn)
            self.grant()
        return turn

    @asynccontextmanager
    async def turn(self, keys: Iterable[str]) -> AsyncIterator[None]:
        turn = self.ask(keys)
        try:
            await turn.wait_here()
            yield
        finally:
            turn.leave()

    def end(self, turn: Turn) -> None:
        with self.lock:
            if turn in self.running:
                self.running.remove(turn)
            elif turn in self.waiting:
                self.waiting.remove(turn)
            self.grant()

    def grant(self) -> None:
        """Start the oldest writes whose keys are all free. A write gets all of its keys at once, so that none holds one
        club while it waits for another."""
        for turn in tuple(self.waiting):
            if len(self.running) >= self.most:
                return
            if all(turn.keys.isdisjoint(other.keys) for other in self.running):
                self.waiting.remove(turn)
                self.running.add(turn)
                turn.granted.set_result(None)


writers = WriteQueue(WRITERS_AT_ONCE)
signed_out_writers = WriteQueue(SIGNED_OUT_WRITERS_AT_ONCE)
"""Sign-ins and sign-ups, which lock no club: however many there are, members' writes do not wait for them."""


def athlete_key(user_id: int) -> str:
    return f"athlete.{user_id}"


def club_key(slug: str) -> str:
    return f"club.{slug}"
