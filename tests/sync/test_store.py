"""Storing a chunk: one transaction, few queries, no duplicates, and decisions of the athlete stay."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.parkrun.simulated import SimulatedSaturday
from strava_live.strava.payloads import StravaActivity
from strava_live.sync.decisions import save_activity, unsave_activity
from strava_live.sync.models import SyncRun
from strava_live.sync.pipeline import Place
from strava_live.sync.runs import LeaseLost, record_progress
from strava_live.sync.store import store_and_announce, store_chunk
from tests.sync.announced import listening_to
from tests.sync.runs import LEASE, MOST_QUERIES, SATURDAY, parkrun, parkrun_in, store, strava_run, strava_runs


def queries_for(run: SyncRun, activities: list[StravaActivity]) -> int:
    with CaptureQueriesContext(connection) as captured:
        store(run, *activities)
    return len(captured)


def test_number_of_queries_does_not_grow_with_the_activities(run: SyncRun, events: None) -> None:
    store(run, *strava_runs(1, first=10_000))

    few, lots = queries_for(run, strava_runs(2, first=1000)), queries_for(run, strava_runs(200))
    again = queries_for(run, strava_runs(200))

    assert few == lots
    assert lots <= MOST_QUERIES
    assert again <= MOST_QUERIES


def test_chunk_stored_twice_is_counted_once(run: SyncRun, events: None) -> None:
    first, again = store(run, *strava_runs(30)), store(run, *strava_runs(30))

    run.refresh_from_db()
    assert Activity.objects.count() == run.found == 30
    assert (first.marks, again.marks) == ((0, 30), (30, 30))
    assert sorted(Activity.objects.values_list("mark", flat=True)) == list(range(1, 31))


async def test_chunk_is_stored_and_announced(connections_closed: None, run: SyncRun, events: None) -> None:
    chunk = [parkrun(1), strava_run(2, SATURDAY)]
    async with listening_to(run.athlete_id) as announced:
        await store_and_announce(run, LEASE, chunk, Place(chunk[-1].start, 1, 1, 0))

    assert announced.types() == ["activities.found", "activity.saved"]
    assert [item["strava_id"] for item in announced.found()] == [1, 2]
    assert announced.messages[1]["item"]["strava_id"] == 1
    assert announced.marks == [(0, 2)]


def test_edit_at_strava_is_stored_and_marked(run: SyncRun, events: None) -> None:
    store(run, *strava_runs(3))

    stored = store(run, strava_run(2, SATURDAY - timedelta(hours=20), name="Renamed", distance=12_000.0))

    row = Activity.objects.get(strava_id=2)
    assert (row.name, row.distance_m, row.mark, stored.marks.now) == ("Renamed", 12_000.0, 4, 4)


def test_sure_parkrun_is_saved_automatically(run: SyncRun, events: None) -> None:
    stored = store(run, parkrun(1), strava_run(2, SATURDAY - timedelta(days=1)))

    run.refresh_from_db()
    assert [item["strava_id"] for item in stored.saved] == [1]
    assert parkrun_in(stored.saved[0])["event"] == "bushy"
    assert (run.found, run.saved) == (2, 1)
    assert Activity.objects.get(strava_id=2).state == Activity.State.FOUND


def test_second_watch_of_a_parkrun_is_not_saved(run: SyncRun, events: None) -> None:
    store(run, parkrun(1))
    store(run, parkrun(2, SATURDAY + timedelta(seconds=4), distance=5_020.0, elapsed_time=1501))

    assert Activity.objects.saved().count() == 1


def test_dismissed_activity_stays_dismissed(run: SyncRun, events: None) -> None:
    store(run, parkrun(1))
    unsave_activity(run.athlete_id, 1)

    stored = store(run, parkrun(1, name="Saturday again"))

    row = Activity.objects.get()
    assert (row.state, row.name, stored.saved) == (Activity.State.DISMISSED, "Saturday again", [])


def test_activity_saved_by_hand_stays_saved(run: SyncRun, events: None) -> None:
    store(run, strava_run(1, SATURDAY))
    save_activity(run.athlete_id, 1)

    store(run, strava_run(1, SATURDAY, name="Another name"))

    assert Activity.objects.get().state == Activity.State.SAVED


@pytest.mark.parametrize("lost", [{"lease_owner": "another-process"}, {"cancel_asked": True}])
def test_run_without_lease_or_to_be_stopped_stores_nothing(run: SyncRun, events: None, lost: dict[str, Any]) -> None:
    SyncRun.objects.filter(pk=run.pk).update(**lost)

    with pytest.raises(LeaseLost):
        store(run, parkrun(1))

    assert not Activity.objects.exists()


def test_chunk_that_is_stored_again_after_a_rollback_is_counted_once(
    run: SyncRun, events: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_after_recording(*args: Any) -> None:
        record_progress(*args)
        raise OperationalError

    with monkeypatch.context() as failing:
        failing.setattr("strava_live.sync.store.record_progress", fail_after_recording)
        with pytest.raises(OperationalError):
            store(run, parkrun(1))
    store(run, parkrun(1))

    run.refresh_from_db()
    assert (run.found, run.saved) == (1, 1)


def test_place_is_stored_with_the_chunk(run: SyncRun, events: None) -> None:
    activities = strava_runs(5)
    store_chunk(run, LEASE, activities, Place(activities[-1].start, 3, 4, 1))

    run.refresh_from_db()
    assert (run.reached, run.oldest, run.pages, run.requests, run.skipped) == (
        activities[-1].start,
        activities[-1].start,
        3,
        4,
        1,
    )


def test_stored_activities_of_the_same_day_are_judged_again_with_a_chunk(run: SyncRun, events: None) -> None:
    """A warm-up of five kilometres that looked like the parkrun is unsaved when the parkrun itself is read."""
    store(run, parkrun(1, SATURDAY - timedelta(minutes=4), elapsed_time=1450, moving_time=1450, distance=4_700.0))
    store(run, parkrun(2, SATURDAY + timedelta(minutes=25)))
    store(run, parkrun(3))

    assert Activity.objects.saved().count() == 1


@pytest.mark.parametrize(("known", "zone"), [(False, "Europe/London"), (True, "UTC")])
def test_newest_activity_sets_an_unknown_time_zone(
    run: SyncRun, athlete: User, events: None, known: bool, zone: str
) -> None:
    User.objects.filter(pk=athlete.pk).update(time_zone="UTC", time_zone_known=known)

    store(run, strava_run(3, SATURDAY, timezone="nowhere"), strava_run(2, SATURDAY - timedelta(hours=20)))

    athlete.refresh_from_db()
    assert athlete.time_zone == zone


def test_simulated_parkrun_stays_saved_after_its_saturday_is_forgotten(run: SyncRun, events: None) -> None:
    friday = datetime(2026, 11, 27, 14, 5, tzinfo=UTC)
    catalogue.accept((SimulatedSaturday("bushy", friday),))
    try:
        store(run, parkrun(1, friday + timedelta(minutes=2)))
    finally:
        catalogue.accept(())

    again = store(run, parkrun(1, friday + timedelta(minutes=2), name="Renamed"), parkrun(2, friday, athlete_count=9))
    other_day = store(run, parkrun(3, friday + timedelta(days=3)))

    row = Activity.objects.get(strava_id=1)
    assert (row.name, row.state, row.event_slug) == ("Renamed", Activity.State.SAVED, "bushy")
    assert [item["strava_id"] for item in [*again.saved, *other_day.saved]] == []
    assert ParkrunResult.objects.get().activity == row
