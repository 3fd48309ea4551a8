"""Work that must not stop half-way when its task is cancelled."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def finish(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end and only then pass a cancellation on, however many arrive meanwhile.

    A commit cannot be taken back, so what follows it (an announcement, say) has to happen as well.
    """
    task = asyncio.create_task(work)
    await finish_task(task)
    return task.result()


async def finish_task(task: "asyncio.Task[Any]") -> None:
    """Wait for the end of `task`, whatever it is; raise a cancellation that arrived meanwhile."""
    cancellation = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancellation = error
    if cancellation is not None:
        if not task.cancelled():
            task.exception()  # has been looked at: asyncio need not complain that it was not
        raise cancellation
