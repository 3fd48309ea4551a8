"""Occupy all database threads of a group, so that other work there waits."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable


@contextlib.asynccontextmanager
async def all_waiting(
    queue: Callable[[Callable[[], bool]], Callable[[], Awaitable[bool]]],
) -> AsyncIterator[None]:
    """Block the threads of `queue` with ten functions until the block ends."""
    done = threading.Event()
    blockers = [asyncio.ensure_future(queue(done.wait)()) for _ in range(10)]
    try:
        yield
        assert not any(one.done() for one in blockers)
    finally:
        done.set()
        await asyncio.gather(*blockers)
