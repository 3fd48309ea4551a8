"""An official time that is another by what somebody states or chooses is marked, and told of its activity."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strava_live.accounts.models import User
from strava_live.activities.marks import current_mark
from strava_live.activities.models import Activity
from strava_live.parkrun.importing.drafts import create_draft
from strava_live.parkrun.importing.plan import ImportChoices
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.parkrun.results import Statement, UnknownResult
from strava_live.protocol import ActivitiesFound
from strava_live.sync.changes import Change
from strava_live.sync.choose import unsave_activity, was_parkrun_at
from strava_live.sync.models import SyncRun
from strava_live.sync.results import AlreadyThere, add_result, change_result, confirm_import, remove_result
from strava_live.sync.snapshot import hello_for
from tests.parkrun import pasted_texts as texts
from tests.sync.test_store import SATURDAY, keep, parkrun

pytestmark = pytest.mark.usefixtures("events")

DAY = date(2024, 6, 1)
TODAY, NOW = date(2026, 11, 20), datetime(2026, 11, 20, 12, tzinfo=UTC)
RAN = Statement(how="run", volunteered=False, official_time_s=1490)


def bushy() -> ParkrunEvent:
    return ParkrunEvent.objects.get(slug="bushy")


def redialled(athlete_id: int, mark: int) -> dict[int, int]:
    """What a socket that redials with this mark is told: the time of every changed activity."""
    return times(hello_for(athlete_id, mark).items)


def times(items: list[dict[str, Any]]) -> dict[int, int]:
    return {item["strava_id"]: item["parkrun"]["time_s"] for item in items}


def found(changes: list[Change]) -> dict[int, int]:
    return times([item for change in changes if isinstance(change, ActivitiesFound) for item in change.items])


def import_of(athlete_id: int, text: str, *, replacing: bool = False) -> list[Change]:
    draft = create_draft(athlete_id, text, today=TODAY, now=NOW)
    return confirm_import(athlete_id, draft.token, ImportChoices(overwrite=replacing), now=NOW)[1]


def two_watches(run: SyncRun) -> int:
    """Of one morning, both saved by hand; which of them has the result."""
    keep(run, parkrun(1), parkrun(2, SATURDAY + timedelta(seconds=4), distance=5_020.0, elapsed_time=1501))
    for strava_id in (1, 2):
        was_parkrun_at(run.athlete_id, strava_id, "bushy")
    activity = ParkrunResult.objects.shown().get().activity
    assert activity
    return activity.strava_id


def test_changed_time_is_marked_and_told(run: SyncRun) -> None:
    keep(run, parkrun(1), parkrun(2, SATURDAY - timedelta(days=7)))
    mark = current_mark(run.athlete_id)

    (change,) = change_result(run.athlete_id, ParkrunResult.objects.get(day=DAY).pk, RAN)

    assert isinstance(change, ActivitiesFound)
    assert (change.run_id, times(change.items), change.mark) == (run.pk, {1: 1490}, mark + 1)
    assert current_mark(run.athlete_id) == mark + 1
    assert redialled(run.athlete_id, mark) == {1: 1490}


def test_time_that_is_taken_away_shows_the_watchs_again(run: SyncRun) -> None:
    keep(run, parkrun(1))
    pk = ParkrunResult.objects.get().pk
    change_result(run.athlete_id, pk, RAN)

    assert found(change_result(run.athlete_id, pk, replace(RAN, official_time_s=None))) == {1: 1500}


def test_what_changes_no_time_is_told_to_nobody(run: SyncRun) -> None:
    keep(run, parkrun(1))
    alone = add_result(run.athlete_id, bushy(), DAY - timedelta(days=7), RAN)
    pk = ParkrunResult.objects.get(day=DAY).pk
    change_result(run.athlete_id, pk, RAN)
    mark = current_mark(run.athlete_id)

    assert change_result(run.athlete_id, pk, replace(RAN, note="windy", position=3)) == []
    assert change_result(run.athlete_id, alone.pk, replace(RAN, official_time_s=1600)) == []
    assert remove_result(run.athlete_id, alone.pk) == []
    assert import_of(run.athlete_id, texts.CSV) == []  # 24:31 stands against what was typed
    assert current_mark(run.athlete_id) == mark


def test_adding_changes_no_activity(run: SyncRun) -> None:
    keep(run, parkrun(1))
    mark = current_mark(run.athlete_id)

    with pytest.raises(AlreadyThere):
        add_result(run.athlete_id, bushy(), DAY, RAN)
    add_result(run.athlete_id, bushy(), DAY - timedelta(days=7), RAN)

    assert redialled(run.athlete_id, 0) == {1: 1500}
    assert current_mark(run.athlete_id) == mark


def test_result_of_somebody_else_is_not_there(run: SyncRun, clubmate: User) -> None:
    keep(run, parkrun(1))
    pk = ParkrunResult.objects.get().pk

    with pytest.raises(UnknownResult):
        change_result(clubmate.pk, pk, RAN)
    with pytest.raises(UnknownResult):
        remove_result(clubmate.pk, pk)

    assert redialled(run.athlete_id, 0) == {1: 1500}


def test_imported_time_is_marked_and_told(run: SyncRun) -> None:
    keep(run, parkrun(1))
    mark = current_mark(run.athlete_id)

    assert found(import_of(run.athlete_id, texts.CSV)) == {1: 1471}
    assert redialled(run.athlete_id, mark) == {1: 1471}
    assert import_of(run.athlete_id, texts.CSV) == []


@pytest.mark.parametrize(("replacing", "told"), [(False, {}), (True, {1: 1471})])
def test_imported_time_that_differs_is_told_where_it_replaces(
    run: SyncRun, replacing: bool, told: dict[int, int]
) -> None:
    keep(run, parkrun(1))
    change_result(run.athlete_id, ParkrunResult.objects.get().pk, RAN)

    assert found(import_of(run.athlete_id, texts.CSV, replacing=replacing)) == told


def linked_saturdays(athlete: User, count: int) -> str:
    """So many parkruns with an activity each, and the table of their official times."""
    event, days = bushy(), [DAY - timedelta(days=7 * week) for week in range(count)]
    fields = {"athlete": athlete, "distance_m": 5000.0, "moving_s": 1500, "elapsed_s": 1500, "utc_offset_s": 0}
    fields |= {"visibility": "everyone", "seen_at": NOW, "mark": 1, "state": "saved", "parkrun": "sure"}
    Activity.objects.bulk_create(
        Activity(
            strava_id=number,
            start=datetime(day.year, day.month, day.day, 8, 1, tzinfo=UTC),
            wall_clock=f"{day}T09:01:00",
            event_slug="bushy",
            polyline="_p~iF~ps|U_ulLnnqC",
            **fields,
        )
        for number, day in enumerate(days, start=1)
    )
    ids = dict(Activity.objects.values_list("strava_id", "pk"))
    ParkrunResult.objects.bulk_create(
        ParkrunResult(athlete=athlete, event=event, day=day, source="recognised", activity_id=ids[number])
        for number, day in enumerate(days, start=1)
    )
    return texts.table(*(f"Bushy Park\t{day:%d/%m/%Y}\t1\t2\t24:31" for day in days))


def test_large_import_tells_everything_in_few_queries(run: SyncRun, athlete: User) -> None:
    def queries(text: str) -> tuple[int, list[Change]]:
        draft = create_draft(athlete.pk, text, today=TODAY, now=NOW)
        with CaptureQueriesContext(connection) as captured:
            _, changes = confirm_import(athlete.pk, draft.token, ImportChoices(overwrite=True), now=NOW)
        return len(captured), changes

    table = linked_saturdays(athlete, 450)
    queries("\n".join(table.split("\n")[:2]))  # the first also looks which row each event is
    few, _ = queries("\n".join(table.split("\n")[:4]))
    mark = current_mark(athlete.pk)

    many, changes = queries(table)

    assert many == few < 20
    assert [len(change.items) for change in changes if isinstance(change, ActivitiesFound)] == [200, 200, 47]
    assert found(changes) == redialled(athlete.pk, mark)
    assert set(found(changes).values()) == {1471}
    marks = Activity.objects.filter(mark__gt=mark).values_list("mark", flat=True)
    assert sorted(marks) == list(range(mark + 1, mark + 448))


def test_watch_that_takes_a_result_over_is_told_too(run: SyncRun) -> None:
    first = two_watches(run)
    other = 3 - first
    change_result(run.athlete_id, ParkrunResult.objects.get().pk, RAN)
    mark = current_mark(run.athlete_id)

    changes = unsave_activity(run.athlete_id, first)

    assert [change.type for change in changes] == ["activity.unsaved", "activities.found"]
    assert found(changes) == {other: 1490}
    assert redialled(run.athlete_id, mark)[other] == 1490


def test_removing_says_of_every_watch_that_it_was_none(run: SyncRun) -> None:
    two_watches(run)

    changes = remove_result(run.athlete_id, ParkrunResult.objects.get().pk)

    assert not ParkrunResult.objects.exists()
    assert set(Activity.objects.values_list("parkrun", "settled")) == {("", True)}
    told = {
        change.item["strava_id"]: change.item["parkrun"]
        for change in changes
        if not isinstance(change, ActivitiesFound)
    }
    assert told == {1: None, 2: None}


def test_result_that_goes_to_another_watch_with_an_edit_is_marked_and_told(run: SyncRun) -> None:
    keep(run, parkrun(1), parkrun(2, SATURDAY + timedelta(minutes=2), elapsed_time=1480))
    change_result(run.athlete_id, ParkrunResult.objects.get(activity__strava_id=1).pk, RAN)
    was_parkrun_at(run.athlete_id, 2, "bushy")
    mark = current_mark(run.athlete_id)

    kept = keep(run, parkrun(1, sport_type="Ride"))

    assert {item["strava_id"]: item["parkrun"] and item["parkrun"]["time_s"] for item in kept.items} == {
        1: None,
        2: 1490,
    }
    assert kept.marks == (mark, mark + 2)
    assert [item["strava_id"] for item in hello_for(run.athlete_id, mark).items] == [1, 2]
