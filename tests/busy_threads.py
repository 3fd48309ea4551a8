"""Keep all threads of a database thread pool busy, so that other work has to wait for a thread."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable


@contextlib.asynccontextmanager
async def all_threads_busy(
    make_awaitable: Callable[[Callable[[], bool]], Callable[[], Awaitable[bool]]],
) -> AsyncIterator[None]:
    """Keep all threads of a pool busy for the `with` block. `make_awaitable` runs a function in the pool."""
    done = threading.Event()
    busy = [asyncio.ensure_future(make_awaitable(done.wait)()) for _ in range(10)]
    try:
        yield
        assert not any(one.done() for one in busy)
    finally:
        done.set()
        await asyncio.gather(*busy)
