"""Claim database rows by conditional updates, so that of several processes only one works on a row.

A claim is one UPDATE whose WHERE clause matches only a row that is free. It works the same on Postgres and SQLite, and
no transaction is open while the process works on the row. There are two forms:

- A lease (`LeaseColumns`): two columns of the row name its owner, and say until when it owns the row. The owner renews
  the lease while it works. If the owner dies, the lease ends by itself, and another process can claim the row.
- A compare-and-set (`unchanged`): the update matches the row only if the given columns still hold the values that were
  read. It needs no columns of its own. A queue can use the column with the time of the next attempt.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q

Row = TypeVar("Row", bound=models.Model)
Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


@dataclass(frozen=True)
class Lease:
    """What a process claims a row with: a name for itself, and the length of the lease."""

    owner: str
    """A random name, which no other process has."""
    length: timedelta
    """How long the process owns the row after it has claimed it or renewed the lease."""


@dataclass(frozen=True)
class LeaseColumns:
    """The two columns of a table that hold the leases of its rows, and the queries that use them."""

    owner: str
    """The name of a CharField: the process that claimed the row last, "" if it has released it."""
    until: str
    """The name of a DateTimeField: when the lease ends, None for a row without a lease."""

    def free(self, rows: Rows, *, now: datetime) -> Rows:
        """Return the rows without a lease, or with one that has ended."""
        return rows.filter(Q(**{self.until: None}) | Q(**{f"{self.until}__lt": now}))

    def held_by(self, rows: Rows, owner: str) -> Rows:
        """Return the rows that `owner` claimed last, also those whose lease has ended without a new claim."""
        return rows.filter(**{self.owner: owner})

    def claim(self, rows: Rows, lease: Lease, *, now: datetime, **changes: object) -> int:
        """Claim those of `rows` that are free, and write `changes` to them. Return how many were claimed."""
        until = now + lease.length
        return self.free(rows, now=now).update(**{self.owner: lease.owner, self.until: until}, **changes)

    def renew(self, rows: Rows, lease: Lease, *, now: datetime) -> int:
        """Set the end of the leases that this owner has among `rows` to `now` plus their length. Return how many."""
        return self.held_by(rows, lease.owner).update(**{self.until: now + lease.length})

    def release(self, rows: Rows, owner: str, **changes: object) -> int:
        """End the leases that `owner` has among `rows`, and write `changes` to those rows. Return how many."""
        return self.held_by(rows, owner).update(**self.cleared, **changes)

    @property
    def cleared(self) -> dict[str, object]:
        """The values of both columns in a row without a lease, to be passed to `update` or `create`."""
        return {self.owner: "", self.until: None}


def unchanged(row: Row, *columns: str) -> "models.QuerySet[Row]":
    """Return a queryset that matches `row`, but only while `columns` in the database have the values that `row` has.

    `unchanged(row, "tries").update(…)` returns 0 if another process has changed `tries` since `row` was read.
    """
    return type(row)._default_manager.filter(pk=row.pk, **{column: getattr(row, column) for column in columns})
