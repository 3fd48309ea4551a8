"""Short turns of the event loop, whatever arrives at once: a thousand sockets that reconnect in the same moment must
not keep it from everybody else.

Two things make a turn long: epoll reports all sockets that can be read, and each of them is read before the loop turns
again; and everybody who has waited for the same is woken in one turn.
"""

import asyncio
import selectors
from collections.abc import AsyncIterator, Iterable
from typing import Any, TypeVar

T = TypeVar("T")

EVENTS_AT_ONCE = 8
"""A handshake takes a millisecond."""
WOKEN_AT_ONCE = 8
"""Each may begin with sending a long snapshot."""


class FewEvents:
    """An epoll object that reports a few events at a time. The kernel goes round: the next call gets the next ones."""

    def __init__(self, epoll: Any) -> None:
        self.epoll = epoll
        self.register, self.modify, self.unregister = epoll.register, epoll.modify, epoll.unregister
        self.close, self.fileno = epoll.close, epoll.fileno

    def poll(self, timeout: float | None, most: int) -> list[tuple[int, int]]:
        events: list[tuple[int, int]] = self.epoll.poll(timeout, min(most, EVENTS_AT_ONCE))
        return events


def take_few_events(loop: Any) -> None:
    """Have an event loop of asyncio read a few sockets a turn, where it stands on epoll."""
    stands_on_epoll = isinstance(loop._selector, getattr(selectors, "EpollSelector", ()))
    if stands_on_epoll:
        loop._selector._selector = FewEvents(loop._selector._selector)


async def few_at_a_time(items: Iterable[T]) -> AsyncIterator[T]:
    """For waking those who wait: the loop turns after every few."""
    for place, item in enumerate(items, start=1):
        yield item
        if place % WOKEN_AT_ONCE == 0:
            await asyncio.sleep(0)
