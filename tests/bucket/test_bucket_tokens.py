"""Tokens of a connection to Bucket: refreshed by the same code as Strava's tokens (tests/accounts/test_tokens.py)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from simulators.bucket_process import BucketStandIn
from strava_live.bucket.bucket_app import bucket as client_of_site
from strava_live.bucket.connections import disconnect_bucket
from strava_live.bucket.models import BucketConnection, BucketRevocation
from strava_live.bucket.revocations import revoke_bucket_due
from strava_live.bucket.tokens import BucketTokensUnreadable, bucket_token_source
from strava_live.bucket_client.errors import BucketDown, BucketReconnectNeeded, BucketScopeMissing
from strava_live.database import on_database
from tests.bucket.consenting import come_back, without
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def connection(as_athlete: Client, bucket: BucketStandIn, username: str) -> BucketConnection:
    """A connection whose access token has expired, here and at Bucket."""
    come_back(as_athlete, bucket, username)
    bucket.expire_tokens(username)
    BucketConnection.objects.update(expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    return BucketConnection.objects.get()


async def list_things(connection: BucketConnection) -> list[Any]:
    async with bucket_token_source(connection) as tokens:
        return await client_of_site().list_things(tokens)


list_things_now = async_to_sync(list_things)


def counts(bucket: BucketStandIn) -> tuple[int, int]:
    """Return how many refreshes there were, and how many with a refresh token that was not valid any more."""
    tokens = bucket.stats()["tokens"]
    return tokens["refreshes"], tokens["dead_refresh_tokens_presented"]


def test_callers_at_once_cause_one_refresh(connection: BucketConnection, bucket: BucketStandIn) -> None:
    refreshes, dead = counts(bucket)

    async def ask_often() -> list[list[Any]]:
        return await asyncio.gather(*(list_things(connection) for _ in range(10)))

    assert async_to_sync(ask_often)() == [[]] * 10
    assert counts(bucket) == (refreshes + 1, dead)
    renewed = BucketConnection.objects.get()
    assert renewed.refresh_token.reveal() != connection.refresh_token.reveal()
    assert (renewed.refresh_owner, renewed.refresh_until, renewed.trouble) == ("", None, "")


def test_refresh_token_stays_if_bucket_does_not_rotate(connection: BucketConnection, bucket: BucketStandIn) -> None:
    bucket.settings(rotation="never")

    list_things_now(connection)

    assert BucketConnection.objects.get().refresh_token.reveal() == connection.refresh_token.reveal()


def test_token_that_bucket_refuses_is_refreshed(connection: BucketConnection, bucket: BucketStandIn) -> None:
    BucketConnection.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    refreshes, _ = counts(bucket)

    assert list_things_now(connection) == []
    assert counts(bucket)[0] == refreshes + 1


def test_withdrawn_consent_is_noted(connection: BucketConnection, bucket: BucketStandIn, username: str) -> None:
    bucket.revoke(username)

    for _ in range(2):
        with pytest.raises(BucketReconnectNeeded):
            list_things_now(connection)

    assert BucketConnection.objects.get().trouble == BucketConnection.BucketTrouble.RECONNECT


def test_new_token_that_bucket_refuses_is_noted(connection: BucketConnection, bucket: BucketStandIn) -> None:
    bucket.fault("not_active", "list_things")

    with pytest.raises(BucketScopeMissing):
        list_things_now(connection)

    assert BucketConnection.objects.get().trouble == BucketConnection.BucketTrouble.RECONNECT
    refreshes = counts(bucket)
    with pytest.raises(BucketReconnectNeeded):
        list_things_now(connection)
    assert counts(bucket) == refreshes


def test_bucket_that_is_down_is_no_trouble_of_the_connection(
    connection: BucketConnection, bucket: BucketStandIn
) -> None:
    bucket.fault("server_error", "refresh")

    with pytest.raises(BucketDown):
        list_things_now(connection)

    connection.refresh_from_db()
    assert (connection.trouble, connection.refresh_owner) == ("", "")
    bucket.clear_faults()
    assert list_things_now(connection) == []


def test_without_offline_the_token_is_used_until_it_ends(
    as_athlete: Client, bucket: BucketStandIn, username: str
) -> None:
    come_back(as_athlete, bucket, username, scopes=without("offline"))
    BucketConnection.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    connection = BucketConnection.objects.get()

    assert list_things_now(connection) == []

    BucketConnection.objects.update(expires_at=timezone.now())
    with pytest.raises(BucketReconnectNeeded, match="no refresh token"):
        list_things_now(connection)
    assert BucketConnection.objects.get().trouble == "reconnect_needed"


def test_lost_key_is_not_noted(connection: BucketConnection, settings: Settings) -> None:
    settings.FIELD_KEYS = ["MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="]

    with pytest.raises(BucketTokensUnreadable):
        list_things_now(connection)

    assert BucketConnection.objects.get().trouble == ""


@pytest.mark.parametrize("then", ["disconnect", "connect again"])
def test_grant_that_ends_during_its_refresh_is_revoked_with_the_new_tokens(
    connection: BucketConnection, as_athlete: Client, bucket: BucketStandIn, username: str, then: str
) -> None:
    bucket.fault("hold", "refresh")
    calls = bucket.stats()["calls"].get("refresh", 0)

    def end_grant() -> None:
        if then == "disconnect":
            disconnect_bucket(connection.user_id, delete_there=False)
        else:
            come_back(as_athlete, bucket, username)

    async def end_meanwhile() -> None:
        asking = asyncio.create_task(list_things(connection))
        async with asyncio.timeout(PATIENCE_S):
            while await asyncio.to_thread(lambda: bucket.stats()["calls"].get("refresh", 0)) == calls:  # noqa: ASYNC110 it is another process
                await asyncio.sleep(0.02)
        await on_database(end_grant)()
        bucket.clear_faults()
        await asyncio.gather(asking, return_exceptions=True)

    async_to_sync(end_meanwhile)()

    assert BucketRevocation.objects.count() == 1
    assert len(bucket.grants(username)) == (1 if then == "disconnect" else 2)
    assert async_to_sync(revoke_bucket_due)() == 1
    assert len(bucket.grants(username)) == (0 if then == "disconnect" else 1)
    assert not BucketRevocation.objects.exists()
