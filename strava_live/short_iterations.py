"""Keep each iteration of the event loop short, so that a thousand reconnecting sockets do not delay all others.

Two things make an iteration long. First, epoll reports every readable socket, and asyncio reads all of them before the
next iteration: `limit_events_per_iteration` prevents that. Second, code that wakes a thousand coroutines in a loop
makes all of them run in the next iteration: `paced` spreads such a loop over several.
"""

import asyncio
import selectors
from collections.abc import AsyncIterator, Iterable
from typing import Any, TypeVar

T = TypeVar("T")

EVENTS_PER_ITERATION = 8
"""Socket events handled in one iteration. An event may be a handshake, which takes about a millisecond."""
ITEMS_PER_ITERATION = 8
"""Items that `paced` yields in one iteration. An item may wake a coroutine that sends a long snapshot."""


class LimitedEpoll:
    """An epoll object that reports a few events in each call. The kernel reports the others in the next call."""

    def __init__(self, epoll: Any) -> None:
        self.epoll = epoll
        self.register, self.modify, self.unregister = epoll.register, epoll.modify, epoll.unregister
        self.close, self.fileno = epoll.close, epoll.fileno

    def poll(self, timeout: float | None, max_events: int) -> list[tuple[int, int]]:
        events: list[tuple[int, int]] = self.epoll.poll(timeout, min(max_events, EVENTS_PER_ITERATION))
        return events


def limit_events_per_iteration(loop: Any) -> None:
    """Make an asyncio event loop handle few socket events in each iteration. Does nothing without epoll."""
    uses_epoll = isinstance(loop._selector, getattr(selectors, "EpollSelector", ()))
    if uses_epoll:
        loop._selector._selector = LimitedEpoll(loop._selector._selector)


async def paced(items: Iterable[T]) -> AsyncIterator[T]:
    """Iterate over items, and let the event loop run after every few of them."""
    for number, item in enumerate(items, start=1):
        yield item
        if number % ITEMS_PER_ITERATION == 0:
            await asyncio.sleep(0)
