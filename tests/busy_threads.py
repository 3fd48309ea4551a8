"""Keep all threads of a database thread pool busy."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable


@contextlib.asynccontextmanager
async def all_waiting(
    make_awaitable: Callable[[Callable[[], bool]], Callable[[], Awaitable[bool]]],
) -> AsyncIterator[None]:
    """Occupy all threads of a pool, such as that of `on_database`, for the block."""
    done = threading.Event()
    busy = [asyncio.ensure_future(make_awaitable(done.wait)()) for _ in range(10)]
    try:
        yield
        assert not any(one.done() for one in busy)
    finally:
        done.set()
        await asyncio.gather(*busy)
