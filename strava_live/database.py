"""Run database work of coroutines in three thread pools, and tell temporary database errors from others.

Django's own `database_sync_to_async` runs the work of all sockets of a process in one thread. Here, syncs of a hundred
athletes do not delay posts, and posts that wait for a lock do not delay reads. Each function uses a database
connection for as long as it runs.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Iterator
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

BACKGROUND_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="database")
READER_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="readers")
WRITER_THREADS = ThreadPoolExecutor(max_workers=WRITERS_AT_ONCE, thread_name_prefix="writers")

TEMPORARY = (
    postgres.LockNotAvailable,  # lock_timeout
    postgres.QueryCanceled,  # statement_timeout
    postgres.DeadlockDetected,
    postgres.AdminShutdown,  # Postgres restarts, or an operator ended the connection
    postgres.CannotConnectNow,
    postgres.TooManyConnections,
)
FIRST_RETRY_PAUSE_S, LONGEST_RETRY_PAUSE_S = 0.1, 2.0
SQLITE_TEMPORARY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def on_database(work: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """Make `work` awaitable, for background work of the process: syncs, tokens, chores."""
    return database_sync_to_async(work, thread_sensitive=False, executor=BACKGROUND_THREADS)


def for_readers(work: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """Make `work` awaitable, for short reads of the hub and its sockets that wait for no lock."""
    return database_sync_to_async(work, thread_sensitive=False, executor=READER_THREADS)


def for_writers(work: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """Make `work` awaitable, for writes of sockets, which may have to wait for the lock of an athlete or a club.

    Enter the write queue first. It lets as many writes run as there are threads here.
    """
    return database_sync_to_async(work, thread_sensitive=False, executor=WRITER_THREADS)


def retry_pauses() -> Iterator[float]:
    """Yield the seconds to wait between attempts while the database fails, without end: 0.1, doubling up to 2."""
    pause = FIRST_RETRY_PAUSE_S
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_RETRY_PAUSE_S)


def is_temporary(error: BaseException | None) -> bool:
    """Return whether the same work may succeed in a few seconds: the database was too busy, or the connection broke.

    Repeat only work that is safe to repeat: if the connection breaks during a commit, it may have been committed.
    """
    if isinstance(error, WriteQueueTimeout):
        return True
    cause = error.__cause__ if isinstance(error, OperationalError) else None
    if isinstance(cause, sqlite3.OperationalError):
        # The lowest byte of an extended code is the primary code.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in SQLITE_TEMPORARY
    return isinstance(cause, TEMPORARY) or is_lost_connection(cause)


def is_lost_connection(error: BaseException | None) -> bool:
    """Return whether the connection broke, or the pool has no free one. Errors sent by Postgres have a sqlstate."""
    return isinstance(error, PostgresOperationalError) and error.sqlstate is None


def give_back_connection() -> None:
    """Return this thread's connection to the pool, unless in a transaction. The next query takes a new one."""
    if not connection.in_atomic_block:
        connection.close()


@receiver(connection_created)
def set_sqlite_parameter_limit(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Let Django use as many parameters as SQLite accepts. It assumes the old limit of 999 and would split a chunk."""
    if connection.vendor == "sqlite":
        limit = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        connection.features.max_query_params = limit
