"""Lock a row from another Postgres connection, as a stuck process or a long migration would."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql


@contextmanager
def held_row(database_url: str, table: str, column: str, value: int | str) -> Iterator[None]:
    """Lock one row for the block."""
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s FOR UPDATE").format(sql.Identifier(table), sql.Identifier(column))
    with psycopg.connect(database_url) as connection:
        found = connection.execute(query, [value]).fetchone()
        assert found is not None, "there is no such row to lock"
        yield
        connection.rollback()
