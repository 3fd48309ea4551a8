"""Work that must run to its end although its task is cancelled."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def finish_even_if_cancelled(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end, then raise the CancelledError that arrived meanwhile, if one did.

    A commit cannot be taken back, so what follows it (an announcement, for example) has to happen as well.
    """
    task = asyncio.create_task(work)
    await wait_even_if_cancelled(task)
    return task.result()


async def wait_even_if_cancelled(task: "asyncio.Task[Any]") -> None:
    """Wait until `task` is done, then raise the CancelledError that arrived meanwhile, if one did."""
    cancellation = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancellation = error
    if cancellation is not None:
        if not task.cancelled():
            task.exception()  # retrieved, so that asyncio does not log it as never retrieved
        raise cancellation
