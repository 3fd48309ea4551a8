"""What a sending has to change at Bucket, and what is noted when Bucket has taken it."""

from datetime import timedelta

import pytest

from strava_live.accounts.models import User
from strava_live.activities.athlete_state import current_mark
from strava_live.activities.models import GONE
from strava_live.bucket import changes
from strava_live.bucket.changes import (
    ConnectionGone,
    count_changes,
    expected_timestamps,
    has_changes,
    next_changes,
    next_to_delete,
    note_complete,
    note_deleted,
    note_kinds,
    note_sent,
    plan_activities,
    send_again,
    with_other_start,
)
from strava_live.bucket.choices import choose_start_point
from strava_live.bucket.models import BucketConnection, SentActivity
from tests.bucket.connected import START, change, connected, save_activity

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection(athlete: User) -> BucketConnection:
    return connected(athlete)


def send_all(connection: BucketConnection) -> list[int]:
    """Plan and note everything, as a sending does around its calls to Bucket. Return the ids of what was new."""
    sent = []
    while activities := next_changes(connection):
        note_deleted(with_other_start(connection, activities))
        plan = plan_activities(connection, activities)
        note_kinds(connection, plan)
        sent += [one.sent.strava_id for one in plan.activities if one.is_new_to_bucket]
        note_sent(connection, plan)
        connection.refresh_from_db()
    return sent


def test_saved_activities_are_sent_once(athlete: User, connection: BucketConnection) -> None:
    save_activity(athlete, 1)
    save_activity(athlete, 2, state="found")
    save_activity(athlete, 3, state="dismissed")
    save_activity(athlete, 4)

    assert count_changes(connection) == 2
    assert send_all(connection) == [1, 4]
    assert send_all(connection) == []
    assert not has_changes(connection)


def test_a_changed_activity_is_sent_again_under_its_timestamp(athlete: User, connection: BucketConnection) -> None:
    run = save_activity(athlete, 1)
    save_activity(athlete, 2)
    send_all(connection)
    before = SentActivity.objects.get(strava_id=1)

    change(run, name="With the buggy")

    assert send_all(connection) == [1]
    after = SentActivity.objects.get(strava_id=1)
    assert (after.pk, after.timestamp_ms) == (before.pk, before.timestamp_ms)
    assert after.digest != before.digest


def test_a_change_that_bucket_does_not_see_is_not_sent(athlete: User, connection: BucketConnection) -> None:
    run = save_activity(athlete, 1)
    send_all(connection)

    change(run, visibility="followers_only")

    assert send_all(connection) == []
    assert not has_changes(connection)


def test_activities_that_started_in_the_same_second_have_different_timestamps(
    athlete: User, connection: BucketConnection
) -> None:
    for number in (1, 2, 3):
        save_activity(athlete, number, start=START)

    send_all(connection)

    timestamps = SentActivity.objects.order_by("strava_id").values_list("timestamp_ms", flat=True)
    first = int(START.timestamp()) * 1000
    assert list(timestamps) == [first, first + 1, first + 2]


@pytest.mark.parametrize("gone", [{"state": "dismissed"}, {"visibility": GONE}])
def test_what_is_not_saved_any_more_is_to_be_deleted(
    athlete: User, connection: BucketConnection, gone: dict[str, str]
) -> None:
    run = save_activity(athlete, 1)
    save_activity(athlete, 2)
    send_all(connection)

    change(run, **gone)

    assert has_changes(connection)
    assert [row.strava_id for row in next_to_delete(connection)] == [1]
    note_deleted(next_to_delete(connection))
    assert note_complete(connection)
    assert list(SentActivity.objects.values_list("strava_id", flat=True)) == [2]


def test_a_deleted_activity_is_to_be_deleted(athlete: User, connection: BucketConnection) -> None:
    run = save_activity(athlete, 1)
    send_all(connection)

    run.delete()

    assert [row.strava_id for row in next_to_delete(connection)] == [1]
    assert count_changes(connection) == 1


def test_an_activity_with_another_start_gets_another_timestamp(athlete: User, connection: BucketConnection) -> None:
    run = save_activity(athlete, 1)
    send_all(connection)
    before = SentActivity.objects.get().timestamp_ms

    change(run, start=run.start + timedelta(seconds=30))

    assert [row.timestamp_ms for row in with_other_start(connection, next_changes(connection))] == [before]
    assert send_all(connection) == [1]
    assert SentActivity.objects.get().timestamp_ms == before + 30_000


def test_a_plan_that_was_cut_off_is_made_again_with_the_same_timestamps(
    athlete: User, connection: BucketConnection
) -> None:
    for number in (1, 2):
        save_activity(athlete, number, start=START)
    plan = plan_activities(connection, next_changes(connection))
    note_kinds(connection, plan)  # then the process is killed
    planned = dict(SentActivity.objects.values_list("strava_id", "timestamp_ms"))

    assert send_all(connection) == [1, 2]
    assert dict(SentActivity.objects.values_list("strava_id", "timestamp_ms")) == planned


def test_what_may_be_at_bucket_is_known_before_it_is_sent(athlete: User, connection: BucketConnection) -> None:
    run = save_activity(athlete, 1, parkrun="sure")
    send_all(connection)
    change(run, parkrun="", start_lat=51.4, start_lng=-0.3)
    choose_start_point(athlete.pk, sends_start_point=True)
    connection.refresh_from_db()

    plan = plan_activities(connection, next_changes(connection))
    note_kinds(connection, plan)

    assert {"start_point", "parkrun_time"} <= set(SentActivity.objects.get().kinds)
    assert plan.activities[0].kinds_without_value == {"parkrun_time"}
    note_sent(connection, plan)
    assert "parkrun_time" not in SentActivity.objects.get().kinds
    assert "start_point" in SentActivity.objects.get().kinds


def test_switching_the_start_point_sends_everything_again(athlete: User, connection: BucketConnection) -> None:
    save_activity(athlete, 1, start_lat=51.4, start_lng=-0.3)
    save_activity(athlete, 2)
    send_all(connection)

    choose_start_point(athlete.pk, sends_start_point=True)
    connection.refresh_from_db()

    assert send_all(connection) == [1]  # the other one has no start, so nothing of it has changed


def test_a_choice_during_the_first_sending_is_not_overwritten(athlete: User, connection: BucketConnection) -> None:
    save_activity(athlete, 1, start_lat=51.4, start_lng=-0.3)
    choose_start_point(athlete.pk, sends_start_point=True)
    connection.refresh_from_db()
    plan = plan_activities(connection, next_changes(connection))

    choose_start_point(athlete.pk, sends_start_point=False)
    note_sent(connection, plan)

    connection.refresh_from_db()
    assert [found.strava_id for found in next_changes(connection)] == [1]


def test_a_choice_during_a_sending_is_not_overwritten(athlete: User, connection: BucketConnection) -> None:
    save_activity(athlete, 1, start_lat=51.4, start_lng=-0.3)
    send_all(connection)
    save_activity(athlete, 2)
    plan = plan_activities(connection, next_changes(connection))

    choose_start_point(athlete.pk, sends_start_point=True)
    note_sent(connection, plan)

    connection.refresh_from_db()
    assert 1 in [found.strava_id for found in next_changes(connection)]


def test_rows_that_bucket_has_not_kept_are_sent_again_alone(athlete: User, connection: BucketConnection) -> None:
    for number in range(1, 6):
        save_activity(athlete, number)
    send_all(connection)
    lost = SentActivity.objects.get(strava_id=3).timestamp_ms

    send_again(connection, [lost])

    assert count_changes(connection) == 1
    assert send_all(connection) == [3]
    assert all(lost in timestamps for timestamps in expected_timestamps(connection).values())


def test_changes_to_activities_that_are_not_saved_are_noted_as_sent(
    athlete: User, connection: BucketConnection
) -> None:
    save_activity(athlete, 1, state="found")

    assert note_complete(connection)

    connection.refresh_from_db()
    assert connection.sent_mark == current_mark(athlete.pk)


def test_more_activities_than_fit_in_a_chunk(
    athlete: User, connection: BucketConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "AT_ONCE", 2)
    for number in range(1, 6):
        save_activity(athlete, number)

    assert send_all(connection) == [1, 2, 3, 4, 5]


def test_after_a_disconnection_nothing_is_noted(athlete: User, connection: BucketConnection) -> None:
    save_activity(athlete, 1)
    activities = next_changes(connection)
    plan = plan_activities(connection, activities)
    BucketConnection.objects.all().delete()

    for late in (
        lambda: plan_activities(connection, activities),
        lambda: note_kinds(connection, plan),
        lambda: note_sent(connection, plan),
        lambda: note_complete(connection),
        lambda: send_again(connection, [1]),
    ):
        with pytest.raises(ConnectionGone):
            late()
    assert not SentActivity.objects.exists()
