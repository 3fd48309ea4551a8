"""Keeping a chunk: one transaction, few queries, nothing doubled, and what a person settled stays settled."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.strava.payloads import StravaActivity, read_activity
from strava_live.sync.choose import save_activity, unsave_activity
from strava_live.sync.models import SyncRun
from strava_live.sync.pipeline import Place
from strava_live.sync.runs import LeaseLost
from strava_live.sync.store import StoredChunk, store_chunk
from tests.strava.payloads import summary
from tests.sync.conftest import LEASE

MOST_QUERIES = 8
BUSHY = [51.410992, -0.335791]
SATURDAY = datetime(2024, 6, 1, 8, 1, tzinfo=UTC)  # 9:01 on the clock at Bushy


def run_of(strava_id: int, start: datetime, **changes: Any) -> StravaActivity:
    fields = {
        "start_date": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "start_date_local": (start + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "timezone": "(GMT+00:00) Europe/London",
        "utc_offset": 3600.0,
        "name": "Morning Run",
        "sport_type": "Run",
        "distance": 10_000.0,
        "start_latlng": [53.0, -1.0],
        "map": None,
        "manual": False,
        "trainer": False,
    }
    return read_activity(summary(strava_id, **fields | changes))


def parkrun(strava_id: int, start: datetime = SATURDAY, **changes: Any) -> StravaActivity:
    fields = {"distance": 5_010.0, "start_latlng": BUSHY, "elapsed_time": 1500, "moving_time": 1495}
    return run_of(strava_id, start, **fields | changes)


def many(count: int, *, since: int = 1) -> list[StravaActivity]:
    return [run_of(since + number, SATURDAY - timedelta(hours=20 * number)) for number in range(count)]


def keep(run: SyncRun, *activities: StravaActivity) -> StoredChunk:
    return store_chunk(run, LEASE, list(activities), Place(activities[-1].start, 1, 1, 0))


def queries_for(run: SyncRun, activities: list[StravaActivity]) -> int:
    with CaptureQueriesContext(connection) as captured:
        keep(run, *activities)
    return len(captured)


def test_queries_do_not_grow_with_the_activities(run: SyncRun, events: None) -> None:
    keep(run, *many(1, since=10_000))

    few, lots = queries_for(run, many(2, since=1000)), queries_for(run, many(200))
    again = queries_for(run, many(200))

    assert few == lots
    assert lots <= MOST_QUERIES
    assert again <= MOST_QUERIES


def test_chunk_is_kept_once_however_often_it_comes(run: SyncRun, events: None) -> None:
    first, again = keep(run, *many(30)), keep(run, *many(30))

    run.refresh_from_db()
    assert Activity.objects.count() == run.found == 30
    assert (first.marks, again.marks) == ((0, 30), (30, 30))
    assert sorted(Activity.objects.values_list("mark", flat=True)) == list(range(1, 31))


def test_edit_at_strava_is_taken_over_and_marked(run: SyncRun, events: None) -> None:
    keep(run, *many(3))

    stored = keep(run, run_of(2, SATURDAY - timedelta(hours=20), name="Renamed", distance=12_000.0))

    row = Activity.objects.get(strava_id=2)
    assert (row.name, row.distance_m, row.mark, stored.marks.now) == ("Renamed", 12_000.0, 4, 4)


def test_sure_parkrun_is_saved_by_itself(run: SyncRun, events: None) -> None:
    stored = keep(run, parkrun(1), run_of(2, SATURDAY - timedelta(days=1)))

    run.refresh_from_db()
    assert [item["strava_id"] for item in stored.saved] == [1]
    assert stored.saved[0]["parkrun"]["event"] == "bushy"
    assert (run.found, run.saved) == (2, 1)
    assert Activity.objects.get(strava_id=2).state == Activity.State.FOUND


def test_two_watches_are_one_parkrun_in_whatever_order_they_come(run: SyncRun, events: None) -> None:
    keep(run, parkrun(1))
    keep(run, parkrun(2, SATURDAY + timedelta(seconds=4), distance=5_020.0, elapsed_time=1501))

    assert Activity.objects.saved().count() == 1


def test_what_was_dismissed_stays_dismissed(run: SyncRun, events: None) -> None:
    keep(run, parkrun(1))
    unsave_activity(run.athlete_id, 1)

    stored = keep(run, parkrun(1, name="Saturday again"))

    row = Activity.objects.get()
    assert (row.state, row.name, stored.saved) == (Activity.State.DISMISSED, "Saturday again", [])


def test_what_a_person_saved_stays_saved(run: SyncRun, events: None) -> None:
    keep(run, run_of(1, SATURDAY))
    save_activity(run.athlete_id, 1)

    keep(run, run_of(1, SATURDAY, name="Another name"))

    assert Activity.objects.get().state == Activity.State.SAVED


@pytest.mark.parametrize("lost", [{"lease_owner": "another-process"}, {"cancel_asked": True}])
def test_run_that_is_ours_no_more_keeps_nothing(run: SyncRun, events: None, lost: dict[str, Any]) -> None:
    SyncRun.objects.filter(pk=run.pk).update(**lost)

    with pytest.raises(LeaseLost):
        keep(run, parkrun(1))

    assert not Activity.objects.exists()


def test_place_is_kept_with_the_chunk(run: SyncRun, events: None) -> None:
    activities = many(5)
    store_chunk(run, LEASE, activities, Place(activities[-1].start, 3, 4, 1))

    run.refresh_from_db()
    assert (run.reached, run.oldest, run.pages, run.requests, run.skipped) == (
        activities[-1].start,
        activities[-1].start,
        3,
        4,
        1,
    )


def test_more_than_the_rows_of_a_chunk_shares_its_days_and_is_judged_with_it(run: SyncRun, events: None) -> None:
    """A warm-up of five kilometres that looked like the parkrun is let go when the parkrun itself comes in."""
    keep(run, parkrun(1, SATURDAY - timedelta(minutes=4), elapsed_time=1450, moving_time=1450, distance=4_700.0))
    keep(run, parkrun(2, SATURDAY + timedelta(minutes=25)))
    keep(run, parkrun(3))

    assert Activity.objects.saved().count() == 1


@pytest.mark.parametrize(("known", "zone"), [(False, "Europe/London"), (True, "UTC")])
def test_newest_activity_gives_a_time_zone_to_an_account_without(
    run: SyncRun, athlete: User, events: None, known: bool, zone: str
) -> None:
    User.objects.filter(pk=athlete.pk).update(time_zone="UTC", time_zone_known=known)

    keep(run, run_of(3, SATURDAY, timezone="nowhere"), run_of(2, SATURDAY - timedelta(hours=20)))

    athlete.refresh_from_db()
    assert athlete.time_zone == zone
