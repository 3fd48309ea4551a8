"""One connection pool for each event loop, made when first wanted and closed together with its loop.

Pools of httpx and redis belong to the loop that opened their sockets: shared across loops they fail with "Event loop is
closed", made anew for each call they cost a handshake each.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Generic, Protocol, TypeVar
from weakref import WeakKeyDictionary


class Closable(Protocol):
    async def aclose(self) -> None: ...


T = TypeVar("T", bound=Closable)


class PerLoop(Generic[T]):
    """Gives every event loop its own `T`."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._held: WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[T, AsyncGenerator[T]]] = WeakKeyDictionary()

    async def get(self) -> T:
        loop = asyncio.get_running_loop()
        if loop not in self._held:
            # A loop that ends closes the asynchronous generators begun on it (asyncio.run and asgiref both see to
            # it): so a pool is closed by its loop, and nobody has to remember to.
            lifetime = self._lifetime()
            self._held[loop] = await anext(lifetime), lifetime
        return self._held[loop][0]

    async def _lifetime(self) -> AsyncGenerator[T]:
        made = self._make()
        try:
            yield made
        finally:
            self._held.pop(asyncio.get_running_loop(), None)
            await made.aclose()
