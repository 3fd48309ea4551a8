"""Count the statements that all threads of this process send to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.utils import CursorWrapper


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """Collect the statements that are sent during the block."""
    sent: list[str] = []
    execute, execute_many = CursorWrapper.execute, CursorWrapper.executemany

    def count(cursor: CursorWrapper, sql: str, *args: Any) -> Any:
        sent.append(sql)
        return execute(cursor, sql, *args)

    def count_many(cursor: CursorWrapper, sql: str, *args: Any) -> Any:
        sent.append(sql)
        return execute_many(cursor, sql, *args)

    CursorWrapper.execute, CursorWrapper.executemany = count, count_many  # type: ignore[method-assign, assignment]
    try:
        yield sent
    finally:
        CursorWrapper.execute, CursorWrapper.executemany = execute, execute_many  # type: ignore[method-assign]
