"""Sendings against the stand-in for Bucket: what it stores in the end, and what the person sees."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from simulators.bucket_process import BucketStandIn
from strava_live.accounts.models import User
from strava_live.bucket import bucket_app, changes, outbox
from strava_live.bucket.choices import choose_start_point
from strava_live.bucket.connections import disconnect_bucket
from strava_live.bucket.messages import shape_of
from strava_live.bucket.models import BucketConnection, Sending, SentActivity
from strava_live.bucket.own_things import thing_name
from strava_live.bucket.sending_task import MOST_SETBACKS
from strava_live.bucket.sendings import start_sending, stop_sending
from strava_live.database import on_database
from tests.bucket.connected import START, change, connected_to, save_activity, username_of
from tests.bucket.executed import execute, executed, send_now, should_be_stored, stored
from tests.hub.in_process_socket import eventually
from tests.patience import PATIENCE_S


@pytest.fixture
def connection(connections_closed: None, athlete: User, bucket: BucketStandIn) -> BucketConnection:
    return connected_to(bucket, athlete)


async def assert_all_stored(bucket: BucketStandIn, connection: BucketConnection) -> None:
    should = await on_database(should_be_stored)(connection)
    assert stored(bucket, connection) == should
    assert await SentActivity.objects.filter(connection=connection, digest="").acount() == 0


def writes(bucket: BucketStandIn) -> int:
    calls = bucket.stats()["calls"]
    return sum(calls.get(name, 0) for name in ("create_thing", "create_property", "write_values", "delete_timestamps"))


async def test_first_sending_makes_one_thing_and_stores_every_value(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    await on_database(save_activity)(athlete, 1, parkrun="sure")
    await on_database(save_activity)(athlete, 2, name="Bär & Söhne, 5 km \U0001f3c3", start=START)
    await on_database(save_activity)(athlete, 3, start=START)

    sending = await send_now(athlete.pk)

    assert (sending.state, sending.sent, sending.unchanged, sending.missing) == ("finished", 3, 0, 0)
    assert shape_of(sending)["says"] == "All done: your Bucket is up to date."
    await assert_all_stored(bucket, connection)
    (thing,) = bucket.things(username_of(connection))
    assert thing["name"] == "Saturday Live (testserver)"
    assert thing["description"].startswith("My activities")  # although Bucket drops it when a Thing is made
    assert sorted(one["type_id"] for one in thing["properties"]) == [
        *["CLASS"], *["COUNT"] * 4, *["SPEED"], *["TEXT"]
    ]  # fmt: skip


async def test_sending_again_changes_nothing(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    for number in (1, 2, 3):
        await on_database(save_activity)(athlete, number)
    await send_now(athlete.pk)
    before, wrote = stored(bucket, connection), writes(bucket)

    again = await send_now(athlete.pk)

    assert (again.state, again.sent, again.deleted) == ("finished", 0, 0)
    assert shape_of(again)["says"] == "Nothing had changed: your Bucket is up to date."
    assert (stored(bucket, connection), writes(bucket)) == (before, wrote)


async def test_changes_removals_and_another_start_are_followed(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    runs = [await on_database(save_activity)(athlete, number, parkrun="sure") for number in range(1, 6)]
    await send_now(athlete.pk)

    await on_database(change)(runs[0], name="Another title")
    await on_database(change)(runs[1], state="dismissed")
    await on_database(change)(runs[2], start=runs[2].start + timedelta(hours=1))
    await on_database(change)(runs[3], parkrun="")
    await runs[4].adelete()
    sending = await send_now(athlete.pk)

    assert (sending.sent, sending.deleted) == (3, 2)
    await assert_all_stored(bucket, connection)


async def test_places_are_sent_and_deleted_as_the_person_chooses(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    await on_database(save_activity)(athlete, 1, start_lat=51.41, start_lng=-0.34)
    await on_database(save_activity)(athlete, 2)
    for chosen in (True, False):
        await on_database(choose_start_point)(athlete.pk, sends_start_point=chosen)
        await send_now(athlete.pk)
        await assert_all_stored(bucket, connection)
        assert ("Start point" in stored(bucket, connection)) == chosen


async def test_places_that_are_switched_on_during_a_sending_are_sent_in_it(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "AT_ONCE", 1)
    for number in (1, 2):
        await on_database(save_activity)(athlete, number, start_lat=51.41, start_lng=-0.34)
    noted = changes.note_sent

    def switch_on_then_note(*args: Any) -> None:
        choose_start_point(athlete.pk, sends_start_point=True)
        noted(*args)

    monkeypatch.setattr("strava_live.bucket.outbox.note_sent", switch_on_then_note)
    sending = await send_now(athlete.pk)

    assert sending.state == "finished"
    await assert_all_stored(bucket, connection)
    assert len(stored(bucket, connection)["Start point"]) == 2


async def test_a_thing_of_an_earlier_connection_is_found_again_and_put_right(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    runs = [await on_database(save_activity)(athlete, number) for number in (1, 2)]
    await send_now(athlete.pk)
    granted = {name: getattr(connection, name) for name in ("person_id", "access_token", "refresh_token")}
    await connection.adelete()
    await on_database(change)(runs[0], state="dismissed")

    connection = await BucketConnection.objects.acreate(
        user=athlete, expires_at=connection.expires_at, scopes=connection.scopes, **granted
    )
    await send_now(athlete.pk)

    assert len(bucket.things(username_of(connection))) == 1
    await assert_all_stored(bucket, connection)


async def test_properties_that_were_deleted_at_bucket_are_made_and_filled_again(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    await on_database(save_activity)(athlete, 1)
    await send_now(athlete.pk)
    (thing,) = bucket.things(username_of(connection))
    bucket.delete_property(next(one["id"] for one in thing["properties"] if one["name"] == "Title"))

    await send_now(athlete.pk)

    await assert_all_stored(bucket, connection)


async def test_a_deleted_thing_is_made_again_only_if_the_person_asks(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    await on_database(save_activity)(athlete, 1)
    await send_now(athlete.pk)
    await BucketConnection.objects.aupdate(follows=True)
    bucket.delete_thing(bucket.things(username_of(connection))[0]["id"])

    following = await send_now(athlete.pk, reason="following")

    assert (following.state, following.failure_kind) == ("failed", "thing_removed")
    assert shape_of(following)["failure"] == {
        "code": "bucket_not_found",
        "message": "Your activities were deleted in your Bucket, so we have stopped sending new ones.",
        "next_step": "Press “Send now” to send them all again.",
    }
    assert bucket.things(username_of(connection)) == []
    assert not (await BucketConnection.objects.aget()).follows

    assert (await send_now(athlete.pk)).state == "finished"
    await assert_all_stored(bucket, connection)


@pytest.mark.parametrize("items", [1, 0])
async def test_rows_that_bucket_skips_in_silence_are_counted_and_sent_again(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection, items: int
) -> None:
    for number in (1, 2, 3):
        await on_database(save_activity)(athlete, number)
    bucket.fault("swallow", "write_values", calls=2, items=items)

    sending = await send_now(athlete.pk)

    assert (sending.state, sending.missing) == ("finished", 0)
    await assert_all_stored(bucket, connection)


async def test_rows_that_bucket_keeps_skipping_are_named(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    await on_database(save_activity)(athlete, 1)
    bucket.fault("swallow", "write_values")

    sending = await send_now(athlete.pk)

    assert (sending.state, sending.missing) == ("finished", 1)
    says = "Sent, but 1 activity did not arrive although Bucket said so. Send again to try once more."
    assert shape_of(sending)["says"] == says
    bucket.clear_faults()
    assert (await send_now(athlete.pk)).missing == 0
    await assert_all_stored(bucket, connection)


async def test_more_rows_than_one_answer_may_have_are_read_back_in_smaller_ranges(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here an answer has 6 kB at most. Bucket has 6 titles of this site, and 10 kB that another app has written."""
    monkeypatch.setattr(outbox, "bucket", partial(bucket_app.bucket, longest_answer=6000))
    for number in range(1, 7):
        await on_database(save_activity)(athlete, number, start=START - timedelta(days=1000 * number))
    bucket.fault("swallow", "write_values", items=2)
    assert (await send_now(athlete.pk)).missing == 2
    bucket.clear_faults()
    (thing,) = bucket.things(username_of(connection))
    title = next(one["id"] for one in thing["properties"] if one["name"] == "Title")
    bucket.write_rows(title, [[number * 600_000_000_000, "y" * 1000] for number in range(1, 11)])

    sending = await send_now(athlete.pk)

    assert (sending.state, sending.missing) == ("finished", 0)
    await assert_all_stored(bucket, connection)


@pytest.mark.parametrize(
    ("fault", "endpoint"),
    [
        ({"kind": "server_error"}, "*"),
        ({"kind": "server_error", "status": 503}, "write_values"),
        ({"kind": "html"}, "list_things"),
        ({"kind": "drop"}, "create_property"),
        ({"kind": "lose"}, "create_thing"),
        ({"kind": "lose"}, "create_property"),
        ({"kind": "lose"}, "write_values"),
        ({"kind": "truncate", "bytes": 10}, "list_properties"),
    ],
)
async def test_nothing_is_lost_or_doubled_while_bucket_is_in_trouble(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection, fault: dict[str, Any], endpoint: str
) -> None:
    await on_database(save_activity)(athlete, 1)
    await on_database(save_activity)(athlete, 2)
    bucket.fault(endpoint=endpoint, calls=6, **fault)

    sending, waited = await send_now(athlete.pk), 0
    while sending.state == "waiting":
        assert sending.wait_reason == "bucket_down"
        assert shape_of(sending)["says"] == "Bucket isn't answering. We keep trying."
        waited += 1
        sending = await executed(sending)

    assert (sending.state, waited < 7) == ("finished", True)
    assert len(bucket.things(username_of(connection))) == 1
    await assert_all_stored(bucket, connection)


async def test_after_too_many_setbacks_the_sending_fails_in_words(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    bucket.fault("server_error", "list_things")
    sending = await on_database(start_sending)(athlete.pk)
    await Sending.objects.aupdate(setbacks=MOST_SETBACKS)

    ended = await executed(sending)

    assert ended.state == "failed"
    failure = shape_of(ended)["failure"]
    assert failure is not None
    assert (failure["code"], failure["message"]) == ("bucket_down", "Bucket isn't answering right now.")


async def test_the_limit_of_bucket_pauses_the_sending(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    await on_database(save_activity)(athlete, 1)
    bucket.fault("rate_limited", "write_values", calls=1, retry_after="60")

    waiting = await send_now(athlete.pk)

    assert (waiting.state, waiting.wait_reason, waiting.setbacks) == ("waiting", "rate_limit", 0)
    assert shape_of(waiting)["says"] == "Bucket's limit reached. The sending carries on by itself."


async def test_access_that_was_revoked_at_bucket_ends_the_sending_in_words(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    await on_database(save_activity)(athlete, 1)
    bucket.revoke(username_of(connection))

    sending = await send_now(athlete.pk)

    failure = shape_of(sending)["failure"]
    assert failure is not None
    assert (failure["code"], failure["message"]) == ("bucket_reconnect_needed", "Bucket no longer lets us in.")
    assert (await BucketConnection.objects.aget()).needs_reconnecting


async def test_a_sending_that_was_cut_off_goes_on_where_it_was(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "AT_ONCE", 2)
    for number in range(1, 8):
        await on_database(save_activity)(athlete, number)
    sending, steps = await on_database(start_sending)(athlete.pk), 0
    while sending.state != "finished":
        steps += 1
        bucket.fault("server_error", "*", skip=4 * steps)
        sending = await executed(sending)
        bucket.clear_faults()
    assert steps > 3
    assert sending.sent == 7
    await assert_all_stored(bucket, connection)


async def test_stop_ends_a_waiting_sending_and_what_was_sent_stays(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    await on_database(save_activity)(athlete, 1)
    bucket.fault("server_error", "count_values")
    await send_now(athlete.pk)
    bucket.clear_faults()

    stopped = await on_database(stop_sending)(athlete.pk)

    assert stopped is not None
    assert stopped.state == "cancelled"
    assert "Title" in stored(bucket, connection)


async def test_disconnecting_in_the_middle_ends_the_sending_without_an_error(
    athlete: User,
    bucket: BucketStandIn,
    connection: BucketConnection,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await on_database(save_activity)(athlete, 1)
    sending = await on_database(start_sending)(athlete.pk)
    noted = changes.note_kinds

    def disconnect_then_note(*args: Any) -> None:
        disconnect_bucket(athlete.pk, delete_there=False)
        noted(*args)

    monkeypatch.setattr("strava_live.bucket.outbox.note_kinds", disconnect_then_note)
    assert await execute(sending) is None

    assert not await Sending.objects.aexists()
    assert not await SentActivity.objects.aexists()
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_thing_that_is_being_made_while_the_person_disconnects_is_deleted_again(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    await on_database(save_activity)(athlete, 1)
    held = bucket.fault("hold", "create_thing")
    calls = bucket.stats()["calls"].get("list_things", 0)
    executing = asyncio.create_task(execute(await on_database(start_sending)(athlete.pk)))
    await eventually(lambda: bucket.stats()["calls"].get("list_things", 0) > calls)

    revocation = await on_database(disconnect_bucket)(athlete.pk, delete_there=True)
    bucket.clear_fault(held)
    assert await asyncio.wait_for(executing, PATIENCE_S) is None

    assert bucket.things(username_of(connection)) == []
    assert revocation is not None
    assert not await on_database(revocation.claim)(now=timezone.now(), pause=timedelta(0))


async def test_a_thing_that_is_to_be_deleted_is_not_used_again(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection
) -> None:
    await on_database(save_activity)(athlete, 1)
    await send_now(athlete.pk)
    (old,) = bucket.things(username_of(connection))
    await on_database(disconnect_bucket)(athlete.pk, delete_there=True)

    again = await on_database(connected_to)(bucket, athlete, person_id=connection.person_id)
    await send_now(athlete.pk)

    assert {one["id"] for one in bucket.things(username_of(again))} > {old["id"]}
    assert (await BucketConnection.objects.aget()).thing_id != old["id"]


@pytest.mark.parametrize(("type_name", "adopted"), [("Strava", True), ("Thing", False)])
async def test_thing_of_an_earlier_connection_is_adopted_by_name_and_type(
    athlete: User, bucket: BucketStandIn, connection: BucketConnection, type_name: str, adopted: bool
) -> None:
    there = bucket.add_thing(username_of(connection), thing_name(), type=type_name)
    await on_database(save_activity)(athlete, 1)

    await send_now(athlete.pk)

    await connection.arefresh_from_db()
    assert (connection.thing_id == there) is adopted
