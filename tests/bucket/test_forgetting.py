"""Activities that were sent to Bucket are deleted or forgotten once Strava is disconnected, or our access revoked."""

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from simulators.bucket_process import BucketStandIn
from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.models import Activity
from strava_live.bucket.following import start_sendings
from strava_live.bucket.forgetting import forget_copies, forget_left
from strava_live.bucket.models import BucketConnection, Sending, SentActivity, SentProperty
from strava_live.bucket.outbox import Outbox
from strava_live.bucket.sender import claim_sendings
from strava_live.bucket.sendings import SendingLost, start_sending, stop_sending
from strava_live.bucket.thing import find_or_make_home
from strava_live.bucket.tokens import bucket_token_source
from strava_live.database import on_database
from strava_live.feed.parkrun_entries import athlete_lock
from strava_live.sync.forgetting import forget_revoked
from tests.bucket.connected import connected_to, save_activity
from tests.bucket.executed import LEASE, executed, send_now, stored
from tests.web import kept
from tests.web.reading import messages_in, said

pytestmark = pytest.mark.django_db(transaction=True)
CHOICE = 'name="delete_there"'


@pytest.fixture
def connection(athlete: User, bucket: BucketStandIn) -> BucketConnection:
    """A following connection to Bucket of an athlete with Strava, to which two activities were sent."""
    kept.connected(athlete)
    for strava_id in (1, 2):
        save_activity(athlete, strava_id)
    connection = connected_to(bucket, athlete, follows=True)
    async_to_sync(send_now)(athlete.pk)
    return connection


def press_disconnect(client: Client, **fields: str) -> str:
    return messages_in(client.post("/settings/disconnect-strava/", fields))


def distances(bucket: BucketStandIn, connection: BucketConnection) -> int:
    return len(stored(bucket, connection).get("Distance (m)", []))


def revoke_at_strava(athlete: User) -> None:
    """Forget the athlete as after a revocation at Strava that is old enough."""
    StravaConnection.objects.update(trouble="reconnect_needed", revoked_at="2026-11-01T00:00Z")
    with athlete_lock(athlete.pk):
        forget_revoked(StravaConnection.objects.get())


def assert_forgotten(connection: BucketConnection) -> None:
    connection.refresh_from_db()
    assert (connection.follows, connection.thing_id) == (False, "")
    assert not SentActivity.objects.exists()
    assert not SentProperty.objects.exists()
    assert not Sending.objects.live().exists()


def test_copies_stay_at_bucket_and_are_forgotten_here(
    as_athlete: Client, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    assert CHOICE in said(as_athlete.get("/settings/"))

    assert "What we sent to your Bucket is still there." in press_disconnect(as_athlete, keep_typed_in="on")

    assert_forgotten(connection)
    start_sendings()
    assert not Sending.objects.live().exists()
    assert distances(bucket, connection) == 2


def test_copies_are_deleted_at_bucket_if_asked(
    as_athlete: Client, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    message = press_disconnect(as_athlete, keep_typed_in="on", delete_there="yes")
    assert "The copies in your Bucket are being deleted." in message
    forget_left()
    assert SentActivity.objects.count() == 2, "the sending needs them"

    sending = async_to_sync(executed)(Sending.objects.live().get())

    assert (sending.state, sending.deleted) == ("finished", 2)
    assert distances(bucket, connection) == 0
    assert not SentActivity.objects.exists()


def test_live_sending_deletes_the_copies_if_asked(
    as_athlete: Client, athlete: User, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    sending = start_sending(athlete.pk)

    assert "are being deleted" in press_disconnect(as_athlete, delete_there="yes")

    assert async_to_sync(executed)(sending).deleted == 2
    assert distances(bucket, connection) == 0


async def test_live_sending_deletes_no_copies_that_were_forgotten(
    connections_closed: None, athlete: User, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    """A sending deletes rows at Bucket that it does not know. After forgetting, it would know none."""
    await on_database(start_sending)(athlete.pk)
    (sending,) = await on_database(claim_sendings)(LEASE, 1)
    async with bucket_token_source(connection) as tokens:
        outbox = Outbox(sending, LEASE, tokens)
        outbox.home = await find_or_make_home(outbox.bucket, tokens, connection, may_replace=True)
        await on_database(forget_copies)(athlete.pk)

        with pytest.raises(SendingLost):
            await outbox.count_back()

    assert await on_database(distances)(bucket, connection) == 2


@pytest.mark.parametrize("is_stopping", [False, True])
def test_copies_that_cannot_be_deleted_are_forgotten(
    as_athlete: Client, athlete: User, bucket: BucketStandIn, connection: BucketConnection, *, is_stopping: bool
) -> None:
    if is_stopping:
        start_sending(athlete.pk)
        Sending.objects.update(cancel_asked=True)
    else:
        BucketConnection.objects.update(trouble="reconnect_needed")

    assert "We couldn't delete the copies in your Bucket" in press_disconnect(as_athlete, delete_there="yes")

    assert_forgotten(connection)
    assert distances(bucket, connection) == 2


def test_copies_stay_after_a_revocation_at_strava(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    forget_left()
    assert SentActivity.objects.count() == 2
    revoke_at_strava(athlete)
    assert not Activity.with_gone.exists()

    start_sendings()
    assert not Sending.objects.live().exists(), "a sending would delete the copies"
    forget_left()

    assert_forgotten(connection)
    assert distances(bucket, connection) == 2


def test_copies_are_forgotten_once_their_deletion_was_stopped(
    as_athlete: Client, athlete: User, connection: BucketConnection
) -> None:
    press_disconnect(as_athlete, delete_there="yes")
    stop_sending(athlete.pk)

    forget_left()

    assert_forgotten(connection)


def test_choice_is_not_offered_if_nothing_was_sent(as_athlete: Client, athlete: User) -> None:
    kept.connected(athlete)

    assert CHOICE not in said(as_athlete.get("/settings/"))
    assert "Bucket" not in press_disconnect(as_athlete, delete_there="yes")
