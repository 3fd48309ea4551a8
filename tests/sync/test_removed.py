"""A removed parkrun does not come back through another recording of the same morning."""

import importlib
import json
import random
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command

from simulators.strava.activity import Activity as Written
from simulators.strava.diary import Habits
from simulators.strava.events import five_k_events
from simulators.strava.histories import history
from strava_live.activities.models import Activity
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.strava.payloads import StravaActivity, read_activity
from strava_live.sync.decisions import (
    record_not_a_parkrun,
    record_parkrun_at,
    save_activity,
    unsave_activities,
    unsave_activity,
    unsave_all,
)
from strava_live.sync.models import SyncRun
from strava_live.sync.results_by_hand import remove_result
from tests.sync.runs import SATURDAY, parkrun, store

CHUNK = 200
WATCH = parkrun(1)
PHONE = parkrun(2, SATURDAY + timedelta(seconds=20), elapsed_time=1420, moving_time=1420, distance=4_980.0)
FULLER = parkrun(3, SATURDAY - timedelta(seconds=20), elapsed_time=1560, moving_time=1550, distance=5_040.0)


def reconsider() -> None:
    call_command("reconsider", "--apply", stdout=StringIO())


def saved() -> set[int]:
    return set(Activity.objects.saved().values_list("strava_id", flat=True))


@pytest.mark.parametrize(
    "remove",
    [
        lambda athlete_id: unsave_activity(athlete_id, 1),
        lambda athlete_id: unsave_activities(athlete_id, {1}),
        unsave_all,
        lambda athlete_id: remove_result(athlete_id, ParkrunResult.objects.get().pk),
    ],
    ids=["one", "several", "all", "its result"],
)
def test_second_recording_is_not_saved_by_the_next_sync(
    run: SyncRun, events: None, remove: Callable[[int], object]
) -> None:
    store(run, WATCH, PHONE)
    remove(run.athlete_id)

    stored = store(run, WATCH, PHONE, FULLER)
    reconsider()

    assert (saved(), stored.saved) == (set(), [])
    assert not ParkrunResult.objects.exists()
    assert set(Activity.objects.filter(strava_id__in=[2, 3]).values_list("state", "parkrun")) == {("found", "")}


def test_second_recording_can_still_be_saved_by_hand(run: SyncRun, events: None) -> None:
    store(run, WATCH, PHONE)
    unsave_all(run.athlete_id)
    store(run, WATCH, PHONE)

    record_parkrun_at(run.athlete_id, 2, "bushy")
    store(run, WATCH, PHONE)

    assert saved() == {2}
    assert [row.activity and row.activity.strava_id for row in ParkrunResult.objects.all()] == [2]


def test_removed_parkrun_that_is_saved_again_counts_as_before(run: SyncRun, events: None) -> None:
    store(run, WATCH, PHONE)
    unsave_activity(run.athlete_id, 1)
    save_activity(run.athlete_id, 1)

    store(run, WATCH, PHONE)

    assert saved() == {1}
    assert not Activity.objects.get(strava_id=1).removed


def test_recording_that_was_no_parkrun_leaves_the_other_one(run: SyncRun, events: None) -> None:
    """`record_not_a_parkrun` concerns one recording, removing concerns the parkrun."""
    store(run, WATCH, PHONE)
    record_not_a_parkrun(run.athlete_id, 1)

    store(run, WATCH, PHONE)

    assert saved() == {2}


def test_dismissed_maybe_leaves_the_parkrun_that_is_read_later(run: SyncRun, events: None) -> None:
    store(run, parkrun(7, name="parkrun", distance=4_200.0))
    assert Activity.objects.get().parkrun == "maybe"
    unsave_activity(run.athlete_id, 7)

    store(run, WATCH)

    assert saved() == {1}


def test_maybe_that_was_saved_and_removed_blocks_its_morning(run: SyncRun, events: None) -> None:
    store(run, parkrun(7, name="parkrun", distance=4_200.0))
    save_activity(run.athlete_id, 7)
    unsave_activity(run.athlete_id, 7)

    store(run, WATCH)

    assert saved() == set()


def test_saved_recording_stays_when_a_duplicate_is_removed(run: SyncRun, events: None) -> None:
    store(run, WATCH, PHONE)
    record_parkrun_at(run.athlete_id, 2, "bushy")
    unsave_activity(run.athlete_id, 2)

    store(run, WATCH, PHONE)
    reconsider()

    assert saved() == {1}


def test_parkruns_of_other_days_are_saved_after_a_removal(run: SyncRun, events: None) -> None:
    week = timedelta(days=7)
    store(run, WATCH, parkrun(4, SATURDAY - week))
    unsave_all(run.athlete_id)

    store(run, WATCH, parkrun(4, SATURDAY - week), parkrun(5, SATURDAY - 2 * week))

    assert saved() == {5}


def sync(run: SyncRun, activities: Iterable[Written], chance: random.Random) -> None:
    """Store activities newest first, in chunks of random sizes."""
    read: list[StravaActivity] = [read_activity(json.loads(one.written(precise=True))) for one in activities]
    while read:
        size = chance.choice((1, 20, CHUNK))
        store(run, *read[:size])
        read = read[size:]


@pytest.mark.parametrize(
    ("all_of_them", "late_share"), [(True, 0.0), (True, 0.4), (False, 0.4)], ids=["all", "all, some late", "some"]
)
def test_history_with_second_recordings_stays_removed(
    run: SyncRun, events: None, all_of_them: bool, late_share: float
) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")  # noqa: T201 - needed to reproduce a failure
    chance = random.Random(seed)
    home = chance.choice(five_k_events())
    habits = Habits(900_001, home, date(2024, 1, 1), parkruns=0.9, two_watches=0.6, hides=0.1, weekly=0.5)
    everything = history(habits, seed=seed, until=int(datetime(2026, 11, 20, tzinfo=UTC).timestamp()))
    doubles = {one.id for one in everything if one.label.double_of}
    late = {one for one in doubles if chance.random() < late_share}  # a phone whose recordings are uploaded days later
    sync(run, [one for one in everything if one.id not in late], chance)
    before = saved()
    assert len(before) > 20
    assert len(doubles) > 10

    removed = {one for one in before if all_of_them or chance.random() < 0.5}
    unsave_all(run.athlete_id) if all_of_them else unsave_activities(run.athlete_id, removed)
    sync(run, everything, chance)
    after_sync = saved()
    reconsider()

    mornings = {one.id: one.label.double_of or one.id for one in everything}
    came_back = {one for one in saved() | after_sync if mornings[one] in {mornings[gone] for gone in removed}}
    assert came_back == set(), f"seed {seed}"
    assert saved() == after_sync, f"seed {seed}"
    if all_of_them and not late:
        assert saved() == set(), f"seed {seed}"


def test_parkruns_removed_before_migration_0009_block_their_mornings_too(run: SyncRun, events: None) -> None:
    store(run, WATCH, PHONE, parkrun(7, SATURDAY - timedelta(days=7), name="parkrun", distance=4_200.0))
    unsave_activities(run.athlete_id, {1, 7})
    Activity.objects.update(removed=False)

    importlib.import_module("strava_live.migrations.0009_leases_and_removed_parkruns").note_removed(apps, None)
    store(run, WATCH, PHONE)

    assert saved() == set()
    assert list(Activity.objects.filter(removed=True).values_list("strava_id", flat=True)) == [1]
