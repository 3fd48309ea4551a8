"""A queue in which the writes of this process wait, without a database connection, until they may run.

A write is a function that locks the row of an athlete, of an inbox or of clubs. Its keys name these rows
(`athlete_key`, `inbox_key`, `club_key`). Two rules keep connections free for pages and sockets that only read:

- Writes with a key in common run one after the other. So if another process has locked a row, only one write of this
  process waits for that lock with a connection; the others wait in the queue.
- At most `limit` writes run at once.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import Future
from contextlib import asynccontextmanager

from django.conf import settings
from django.db import OperationalError

WRITERS_AT_ONCE = 3
"""The most writes of signed-in people that run at once in this process."""
SIGNED_OUT_WRITERS_AT_ONCE = 2
"""The most writes of signed-out people, such as sign-ins, that run at once in this process."""


class WriteQueueTimeout(OperationalError):
    """The write has waited settings.WRITE_PATIENCE_S seconds in the queue, and was not started."""


class Ticket:
    """One write in the queue, from `WriteQueue.enqueue` until `release`. It is granted when the write may run."""

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
        """Wait like `wait`, but in a coroutine, without blocking the event loop."""
        if not self.is_granted:
            # Neither a timeout nor a cancellation of asyncio.wait cancels the future, which belongs to the queue.
            await asyncio.wait([asyncio.wrap_future(self.granted)], timeout=settings.WRITE_PATIENCE_S)
        if not self.is_granted:
            raise WriteQueueTimeout("Other writes took too long.")

    def release(self) -> None:
        """Leave the queue, so that the next write may run. A second call does nothing."""
        self.queue.remove(self)


class WriteQueue:
    """A queue of writes, used by the threads of requests and by the event loop at the same time."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.lock = threading.Lock()
        self.waiting: list[Ticket] = []
        self.running: set[Ticket] = set()

    def enqueue(self, keys: Iterable[str]) -> Ticket:
        """Add a write with these keys to the queue. The caller waits for the ticket, and releases it in the end."""
        ticket = Ticket(self, frozenset(keys))
        with self.lock:
            self.waiting.append(ticket)
            self.grant_next()
        return ticket

    @asynccontextmanager
    async def slot(self, keys: Iterable[str]) -> AsyncIterator[None]:
        """Wait until a write with these keys may run. Other writes with one of the keys wait until the block ends."""
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
        """Grant tickets, oldest first, if no running write uses one of their keys. The caller holds `self.lock`.

        A write waits until all of its keys are free, so that it does not keep one club busy while it waits for another.
        """
        for ticket in tuple(self.waiting):
            if len(self.running) >= self.limit:
                return
            if all(ticket.keys.isdisjoint(other.keys) for other in self.running):
                self.waiting.remove(ticket)
                self.running.add(ticket)
                ticket.granted.set_result(None)


writers = WriteQueue(WRITERS_AT_ONCE)
"""The queue of writes of signed-in people."""
signed_out_writers = WriteQueue(SIGNED_OUT_WRITERS_AT_ONCE)
"""The queue of writes of signed-out people, such as sign-ins. It is separate, so that members do not wait for them."""


def athlete_key(user_id: int) -> str:
    """Return the key of writes that lock this athlete."""
    return f"athlete.{user_id}"


def inbox_key(user_id: int) -> str:
    """Return the key of writes that lock the inbox of this person."""
    return f"inbox.{user_id}"


def club_key(slug: str) -> str:
    """Return the key of writes that lock this club."""
    return f"club.{slug}"
