"""Keep the SQLite connections of the database threads open between calls.

Opening a connection takes as long as several queries: SQLite reads the schema and Django registers fifty functions.
Closing the only one writes the write-ahead log into the database file and deletes the log. The regular jobs of a
process without work would do both several times a second. Connections to Postgres are kept by their pool instead.
"""

import atexit
import threading
import time
from weakref import WeakSet

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.dispatch import receiver


class DatabaseThread(threading.local):
    """What is known of the current thread."""

    keeps_connections = False


current_thread = DatabaseThread()
kept: WeakSet[BaseDatabaseWrapper] = WeakSet()


def keep_connections() -> None:
    """Let the current thread keep its SQLite connection. Use this only in threads that live as long as the process."""
    current_thread.keeps_connections = True


@receiver(connection_created)
def keep_connection(connection: BaseDatabaseWrapper, **_: object) -> None:
    if (
        settings.SQLITE_KEPT_S
        and current_thread.keeps_connections
        and isinstance(connection, DatabaseWrapper)
        and not connection.is_in_memory_db()
    ):
        kept.add(connection)
        connection.close_at = time.monotonic() + settings.SQLITE_KEPT_S  # `close_old_connections` closes it then
        empty_write_ahead_log(connection)


def empty_write_ahead_log(connection: BaseDatabaseWrapper) -> None:
    """Write the log into the database file and empty the log, unless another connection is in a transaction.

    SQLite does this when the last connection is closed. With connections that are kept, it would rarely happen, and
    rows that were deleted would stay in the files.
    """
    milliseconds = round(1000 * connection.settings_dict["OPTIONS"]["timeout"])
    connection.connection.executescript(
        f"PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = {milliseconds};"
    )


@atexit.register
def close_kept_connections() -> None:
    """Close all connections when the process ends, so that SQLite deletes the write-ahead log.

    Python has ended the database threads by then.
    """
    for connection in list(kept):
        if connection.connection is not None:
            connection.connection.close()
