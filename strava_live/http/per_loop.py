"""One connection pool per event loop, opened at first use and closed when the loop ends.

The pools of httpx and redis-py belong to the loop that opened their sockets. A pool that several loops share fails with
"Event loop is closed". A pool that is opened for each call costs a handshake each time.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Generic, Protocol, TypeVar
from weakref import WeakKeyDictionary


class Closable(Protocol):
    async def aclose(self) -> None: ...


T = TypeVar("T", bound=Closable)


class PerLoop(Generic[T]):
    """Keeps one pool for each event loop. `make` opens it."""

    def __init__(self, make: Callable[[], T]) -> None:
        self.make = make
        self.held: WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[T, AsyncGenerator[T]]] = WeakKeyDictionary()

    async def get(self) -> T:
        """Return the pool of the running event loop."""
        loop = asyncio.get_running_loop()
        if loop not in self.held:
            # When a loop ends, asyncio.run and asgiref close the asynchronous generators that were started on it. The
            # generator `lifetime` uses that to close the pool.
            lifetime = self.lifetime()
            self.held[loop] = await anext(lifetime), lifetime
        return self.held[loop][0]

    async def lifetime(self) -> AsyncGenerator[T]:
        """Open a pool, yield it once, and close it when this generator is closed."""
        made = self.make()
        try:
            yield made
        finally:
            self.held.pop(asyncio.get_running_loop(), None)
            await made.aclose()
