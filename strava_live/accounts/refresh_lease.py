"""The lease on refreshing an athlete's tokens: only the process that has claimed it asks Strava for new tokens.

In these functions, `owner` is a random name for one refresh.
"""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from strava_live.accounts.models import StravaConnection
from strava_live.database import on_database
from strava_live.leases import Lease, unchanged

LENGTH = timedelta(seconds=70)
"""The length of the lease. It is longer than a call to Strava can take."""


@on_database
def claim(connection: StravaConnection, owner: str) -> bool:
    """Claim the lease if it is free, and if `expires_at` has not changed since `connection` was read.

    A refresh changes `expires_at`. Return whether the lease was claimed.
    """
    rows = unchanged(connection, "expires_at")
    return bool(StravaConnection.refresh_lease.claim(rows, Lease(owner, LENGTH), now=timezone.now()))


@on_database
def renew(connection: StravaConnection, owner: str) -> None:
    StravaConnection.refresh_lease.renew(row_of(connection), Lease(owner, LENGTH), now=timezone.now())


@on_database
def release(connection: StravaConnection, owner: str) -> None:
    StravaConnection.refresh_lease.release(row_of(connection), owner)


def row_of(connection: StravaConnection) -> "models.QuerySet[StravaConnection]":
    return StravaConnection.objects.filter(pk=connection.pk)


def has_lapsed(connection: StravaConnection) -> bool:
    """Return True if the lease has ended by itself. Its owner has then probably died."""
    return connection.refresh_until is not None and connection.refresh_until < timezone.now()
