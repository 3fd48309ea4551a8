"""Queue the writes of this process before they take a database connection or a thread.

A write names as keys the rows it will lock: an athlete, and the clubs it writes to. Writes that share a key run one at
a time, so a row that another process has locked blocks one connection of this process and not all of them. And at most
`limit` writes run at once, whatever they lock, so that pages and sockets always find a connection.
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
    """The write was not started, because the writes before it took too long."""


class Ticket:
    """One write's place in the queue, from `WriteQueue.enqueue` to `release`."""

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

    async def wait_async(self) -> None:
        """Do the same in the event loop, without blocking a thread."""
        if not self.is_granted:
            # Neither a timeout nor a cancellation of asyncio.wait cancels the future, which belongs to the queue.
            await asyncio.wait([asyncio.wrap_future(self.granted)], timeout=settings.WRITE_PATIENCE_S)
        if not self.is_granted:
            raise WriteQueueTimeout("Other writes took too long.")

    def release(self) -> None:
        """Leave the queue and let the next write run. Calling it again does nothing."""
        self.queue.remove(self)


class WriteQueue:
    """Used by request threads and the event loop alike."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.lock = threading.Lock()
        self.waiting: list[Ticket] = []
        self.running: set[Ticket] = set()

    def enqueue(self, keys: Iterable[str]) -> Ticket:
        ticket = Ticket(self, frozenset(keys))
        with self.lock:
            self.waiting.append(ticket)
            self.grant_next()
        return ticket

    @asynccontextmanager
    async def slot(self, keys: Iterable[str]) -> AsyncIterator[None]:
        """Wait until a write with these keys may run, and keep the keys in use for the block."""
        ticket = self.enqueue(keys)
        try:
            await ticket.wait_async()
            yield
        finally:
            ticket.release()

    def remove(self, ticket: Ticket) -> None:
        with self.lock:
            if ticket in self.running:
                self.running.remove(ticket)
            elif ticket in self.waiting:
                self.waiting.remove(ticket)
            self.grant_next()

    def grant_next(self) -> None:
        """Grant the oldest tickets whose keys are all free. The caller holds the lock.

        A write gets all of its keys at once, so that it does not hold one club while it waits for another.
        """
        for ticket in tuple(self.waiting):
            if len(self.running) >= self.limit:
                return
            if all(ticket.keys.isdisjoint(other.keys) for other in self.running):
                self.waiting.remove(ticket)
                self.running.add(ticket)
                ticket.granted.set_result(None)


writers = WriteQueue(WRITERS_AT_ONCE)
signed_out_writers = WriteQueue(SIGNED_OUT_WRITERS_AT_ONCE)
"""For sign-ins and sign-ups, which lock no club. However many there are, members' writes do not wait for them."""


def athlete_key(user_id: int) -> str:
    return f"athlete.{user_id}"


def club_key(slug: str) -> str:
    return f"club.{slug}"
