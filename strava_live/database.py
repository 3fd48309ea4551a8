"""Database work of what runs for a process rather than for a request: on a few threads of its own.

Django gives a coroutine's database work one thread that every socket of the process shares; whoever follows a hundred
athletes at once must not stand in that queue. A connection is held for the length of the function and no longer.
"""

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async

P = ParamSpec("P")
R = TypeVar("R")

THREADS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="database")


def on_database(work: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    return database_sync_to_async(work, thread_sensitive=False, executor=THREADS)
