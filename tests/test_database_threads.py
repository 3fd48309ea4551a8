"""Functions that run in the database threads, and tasks that are cancelled while they wait for them."""

import asyncio
from contextlib import suppress

import pytest
from asgiref.sync import async_to_sync

from strava_live.database import on_database
from tests.patience import PATIENCE_S


async def test_task_that_is_cancelled_while_a_thread_calls_a_coroutine_ends() -> None:
    """asgiref cancels the coroutine instead, so the thread may end its work as if nothing had happened."""
    announcing = asyncio.Event()

    async def announce() -> None:
        announcing.set()
        await asyncio.sleep(PATIENCE_S)

    def work() -> None:
        with suppress(asyncio.CancelledError):
            async_to_sync(announce)()

    async def wait_for_thread() -> None:
        await on_database(work)()

    task = asyncio.create_task(wait_for_thread())
    await asyncio.wait_for(announcing.wait(), PATIENCE_S)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
