"""Call functions that use the database from coroutines, and recognise database errors that are temporary.

Channels' `database_sync_to_async` runs the functions of all sockets of a process in one thread, one after the other.
Here they run in five thread pools: one for background work such as syncs, one for short reads, one for writes that may
wait for a lock, one for storing Strava's events, one for people's exports. So a hundred syncs do not delay a post, and
posts that wait for a lock do not delay reads. A function uses one database connection for as long as it runs.
"""

import asyncio
import functools
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from channels.db import database_sync_to_async
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest
from psycopg import OperationalError as PostgresOperationalError
from psycopg import errors as postgres

from strava_live.kept_connections import keep_connections
from strava_live.write_queue import WRITERS_AT_ONCE, Ticket, WriteQueueTimeout

P = ParamSpec("P")
R = TypeVar("R")

BACKGROUND_THREADS = ThreadPoolExecutor(2, thread_name_prefix="database", initializer=keep_connections)
READER_THREADS = ThreadPoolExecutor(2, thread_name_prefix="readers", initializer=keep_connections)
WRITER_THREADS = ThreadPoolExecutor(WRITERS_AT_ONCE, thread_name_prefix="writers")
WEBHOOK_THREADS = ThreadPoolExecutor(1, thread_name_prefix="webhook")
EXPORT_THREADS = ThreadPoolExecutor(1, thread_name_prefix="exports")

# Errors of Postgres after which the same work may succeed in a few seconds.
TEMPORARY = (
    postgres.LockNotAvailable,  # lock_timeout
    postgres.QueryCanceled,  # statement_timeout
    postgres.DeadlockDetected,
    postgres.AdminShutdown,  # Postgres restarts, or an operator ended the connection
    postgres.CannotConnectNow,
    postgres.TooManyConnections,
)
FIRST_RETRY_PAUSE_S, LONGEST_RETRY_PAUSE_S = 0.1, 2.0
DELETED_AT_ONCE = 1000
"""The most rows that `delete_in_batches` deletes in one transaction, so that others need not wait for long."""
SQLITE_TEMPORARY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def on_database(work: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """Make `work` awaitable, in the threads for background work: syncs, tokens, deleting what is old."""
    return in_threads(work, BACKGROUND_THREADS)


def for_readers(work: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """Make `work` awaitable, in the threads for short reads of sockets, which wait for no lock."""
    return in_threads(work, READER_THREADS)


def for_writers(work: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """Make `work` awaitable, in the threads for writes of sockets, which may wait for the lock of an athlete or a club.

    Enter the write queue first (write_queue.py). It lets as many writes run at once as there are threads here.
    """
    return in_threads(work, WRITER_THREADS)


def for_webhook(work: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """Make `work` awaitable, in the one thread that stores Strava's events. Strava waits two seconds for an answer."""
    return in_threads(work, WEBHOOK_THREADS)


def for_exports(work: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """Make `work` awaitable, in the one thread that reads and compresses what people download about themselves.

    Exports that run at once take turns in it, so that they use one database connection and leave time for pages.
    """
    return in_threads(work, EXPORT_THREADS)


def in_threads(work: Callable[P, R], threads: ThreadPoolExecutor) -> Callable[P, Awaitable[R]]:
    """Make `work` awaitable, in these threads. A task that is cancelled meanwhile gets its CancelledError.

    asgiref loses that error if `work` runs a coroutine at that moment, such as an announcement after a commit: asgiref
    cancels the coroutine, and returns what `work` returns. The task would then go on, and hold up the end of the
    process.
    """
    call = database_sync_to_async(work, thread_sensitive=False, executor=threads)

    @functools.wraps(work)
    async def run(*args: P.args, **kwargs: P.kwargs) -> R:
        task = asyncio.current_task()
        before = task.cancelling() if task else 0
        result: R = await call(*args, **kwargs)
        if task and task.cancelling() > before:
            raise asyncio.CancelledError
        return result

    return run


async def delete_in_batches(rows: QuerySet[Any]) -> int:
    """Delete rows in the threads for background work, a batch in each transaction. Return how many were deleted.

    A row is kept if it leaves the queryset before its batch is deleted.
    """
    deleted = 0
    while ids := await on_database(first_ids)(rows):
        deleted += (await on_database(rows.filter(pk__in=ids).delete)())[0]
        if len(ids) < DELETED_AT_ONCE:
            break
    return deleted


def first_ids(rows: QuerySet[Any]) -> list[Any]:
    return list(rows.values_list("pk", flat=True)[:DELETED_AT_ONCE])


def retry_pauses() -> Iterator[float]:
    """Yield, without end, the seconds to wait between attempts while the database fails: 0.1, doubling up to 2."""
    pause = FIRST_RETRY_PAUSE_S
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_RETRY_PAUSE_S)


def is_temporary(error: BaseException | None) -> bool:
    """Return True if the same work may succeed in a few seconds: the database was too busy, or the connection broke.

    Repeat only work that may be done twice: if the connection breaks during a commit, the commit may have succeeded.
    """
    if isinstance(error, WriteQueueTimeout):
        return True
    cause = error.__cause__ if isinstance(error, OperationalError) else None
    if isinstance(cause, sqlite3.OperationalError):
        # The lowest byte of an extended code is the primary code.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in SQLITE_TEMPORARY
    return isinstance(cause, TEMPORARY) or is_lost_connection(cause)


def is_lost_connection(error: BaseException | None) -> bool:
    """Return True if the connection broke or the pool had no free one. Errors that Postgres sends have a sqlstate."""
    return isinstance(error, PostgresOperationalError) and error.sqlstate is None


def give_back_connection() -> None:
    """Return this thread's connection to the pool, unless a transaction is open. The next query takes another one."""
    if not connection.in_atomic_block:
        connection.close()


def finish_writing(request: HttpRequest) -> None:
    """Release the request's ticket of the write queue and its database connection.

    Call this before the request waits for Strava or for an import.
    """
    ticket: Ticket | None = getattr(request, "write_ticket", None)
    if ticket is not None:
        ticket.release()
    give_back_connection()


@receiver(connection_created)
def set_sqlite_parameter_limit(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Let Django use as many query parameters as SQLite accepts. It assumes 999, and would split large statements."""
    if connection.vendor == "sqlite":
        limit = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        connection.features.max_query_params = limit
