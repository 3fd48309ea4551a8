"""Read a person's rows in chunks, newest first. Each query continues after the last row of the chunk before.

So no transaction and no database connection stays open while a slow client takes what has been read. A row that is
deleted meanwhile is missing from then on.
"""

import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, TypeVar

from django.db import OperationalError
from django.db.models import Model, QuerySet

from strava_live.database import is_temporary, retry_pauses
from strava_live.keyset import KeysetQuerySet

CHUNK = 200
"""How many rows are read, encoded and compressed at once. One chunk takes some milliseconds."""
ATTEMPTS = 6
"""How often a query is tried while the database is too busy or restarts, with pauses of three seconds in all."""
Result = TypeVar("Result")


def chunks(rows: QuerySet[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Yield all rows, newest first."""
    rows = newest_first(rows)
    found = read(rows[:size])
    while found:
        yield found
        found = read(older_than(rows, found[-1])[:size]) if len(found) == size else []


def newest_first(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.newest_first() if isinstance(rows, KeysetQuerySet) else rows.order_by("-pk")


def older_than(rows: QuerySet[Any], row: Model) -> QuerySet[Any]:
    if isinstance(rows, KeysetQuerySet):
        return rows.older_than(*rows.keyset.place_of(row))
    return rows.filter(pk__lt=row.pk)


def read(rows: QuerySet[Any]) -> list[Any]:
    return patiently(lambda: list(rows.all()))


def patiently(work: Callable[[], Result]) -> Result:
    """Return what `work` returns. Try again while the database is too busy or restarts."""
    for pause in islice(retry_pauses(), ATTEMPTS - 1):
        try:
            return work()
        except OperationalError as error:
            if not is_temporary(error):
                raise
        time.sleep(pause)
    return work()
