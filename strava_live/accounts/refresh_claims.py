"""The claim on a connection's row: the process that holds it is the only one that refreshes the athlete's tokens."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from strava_live.accounts.models import StravaConnection
from strava_live.database import on_database

CLAIM = timedelta(seconds=70)
"""Longer than a call to Strava can take."""


@on_database
def claim(connection: StravaConnection, owner: str) -> bool:
    """Take the claim if it is free and nobody has refreshed the tokens since `connection` was read."""
    now = timezone.now()
    unchanged = StravaConnection.objects.filter(pk=connection.pk, expires_at=connection.expires_at)
    free = unchanged.filter(Q(refresh_until=None) | Q(refresh_until__lt=now))
    return bool(free.update(refresh_owner=owner, refresh_until=now + CLAIM))


@on_database
def renew_claim(connection: StravaConnection, owner: str) -> None:
    held_by(connection, owner).update(refresh_until=timezone.now() + CLAIM)


@on_database
def release_claim(connection: StravaConnection, owner: str) -> None:
    held_by(connection, owner).update(refresh_owner="", refresh_until=None)


def held_by(connection: StravaConnection, owner: str) -> "models.QuerySet[StravaConnection]":
    return StravaConnection.objects.filter(pk=connection.pk, refresh_owner=owner)


def has_lapsed(connection: StravaConnection) -> bool:
    """Whether the process that claimed the refresh has neither finished nor renewed its claim in time."""
    return connection.refresh_until is not None and connection.refresh_until < timezone.now()
