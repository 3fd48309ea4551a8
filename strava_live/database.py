"""Database work outside requests: on a few threads of its own, and on others what somebody at a socket waits for.

Django gives a coroutine's database work one thread that every socket of the process shares; whoever follows a hundred
athletes at once must not stand in that queue, and a post must not stand behind the chunks of those athletes. A
connection is held for the length of the function and no longer.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver

P = ParamSpec("P")
R = TypeVar("R")

THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="database")
THREADS_OF_SOCKETS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="sockets")


def on_database(work: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """For what the process does by itself: syncs, tokens, chores."""
    return database_sync_to_async(work, thread_sensitive=False, executor=THREADS)


def for_sockets(work: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """For the hub, and for what a client asks of it."""
    return database_sync_to_async(work, thread_sensitive=False, executor=THREADS_OF_SOCKETS)


@receiver(connection_created)
def know_how_much_sqlite_takes(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Django assumes 999 values a statement, SQLite's limit of long ago, and would cut a chunk into many."""
    if connection.vendor == "sqlite":
        limit = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        connection.features.max_query_params = limit
