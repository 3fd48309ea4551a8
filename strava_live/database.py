"""Database work outside requests, in three queues of two threads each, so that nobody waits for what is not theirs.

Django gives a coroutine's database work one thread that every socket of the process shares. Whoever follows a hundred
athletes at once must not stand in that queue; a post must not stand behind the chunks of those athletes; and who opens
a page must not stand behind those who wait for somebody's turn. A connection is held for the length of the function
and no longer.
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
THREADS_OF_READERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="readers")
THREADS_OF_WRITERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="writers")


def on_database(work: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """For what the process does by itself: syncs, tokens, chores."""
    return database_sync_to_async(work, thread_sensitive=False, executor=THREADS)


def for_readers(work: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """For the hub and its sockets: short questions, which wait for nobody's turn."""
    return database_sync_to_async(work, thread_sensitive=False, executor=THREADS_OF_READERS)


def for_writers(work: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """For what somebody changes by their socket: it may have to wait for an athlete's turn, or for a club."""
    return database_sync_to_async(work, thread_sensitive=False, executor=THREADS_OF_WRITERS)


@receiver(connection_created)
def know_how_much_sqlite_takes(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Django assumes 999 values a statement, SQLite's limit of long ago, and would cut a chunk into many."""
    if connection.vendor == "sqlite":
        limit = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        connection.features.max_query_params = limit
