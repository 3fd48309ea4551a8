"""Freeze a Postgres server for a while with SIGSTOP: it then accepts connections but does not answer."""

import contextlib
import os
import signal
from collections.abc import Iterator

import psycopg

from tests.services.postgres_server import PostgresServer


@contextlib.contextmanager
def frozen(server: PostgresServer) -> Iterator[None]:
    """Freeze all processes of a Postgres server for the `with` block."""
    assert server.process is not None
    stopped = [server.process.pid]
    with psycopg.connect(server.url, autocommit=True) as connection:
        os.kill(server.process.pid, signal.SIGSTOP)  # the postmaster first, so that it forks no further backend
        rows = connection.execute("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()").fetchall()
    try:
        for (pid,) in rows:
            os.kill(pid, signal.SIGSTOP)
            stopped.append(pid)
        yield
    finally:
        for pid in stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
