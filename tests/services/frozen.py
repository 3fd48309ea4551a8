"""A Postgres that is there and does not answer: all of its processes are stopped with SIGSTOP, and continued later."""

import contextlib
import os
import signal
from collections.abc import Iterator

import psycopg

from tests.services.postgres_server import PostgresServer


@contextlib.contextmanager
def frozen(server: PostgresServer) -> Iterator[None]:
    assert server.process is not None
    stopped = [server.process.pid]
    with psycopg.connect(server.url, autocommit=True) as connection:
        os.kill(server.process.pid, signal.SIGSTOP)  # first, so that no further backend is forked
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
