"""Database work outside requests, in three groups of threads, so that no kind of work waits for another.

Django gives a coroutine's database work one thread that every socket of the process shares. Whoever follows a hundred
athletes at once must not stand in that queue; a post must not stand behind the chunks of those athletes; and who opens
a page must not stand behind those who wait for somebody's turn. A connection is held for the length of the function
and no longer.

Also here: which database errors mean "try again".
"""

import sqlite3
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver
from psycopg import OperationalError as PostgresOperationalError
from psycopg import errors as postgres

from strava_live.write_queue import WRITERS_AT_ONCE, WriteQueueTimeout

P = ParamSpec("P")
R = TypeVar("R")

THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="database")
THREADS_OF_READERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="readers")
THREADS_OF_WRITERS = ThreadPoolExecutor(max_workers=WRITERS_AT_ONCE, thread_name_prefix="writers")

TEMPORARY = (
    postgres.LockNotAvailable,  # lock_timeout
    postgres.QueryCanceled,  # statement_timeout
    postgres.DeadlockDetected,
    postgres.AdminShutdown,  # Postgres restarts, or an operator closed the connection
    postgres.CannotConnectNow,
    postgres.TooManyConnections,
)
SQLITE_TEMPORARY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def on_database(work: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """For what the process does by itself: syncs, tokens, chores."""
    return database_sync_to_async(work, thread_sensitive=False, executor=THREADS)


def for_readers(work: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """For the hub and its sockets: short questions, which wait for nobody's turn."""
    return database_sync_to_async(work, thread_sensitive=False, executor=THREADS_OF_READERS)


def for_writers(work: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """For what somebody changes by their socket: it may have to wait for an athlete's turn, or for a club.

    Take a turn of the write queue first: there are no more threads than it lets writes run.
    """
    return database_sync_to_async(work, thread_sensitive=False, executor=THREADS_OF_WRITERS)


def is_temporary(error: BaseException | None) -> bool:
    """Return whether the same work may succeed in a few seconds: the database was too busy, or the connection broke.

    A connection that breaks during a commit leaves open whether it was written, so the work must be safe to repeat.
    """
    if isinstance(error, WriteQueueTimeout):
        return True
    cause = error.__cause__ if isinstance(error, OperationalError) else None
    if isinstance(cause, sqlite3.OperationalError):
        # Extended codes carry the kind in their lowest byte.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in SQLITE_TEMPORARY
    return isinstance(cause, TEMPORARY) or is_lost_connection(cause)


def is_lost_connection(error: BaseException | None) -> bool:
    """Also a pool without a free connection. What the server itself refuses carries a code."""
    return isinstance(error, PostgresOperationalError) and error.sqlstate is None


def give_back_connection() -> None:
    """Return this thread's connection to the pool; its next query takes one again."""
    if not connection.in_atomic_block:
        connection.close()


@receiver(connection_created)
def know_how_much_sqlite_takes(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Django assumes 999 values a statement, SQLite's limit of long ago, and would cut a chunk into many."""
    if connection.vendor == "sqlite":
        limit = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        connection.features.max_query_params = limit
