"""Database threads that are all taken, so that whatever else is to be done there waits."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable


@contextlib.asynccontextmanager
async def all_waiting(
    queue: Callable[[Callable[[], bool]], Callable[[], Awaitable[bool]]],
) -> AsyncIterator[None]:
    """Ten who take up its threads until the end."""
    done = threading.Event()
    taken = [asyncio.ensure_future(queue(done.wait)()) for _ in range(10)]
    try:
        yield
        assert not any(one.done() for one in taken)
    finally:
        done.set()
        await asyncio.gather(*taken)
