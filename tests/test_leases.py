"""Leases on rows: one owner at a time, renewed, released, or taken over once they have ended."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import Revocation, StravaConnection, User
from strava_live.leases import Lease, LeaseColumns, unchanged

NOW = timezone.now()
MINUTE = timedelta(minutes=1)
COLUMNS: LeaseColumns = StravaConnection.refresh_lease


@pytest.fixture
def row(athlete: User) -> StravaConnection:
    empty = {"access_token": Secret(""), "refresh_token": Secret(""), "expires_at": NOW}
    return StravaConnection.objects.create(user=athlete, strava_id=17, **empty)


def claim(owner: str, **changes: object) -> int:
    return COLUMNS.claim(StravaConnection.objects.all(), Lease(owner, MINUTE), now=NOW, **changes)


def stored() -> tuple[str, datetime | None, str]:
    return StravaConnection.objects.values_list("refresh_owner", "refresh_until", "scopes").get()


def test_claim_succeeds_for_one_owner(row: StravaConnection) -> None:
    assert claim("first", scopes="read") == 1
    assert claim("second", scopes="write") == 0

    assert stored() == ("first", NOW + MINUTE, "read")


def test_lease_that_has_ended_can_be_claimed(row: StravaConnection) -> None:
    StravaConnection.objects.update(refresh_owner="dead", refresh_until=NOW - MINUTE)

    assert claim("second") == 1


def test_only_the_owner_renews_and_releases(row: StravaConnection) -> None:
    rows = StravaConnection.objects.all()
    claim("first")

    assert COLUMNS.renew(rows, Lease("second", 5 * MINUTE), now=NOW) == 0
    assert COLUMNS.release(rows, "second") == 0
    assert COLUMNS.renew(rows, Lease("first", MINUTE), now=NOW + MINUTE) == 1
    assert stored() == ("first", NOW + 2 * MINUTE, "")

    assert COLUMNS.release(rows, "first", scopes="read") == 1
    assert stored() == ("", None, "read")


def test_row_that_changed_since_it_was_read_is_not_updated(db: None) -> None:
    first = Revocation.objects.create(strava_id=17, token=Secret.of("x"))
    second = Revocation.objects.get()

    assert unchanged(first, "next_try_at", "tries").update(tries=1) == 1
    assert unchanged(second, "next_try_at", "tries").update(tries=5) == 0
    assert Revocation.objects.get().tries == 1
