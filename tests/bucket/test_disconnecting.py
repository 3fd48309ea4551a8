"""Disconnecting Bucket: what is deleted here at once, and what Bucket is asked to delete and to revoke until it has."""

import asyncio
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from simulators.bucket_process import BucketStandIn
from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import User
from strava_live.accounts.rekeying import rekey_every_secret
from strava_live.accounts.revocation_queue import due_revocations
from strava_live.bucket.connections import disconnect_bucket
from strava_live.bucket.models import BucketConnection, BucketRevocation, Sending, SentActivity, SentProperty
from strava_live.bucket.own_things import THING_TYPE, thing_name
from strava_live.bucket.revocations import (
    BucketRevocationOutcome,
    is_to_be_deleted,
    left_things,
    process,
    revoke_bucket_due,
)
from strava_live.bucket_client.shapes import Thing
from strava_live.database import on_database
from strava_live.lifecycle.erasure import erase, withdraw_access
from tests.accounts.silent_server import silent_for
from tests.bucket.consenting import come_back
from tests.passwords import PASSWORD
from tests.web.reading import messages_in, said

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def thing(as_athlete: Client, bucket: BucketStandIn, username: str) -> str:
    """The id of the Thing of a connected person, with a Property and a row, all known here."""
    come_back(as_athlete, bucket, username)
    as_athlete.get("/bucket/")  # shows the message
    thing = bucket.add_thing(username, "Saturday Live", type="Strava")
    distance = bucket.add_property(thing, "COUNT", name="Distance (m)")
    bucket.write_rows(distance, [[1_790_000_000_000, 5000]])
    BucketConnection.objects.update(thing_id=thing)
    connection = BucketConnection.objects.get()
    SentProperty.objects.create(connection=connection, kind="distance", property_id=distance)
    SentActivity.objects.create(connection=connection, strava_id=7, timestamp_ms=1_790_000_000_000)
    Sending.objects.create(connection=connection)
    return thing


def press_disconnect(client: Client, **fields: str) -> str:
    answer = client.post("/bucket/disconnect/", fields)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/bucket/")
    return messages_in(answer)


def nothing_is_left_here() -> bool:
    tables = BucketConnection, SentProperty, SentActivity, Sending
    return not any(table.objects.exists() for table in tables)


def test_disconnect_deletes_all_here_and_revokes(
    as_athlete: Client, thing: str, bucket: BucketStandIn, username: str
) -> None:
    message = press_disconnect(as_athlete)

    assert message == "Disconnected. Bucket has withdrawn our access. What we sent is still in your Bucket."
    assert nothing_is_left_here()
    assert not BucketRevocation.objects.exists()
    assert bucket.grants(username) == []
    assert [one["id"] for one in bucket.things(username)] == [thing]


def test_delete_there_too_deletes_rows_properties_and_thing(
    as_athlete: Client, thing: str, bucket: BucketStandIn, username: str
) -> None:
    own = bucket.add_thing(username, "My own Thing")
    orphans = bucket.orphans()

    message = press_disconnect(as_athlete, delete_there="yes")

    assert message == "Disconnected. Bucket has deleted what we sent, and has withdrawn our access."
    assert nothing_is_left_here()
    assert bucket.grants(username) == []
    assert [one["id"] for one in bucket.things(username)] == [own]
    assert bucket.orphans() == orphans


def test_delete_there_too_finds_a_thing_of_an_earlier_connection(
    as_athlete: Client, thing: str, bucket: BucketStandIn, username: str
) -> None:
    BucketConnection.objects.update(thing_id="")
    Sending.objects.all().delete()
    earlier = bucket.add_thing(username, thing_name(), type=THING_TYPE)
    same_name = bucket.add_thing(username, thing_name(), type="Thing")

    message = press_disconnect(as_athlete, delete_there="yes")

    assert message == "Disconnected. Bucket has deleted what we sent, and has withdrawn our access."
    left = {one["id"] for one in bucket.things(username)}
    assert (earlier in left, left) == (False, {thing, same_name})


def test_thing_that_is_sent_to_again_is_not_deleted(
    as_athlete: Client, athlete: User, thing: str, bucket: BucketStandIn, username: str
) -> None:
    BucketConnection.objects.update(thing_id="")
    Sending.objects.all().delete()
    earlier = bucket.add_thing(username, thing_name(), type=THING_TYPE)
    fault = bucket.fault("server_error", "list_things")
    press_disconnect(as_athlete, delete_there="yes")
    come_back(as_athlete, bucket, username)
    BucketConnection.objects.update(thing_id=earlier)

    bucket.clear_fault(fault)
    BucketRevocation.objects.update(next_try_at=timezone.now())
    assert async_to_sync(revoke_bucket_due)() == 1

    assert earlier in {one["id"] for one in bucket.things(username)}
    assert len(bucket.grants(username)) == 1


def test_thing_that_was_made_after_disconnecting_is_not_deleted(athlete: User) -> None:
    revocation = BucketRevocation(deletes_there=True)
    times = {"before": -timedelta(days=1), "clocks differ": timedelta(minutes=4), "after": timedelta(minutes=6)}
    things = [
        Thing(name, name=thing_name(), type=THING_TYPE, created_at=revocation.asked_at + after)
        for name, after in times.items()
    ]

    assert left_things(revocation, things) == ["before", "clocks differ"]


def test_disconnect_of_a_person_who_is_not_connected(as_athlete: Client, bucket: BucketStandIn) -> None:
    assert press_disconnect(as_athlete) == "Bucket isn't connected."


def test_thing_that_is_gone_already(as_athlete: Client, thing: str, bucket: BucketStandIn, username: str) -> None:
    bucket.delete_thing(thing)

    assert "has deleted what we sent" in press_disconnect(as_athlete, delete_there="yes")
    assert bucket.grants(username) == []


@pytest.mark.parametrize("endpoint", ["list_properties", "delete_property", "delete_thing", "revoke"])
def test_bucket_that_is_down_is_asked_again(
    as_athlete: Client, thing: str, bucket: BucketStandIn, username: str, endpoint: str
) -> None:
    bucket.fault("server_error", endpoint)

    message = press_disconnect(as_athlete, delete_there="yes")

    assert "we'll keep asking it to delete what we sent and to withdraw our access, for up to 30 days" in message
    assert nothing_is_left_here()
    assert is_to_be_deleted(thing)
    bucket.clear_faults()
    BucketRevocation.objects.update(next_try_at=timezone.now())
    assert async_to_sync(revoke_bucket_due)() == 1
    assert (bucket.things(username), bucket.grants(username)) == ([], [])
    assert not is_to_be_deleted(thing)


def test_expired_access_token_is_refreshed_to_delete(
    as_athlete: Client, thing: str, bucket: BucketStandIn, username: str
) -> None:
    bucket.expire_tokens(username)

    assert "has deleted what we sent" in press_disconnect(as_athlete, delete_there="yes")
    assert (bucket.things(username), bucket.grants(username)) == ([], [])


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Disconnected. Bucket has withdrawn our access. What we sent is still in your Bucket."),
        ({"delete_there": "yes"}, "Bucket no longer accepts our key, so we couldn't delete what we sent."),
    ],
)
def test_consent_that_was_withdrawn_at_bucket(
    as_athlete: Client, thing: str, bucket: BucketStandIn, username: str, fields: dict[str, str], sentence: str
) -> None:
    bucket.revoke(username)

    assert sentence in press_disconnect(as_athlete, **fields)
    assert not BucketRevocation.objects.exists()


def test_lost_key_is_kept_in_case_it_comes_back(as_athlete: Client, thing: str, settings: Settings) -> None:
    keys, settings.FIELD_KEYS = settings.FIELD_KEYS, ["MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="]

    assert "withdraw our access and delete what we sent at Bucket yourself" in press_disconnect(
        as_athlete, delete_there="yes"
    )

    settings.FIELD_KEYS = keys
    BucketRevocation.objects.update(next_try_at=timezone.now())
    assert async_to_sync(revoke_bucket_due)() == 1


def test_silent_bucket_does_not_hold_up_the_page(as_athlete: Client, thing: str, settings: Settings) -> None:
    settings.BUCKET_REVOKE_WITHIN_S = 0.2
    with silent_for(60) as address:
        settings.BUCKET_API_URL = f"{address}/bucket/api"

        assert "we'll keep asking" in press_disconnect(as_athlete, delete_there="yes")
    assert BucketRevocation.objects.get().tries == 1


def test_revocation_is_given_up_after_thirty_days_with_a_last_attempt_to_revoke(
    athlete: User, thing: str, bucket: BucketStandIn, username: str, caplog: pytest.LogCaptureFixture
) -> None:
    disconnect_bucket(athlete.pk, delete_there=True)
    bucket.fault("server_error", "list_properties")
    assert async_to_sync(revoke_bucket_due)() == 0
    BucketRevocation.objects.update(asked_at=timezone.now() - timedelta(days=31), next_try_at=timezone.now())

    async_to_sync(revoke_bucket_due)()

    assert "Bucket did not do for too long what it was asked" in caplog.text
    assert not BucketRevocation.objects.exists()
    assert bucket.grants(username) == []


def test_last_attempt_that_does_all_is_no_fault(
    athlete: User, thing: str, bucket: BucketStandIn, username: str, caplog: pytest.LogCaptureFixture
) -> None:
    disconnect_bucket(athlete.pk, delete_there=False)
    BucketRevocation.objects.update(asked_at=timezone.now() - timedelta(days=31))

    assert async_to_sync(revoke_bucket_due)() == 1

    assert "Bucket did not do" not in caplog.text
    assert bucket.grants(username) == []


def test_no_other_attempt_begins_while_one_takes_long(
    athlete: User, thing: str, bucket: BucketStandIn, username: str, settings: Settings
) -> None:
    settings.REVOCATION_RETRY_S = 0.6
    disconnect_bucket(athlete.pk, delete_there=True)
    bucket.fault("latency", "delete_thing", ms=1500)

    def count_due() -> int:
        return due_revocations(BucketRevocation, now=timezone.now()).count()

    async def count_due_meanwhile() -> int:
        attempt, due = asyncio.create_task(revoke_bucket_due()), 0
        await asyncio.sleep(0.1)
        while not attempt.done():
            due += await on_database(count_due)()
            await asyncio.sleep(0.1)
        assert await attempt == 1
        return due

    assert async_to_sync(count_due_meanwhile)() == 0
    assert bucket.things(username) == []


def test_revocation_that_another_process_has_done_meanwhile(
    athlete: User, thing: str, bucket: BucketStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    revocation = disconnect_bucket(athlete.pk, delete_there=True)
    assert revocation is not None

    async def delete_row_too(*_: object) -> None:
        await on_database(BucketRevocation.objects.all().delete)()

    monkeypatch.setattr("strava_live.bucket.revocations.delete_what_was_sent", delete_row_too)

    assert async_to_sync(process)(revocation) is BucketRevocationOutcome.DONE


def test_rekey_covers_connections_and_revocations(athlete: User, thing: str, settings: Settings) -> None:
    new, old = "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=", settings.FIELD_KEYS
    token = BucketConnection.objects.get().access_token.reveal()
    BucketRevocation.objects.create(
        access_token=Secret.of("a"), refresh_token=Secret.of("r"), expires_at=timezone.now(), scopes=""
    )
    settings.FIELD_KEYS = [new, *old]
    assert rekey_every_secret() == 4

    settings.FIELD_KEYS = [new]
    assert BucketConnection.objects.get().access_token.reveal() == token
    assert BucketRevocation.objects.get().refresh_token.reveal() == "r"


def test_deleting_the_account_revokes_the_grant(
    athlete: User, thing: str, bucket: BucketStandIn, username: str
) -> None:
    receipt = withdraw_access(erase(athlete))

    assert nothing_is_left_here()
    assert receipt.bucket_words == "Bucket has withdrawn our access. What we sent is still in your Bucket."
    assert "1 note of an activity sent to Bucket" in receipt.as_text()
    assert bucket.grants(username) == []
    assert [one["id"] for one in bucket.things(username)] == [thing]


def test_delete_account_form_deletes_at_bucket_too(
    as_athlete: Client, athlete: User, thing: str, bucket: BucketStandIn, username: str
) -> None:
    athlete.set_password(PASSWORD)
    athlete.save()
    as_athlete.force_login(athlete)
    assert "Delete what we sent to my Bucket, too" in said(as_athlete.get("/settings/delete-account/"))

    form = {"password": PASSWORD, "confirm": "yes", "delete_there": "yes"}
    answer = as_athlete.post("/settings/delete-account/", form, follow=True)

    assert "Bucket has deleted what we sent, and has withdrawn our access." in said(answer)
    assert (bucket.things(username), bucket.grants(username)) == ([], [])
    assert not BucketRevocation.objects.exists()
