"""Connections to Postgres, as psycopg's pool keeps them."""

import select
from typing import Any

from psycopg import Connection, Cursor


class PooledConnection(Connection[Any]):
    """A connection whose check by the pool costs no round trip.

    The pool checks a connection with an empty query each time it hands the connection out. Postgres sends nothing over
    an idle connection until it ends the connection. So while nothing has arrived, the connection is alive, and the
    query is left out.
    """

    def execute(self, query: Any, *args: Any, **options: Any) -> Cursor[Any]:
        if query == "" and not has_received(self.fileno()):
            return self.cursor()
        return super().execute(query, *args, **options)


def has_received(socket: int) -> bool:
    """Return whether a socket has bytes that were not read yet, or was closed by the other end."""
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return bool(poll.poll(0))
