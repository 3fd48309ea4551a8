"""Claim database rows by conditional updates, so that of several processes only one works on a row.

A claim is a single UPDATE whose WHERE says that the row is still free. It works the same on Postgres and SQLite, and no
transaction or lock is open while the claimed work is done. Two forms:

- A lease (`LeaseColumns`): two columns name the owner and say until when. The owner renews it while it works. If the
  process dies, the lease ends by itself and another process can claim the row.
- A compare-and-set (`unchanged`): the update succeeds only if the columns still hold what was read. For rows that
  have no owner, such as a queue whose next attempt is a column.
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
    """A process that claims rows, and for how long each claim holds unless the process renews it."""

    owner: str
    length: timedelta


@dataclass(frozen=True)
class LeaseColumns:
    """The names of a table's two lease columns, and the updates that claim, renew and release its rows.

    `owner` is a CharField, "" while the row has no lease. `until` is a nullable DateTimeField.
    """

    owner: str
    until: str

    def free(self, rows: Rows, *, now: datetime) -> Rows:
        """Return the rows without a lease, or with one that has ended."""
        return rows.filter(Q(**{self.until: None}) | Q(**{f"{self.until}__lt": now}))

    def held_by(self, rows: Rows, owner: str) -> Rows:
        """Return the rows that `owner` claimed last, even if the lease has ended: no other owner has claimed them."""
        return rows.filter(**{self.owner: owner})

    def claim(self, rows: Rows, lease: Lease, *, now: datetime, **changes: object) -> int:
        """Claim the free ones of `rows` and write `changes` to them. Return how many."""
        until = now + lease.length
        return self.free(rows, now=now).update(**{self.owner: lease.owner, self.until: until}, **changes)

    def renew(self, rows: Rows, lease: Lease, *, now: datetime) -> int:
        """Extend the leases of this owner among `rows`. Return how many."""
        return self.held_by(rows, lease.owner).update(**{self.until: now + lease.length})

    def release(self, rows: Rows, owner: str, **changes: object) -> int:
        """End the leases of `owner` among `rows` and write `changes` to them. Return how many."""
        return self.held_by(rows, owner).update(**self.cleared, **changes)

    @property
    def cleared(self) -> dict[str, object]:
        """The values of both columns without a lease."""
        return {self.owner: "", self.until: None}


def unchanged(row: Row, *columns: str) -> "models.QuerySet[Row]":
    """Return a queryset of `row` alone, which is empty if one of `columns` has changed in the database since."""
    return type(row)._default_manager.filter(pk=row.pk, **{column: getattr(row, column) for column in columns})
