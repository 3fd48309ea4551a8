"""Undo a removal: exactly the removed activities come back, to the athlete and to their clubs."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.activities import removals
from strava_live.activities.models import Activity, Removal
from strava_live.activities.removals import latest_removal
from strava_live.clubs.models import Club, Membership
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.sync.decisions import (
    record_not_a_parkrun,
    record_parkrun_at,
    save_activity,
    save_all_parkruns,
    unsave_activities,
    unsave_activity,
    unsave_all,
)
from strava_live.sync.models import SyncRun
from strava_live.sync.snapshot import hello_for
from strava_live.sync.undo import undo_removal, undo_removal_of
from tests.feed.entries import is_sound, shown
from tests.sync.announced import announced_by
from tests.sync.runs import SATURDAY, parkrun, store, strava_run
from tests.web import kept

WATCH = parkrun(1)
PHONE = parkrun(2, SATURDAY + timedelta(seconds=20), elapsed_time=1420, moving_time=1420, distance=4_980.0)
MAYBE = parkrun(7, SATURDAY - timedelta(days=7), name="parkrun", distance=4_200.0)
WEEKDAY = strava_run(9, SATURDAY - timedelta(days=3))


def undo_latest(athlete_id: int) -> int:
    latest = latest_removal(athlete_id)
    assert latest is not None
    return undo_removal(athlete_id, latest[0].pk)


def activity_rows() -> list[tuple[Any, ...]]:
    return list(
        Activity.objects.order_by("strava_id").values_list("strava_id", "state", "settled", "removed", "parkrun")
    )


def results() -> list[tuple[Any, ...]]:
    rows = ParkrunResult.objects.order_by("day", "event")
    return list(rows.values_list("event__slug", "day", "activity__strava_id", "official_time_s"))


REMOVALS: dict[str, Callable[[int], object]] = {
    "one": lambda athlete_id: unsave_activity(athlete_id, 1),
    "several, one of them a maybe": lambda athlete_id: unsave_activities(athlete_id, {1, 7, 9}),
    "all": unsave_all,
    "a maybe": lambda athlete_id: unsave_activity(athlete_id, 7),
}


@pytest.mark.parametrize("remove", REMOVALS.values(), ids=REMOVALS)
def test_undo_restores_exactly_what_was_removed(run: SyncRun, events: None, remove: Callable[[int], object]) -> None:
    store(run, WATCH, PHONE, MAYBE, WEEKDAY, parkrun(11, SATURDAY - timedelta(days=14)))
    save_activity(run.athlete_id, 9)
    record_parkrun_at(run.athlete_id, 2, "bushy")  # two saved recordings of one morning
    ParkrunResult.objects.filter(activity__strava_id=1).update(official_time_s=1499, source="typed")
    before, results_before = activity_rows(), results()

    remove(run.athlete_id)
    assert activity_rows() != before
    store(run, WATCH, PHONE, MAYBE, WEEKDAY)  # a sync in between changes nothing
    undo_latest(run.athlete_id)

    assert activity_rows() == before
    assert results() == results_before
    assert latest_removal(run.athlete_id) is None


def test_undo_announces_each_activity_with_a_mark(run: SyncRun, events: None) -> None:
    store(run, WATCH, MAYBE, WEEKDAY)
    unsave_activities(run.athlete_id, {1, 7})
    mark = Activity.objects.latest("mark").mark

    announced = announced_by(run.athlete_id, lambda: undo_latest(run.athlete_id))

    assert [(message["type"], message["mark"]) for message in announced.messages] == [
        ("activity.saved", mark + 1),
        ("activities.found", mark + 2),
    ]
    items = hello_for(run.athlete_id, mark).items
    assert [(item["strava_id"], item["state"]) for item in items] == [(1, "saved"), (7, "found")]


def test_removals_are_undone_latest_first(athlete: User) -> None:
    for number in range(1, 4):
        kept.activity(athlete, number, state="saved", settled=True)
    unsave_activities(athlete.pk, {1, 2})
    unsave_activity(athlete.pk, 3)

    undo_latest(athlete.pk)
    assert set(Activity.objects.saved().values_list("strava_id", flat=True)) == {3}
    undo_latest(athlete.pk)
    assert Activity.objects.saved().count() == 3


def test_one_of_several_is_restored_alone(athlete: User) -> None:
    for number in range(1, 4):
        kept.activity(athlete, number, state="saved", settled=True)
    unsave_all(athlete.pk)

    assert undo_removal_of(athlete.pk, 2) == 1
    assert undo_removal_of(athlete.pk, 2) == 0

    assert set(Activity.objects.saved().values_list("strava_id", flat=True)) == {2}
    assert undo_latest(athlete.pk) == 2


def test_decision_made_after_a_removal_stays(run: SyncRun, events: None) -> None:
    store(run, WATCH, MAYBE, parkrun(11, SATURDAY - timedelta(days=14)))
    unsave_all(run.athlete_id)
    record_not_a_parkrun(run.athlete_id, 1)
    save_activity(run.athlete_id, 11)
    mark = Activity.objects.get(strava_id=11).mark

    assert latest_removal(run.athlete_id) is None
    assert undo_removal(run.athlete_id, Removal.objects.get().pk) == 0
    assert Activity.objects.get(strava_id=1).state == "dismissed"
    assert Activity.objects.get(strava_id=11).mark == mark


def test_removal_of_another_athlete_is_not_undone(athlete: User, stranger: User) -> None:
    kept.activity(stranger, 1, state="saved")
    unsave_all(stranger.pk)

    assert undo_removal(athlete.pk, Removal.objects.get().pk) == 0
    assert undo_removal_of(athlete.pk, 1) == 0
    assert Activity.objects.get().state == "dismissed"


def test_undo_is_offered_for_a_day(athlete: User) -> None:
    kept.activity(athlete, 1, state="saved")
    unsave_all(athlete.pk)

    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        assert latest_removal(athlete.pk) is not None
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert latest_removal(athlete.pk) is None
        assert undo_removal(athlete.pk, Removal.objects.get().pk) == 0
        assert list(Removal.objects.all().expired()) == list(Removal.objects.all())


def test_only_the_latest_removals_are_stored(athlete: User, clubmate: User) -> None:
    kept.activity(clubmate, 99, state="saved")
    unsave_all(clubmate.pk)
    for number in range(1, removals.MOST_KEPT + 3):
        kept.activity(athlete, number, state="saved")
        unsave_activity(athlete.pk, number)

    assert Removal.objects.of(athlete.pk).count() == removals.MOST_KEPT
    assert Removal.objects.of(clubmate.pk).count() == 1


def test_club_feed_shows_restored_parkruns_again(run: SyncRun, events: None) -> None:
    club = Club.objects.create(slug="striders", name="Striders", time_zone="Europe/London")
    Membership.objects.create(club=club, user_id=run.athlete_id, shares_parkruns=True)
    with time_machine.travel(datetime(2024, 6, 2, 12, tzinfo=SATURDAY.tzinfo), tick=False):
        SyncRun.objects.update(lease_until=timezone.now() + timedelta(minutes=1))
        store(run, WATCH, MAYBE, parkrun(11, SATURDAY - timedelta(days=14)))
        before = [(entry.kind, entry.data) for entry in shown(club)]
        assert [kind for kind, _ in before] == ["parkrun"]

        unsave_all(run.athlete_id)
        assert shown(club) == []
        undo_latest(run.athlete_id)

    assert [(entry.kind, entry.data) for entry in shown(club)] == before
    assert is_sound(club)


def test_save_all_parkruns(run: SyncRun, events: None) -> None:
    store(run, WATCH, PHONE, MAYBE, WEEKDAY, parkrun(11, SATURDAY - timedelta(days=14)))
    save_activity(run.athlete_id, 7)  # a maybe answered with yes
    store(run, parkrun(12, SATURDAY - timedelta(days=21), name="parkrun", distance=4_200.0))  # an open maybe
    unsave_all(run.athlete_id)
    store(run, WATCH, PHONE, MAYBE, WEEKDAY)

    assert save_all_parkruns(run.athlete_id) == 3
    assert set(Activity.objects.saved().values_list("strava_id", flat=True)) == {1, 7, 11}
    assert not Activity.objects.filter(removed=True).exists()
    assert save_all_parkruns(run.athlete_id) == 0


def test_save_all_parkruns_skips_a_morning_with_a_saved_recording(run: SyncRun, events: None) -> None:
    store(run, WATCH, PHONE)
    unsave_activity(run.athlete_id, 1)
    record_parkrun_at(run.athlete_id, 2, "bushy")

    assert save_all_parkruns(run.athlete_id) == 0


def test_save_all_parkruns_skips_what_was_no_parkrun(run: SyncRun, events: None) -> None:
    store(run, WATCH)
    record_not_a_parkrun(run.athlete_id, 1)

    assert save_all_parkruns(run.athlete_id) == 0
