"""The lease on refreshing a connection's tokens: only the process that has claimed it asks the service for new tokens.

In these functions, `owner` is a random name for one refresh.
"""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from strava_live.accounts.token_columns import TokenColumns
from strava_live.database import on_database
from strava_live.leases import Lease, unchanged

LENGTH = timedelta(seconds=70)
"""The length of the lease. It is longer than a call to a service can take."""


@on_database
def claim(connection: TokenColumns, owner: str) -> bool:
    """Claim the lease if it is free, and if `expires_at` has not changed since `connection` was read.

    A refresh changes `expires_at`. Return whether the lease was claimed.
    """
    rows = unchanged(connection, "expires_at")
    return bool(TokenColumns.refresh_lease.claim(rows, Lease(owner, LENGTH), now=timezone.now()))


@on_database
def renew(connection: TokenColumns, owner: str) -> None:
    TokenColumns.refresh_lease.renew(row_of(connection), Lease(owner, LENGTH), now=timezone.now())


@on_database
def release(connection: TokenColumns, owner: str) -> None:
    TokenColumns.refresh_lease.release(row_of(connection), owner)


def row_of(connection: TokenColumns) -> "models.QuerySet[TokenColumns]":
    return type(connection)._default_manager.filter(pk=connection.pk)


def has_lapsed(connection: TokenColumns) -> bool:
    """Return True if the lease has ended by itself. Its owner has then probably died."""
    return connection.refresh_until is not None and connection.refresh_until < timezone.now()
