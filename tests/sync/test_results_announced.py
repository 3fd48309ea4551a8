"""An official time that changes gives its activity a new mark, which is announced."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strava_live.accounts.models import User
from strava_live.activities.athlete_state import current_mark
from strava_live.activities.models import Activity
from strava_live.parkrun.importing.drafts import create_draft
from strava_live.parkrun.importing.plan import ImportChoices
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.parkrun.results import UnknownResult
from strava_live.parkrun.statements import Statement
from strava_live.sync.decisions import record_parkrun_at, unsave_activity
from strava_live.sync.models import SyncRun
from strava_live.sync.results_by_hand import AlreadyThere, add_result, change_result, confirm_import, remove_result
from strava_live.sync.snapshot import hello_for
from tests.parkrun import pasted_texts as texts
from tests.sync.announced import Announced, announced_by
from tests.sync.runs import SATURDAY, parkrun, store

pytestmark = pytest.mark.usefixtures("events")

DAY = date(2024, 6, 1)
TODAY, NOW = date(2026, 11, 20), datetime(2026, 11, 20, 12, tzinfo=UTC)
RAN = Statement(how="run", volunteered=False, official_time_s=1490)


def bushy() -> ParkrunEvent:
    return ParkrunEvent.objects.get(slug="bushy")


def times_since(athlete_id: int, mark: int) -> dict[int, int]:
    """Return what a socket that reconnects with this mark receives: the time of every changed activity."""
    return times(hello_for(athlete_id, mark).items)


def times(items: Iterable[Any]) -> dict[int, int]:
    return {item["strava_id"]: item["parkrun"]["time_s"] for item in items}


def change(run: SyncRun, pk: int, said: Statement) -> Announced:
    return announced_by(run.athlete_id, lambda: change_result(run.athlete_id, pk, said))


def import_of(athlete_id: int, text: str, *, replacing: bool = False) -> Announced:
    draft = create_draft(athlete_id, text, today=TODAY, now=NOW)
    return announced_by(
        athlete_id, lambda: confirm_import(athlete_id, draft.token, ImportChoices(overwrite=replacing), now=NOW)
    )


def two_watches(run: SyncRun) -> int:
    """Save two recordings of one morning by hand. Return which one has the result."""
    store(run, parkrun(1), parkrun(2, SATURDAY + timedelta(seconds=4), distance=5_020.0, elapsed_time=1501))
    for strava_id in (1, 2):
        record_parkrun_at(run.athlete_id, strava_id, "bushy")
    activity = ParkrunResult.objects.shown().get().activity
    assert activity
    return activity.strava_id


def test_changed_time_is_marked_and_announced(run: SyncRun) -> None:
    store(run, parkrun(1), parkrun(2, SATURDAY - timedelta(days=7)))
    mark = current_mark(run.athlete_id)

    (message,) = change(run, ParkrunResult.objects.get(day=DAY).pk, RAN).messages

    assert message["type"] == "activities.found"
    assert (message["run_id"], times(message["items"]), message["mark"]) == (run.pk, {1: 1490}, mark + 1)
    assert current_mark(run.athlete_id) == mark + 1
    assert times_since(run.athlete_id, mark) == {1: 1490}


def test_activity_without_official_time_shows_its_elapsed_time_again(run: SyncRun) -> None:
    store(run, parkrun(1))
    pk = ParkrunResult.objects.get().pk
    change_result(run.athlete_id, pk, RAN)

    assert times(change(run, pk, replace(RAN, official_time_s=None)).found()) == {1: 1500}


def test_change_without_a_new_time_is_not_announced(run: SyncRun) -> None:
    store(run, parkrun(1))
    alone = add_result(run.athlete_id, bushy(), DAY - timedelta(days=7), RAN)
    pk = ParkrunResult.objects.get(day=DAY).pk
    change_result(run.athlete_id, pk, RAN)
    mark = current_mark(run.athlete_id)

    assert change(run, pk, replace(RAN, note="windy", position=3)).messages == []
    assert change(run, alone.pk, replace(RAN, official_time_s=1600)).messages == []
    assert announced_by(run.athlete_id, lambda: remove_result(run.athlete_id, alone.pk)).messages == []
    assert import_of(run.athlete_id, texts.CSV).messages == []  # its 24:31 does not replace the typed time
    assert current_mark(run.athlete_id) == mark


def test_added_result_changes_no_activity(run: SyncRun) -> None:
    store(run, parkrun(1))
    mark = current_mark(run.athlete_id)

    with pytest.raises(AlreadyThere):
        add_result(run.athlete_id, bushy(), DAY, RAN)
    add_result(run.athlete_id, bushy(), DAY - timedelta(days=7), RAN)

    assert times_since(run.athlete_id, 0) == {1: 1500}
    assert current_mark(run.athlete_id) == mark


def test_result_of_another_athlete_cannot_be_changed(run: SyncRun, clubmate: User) -> None:
    store(run, parkrun(1))
    pk = ParkrunResult.objects.get().pk

    with pytest.raises(UnknownResult):
        change_result(clubmate.pk, pk, RAN)
    with pytest.raises(UnknownResult):
        remove_result(clubmate.pk, pk)

    assert times_since(run.athlete_id, 0) == {1: 1500}


def test_imported_time_is_marked_and_announced(run: SyncRun) -> None:
    store(run, parkrun(1))
    mark = current_mark(run.athlete_id)

    assert times(import_of(run.athlete_id, texts.CSV).found()) == {1: 1471}
    assert times_since(run.athlete_id, mark) == {1: 1471}
    assert import_of(run.athlete_id, texts.CSV).messages == []


@pytest.mark.parametrize(("replacing", "announced"), [(False, {}), (True, {1: 1471})])
def test_imported_time_that_differs_is_announced_if_it_replaces_the_old_one(
    run: SyncRun, replacing: bool, announced: dict[int, int]
) -> None:
    store(run, parkrun(1))
    change_result(run.athlete_id, ParkrunResult.objects.get().pk, RAN)

    assert times(import_of(run.athlete_id, texts.CSV, replacing=replacing).found()) == announced


def linked_saturdays(athlete: User, count: int) -> str:
    """Create parkruns with an activity each, and return the table of their official times."""
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


def test_large_import_announces_everything_in_few_queries(run: SyncRun, athlete: User) -> None:
    def queries(text: str) -> tuple[int, Announced]:
        draft = create_draft(athlete.pk, text, today=TODAY, now=NOW)
        with CaptureQueriesContext(connection) as captured:
            announced = announced_by(
                athlete.pk, lambda: confirm_import(athlete.pk, draft.token, ImportChoices(overwrite=True), now=NOW)
            )
        return len(captured), announced

    table = linked_saturdays(athlete, 450)
    queries("\n".join(table.split("\n")[:2]))  # the first import also reads the events' keys
    few, _ = queries("\n".join(table.split("\n")[:4]))
    mark = current_mark(athlete.pk)

    many, announced = queries(table)

    assert many == few < 20
    assert [len(message["items"]) for message in announced.messages] == [200, 200, 47]
    assert times(announced.found()) == times_since(athlete.pk, mark)
    assert set(times(announced.found()).values()) == {1471}
    marks = Activity.objects.filter(mark__gt=mark).values_list("mark", flat=True)
    assert sorted(marks) == list(range(mark + 1, mark + 448))


def test_watch_that_takes_over_a_result_is_announced_too(run: SyncRun) -> None:
    first = two_watches(run)
    other = 3 - first
    change_result(run.athlete_id, ParkrunResult.objects.get().pk, RAN)
    mark = current_mark(run.athlete_id)

    announced = announced_by(run.athlete_id, lambda: unsave_activity(run.athlete_id, first))

    assert announced.types() == ["activity.unsaved", "activities.found"]
    assert times(announced.found()) == {other: 1490}
    assert times_since(run.athlete_id, mark)[other] == 1490


def test_remove_result_records_of_every_watch_that_it_was_no_parkrun(run: SyncRun) -> None:
    two_watches(run)

    pk = ParkrunResult.objects.get().pk
    announced = announced_by(run.athlete_id, lambda: remove_result(run.athlete_id, pk))

    assert not ParkrunResult.objects.exists()
    assert set(Activity.objects.values_list("parkrun", "settled")) == {("", True)}
    items = [message["item"] for message in announced.messages if "item" in message]
    assert {item["strava_id"]: item["parkrun"] for item in items} == {1: None, 2: None}


def test_result_that_moves_to_another_watch_after_an_edit_is_marked_and_announced(run: SyncRun) -> None:
    store(run, parkrun(1), parkrun(2, SATURDAY + timedelta(minutes=2), elapsed_time=1480))
    change_result(run.athlete_id, ParkrunResult.objects.get(activity__strava_id=1).pk, RAN)
    record_parkrun_at(run.athlete_id, 2, "bushy")
    mark = current_mark(run.athlete_id)

    stored = store(run, parkrun(1, sport_type="Ride"))

    assert {item["strava_id"]: item["parkrun"] and item["parkrun"]["time_s"] for item in stored.items} == {
        1: None,
        2: 1490,
    }
    assert stored.marks == (mark, mark + 2)
    assert [item["strava_id"] for item in hello_for(run.athlete_id, mark).items] == [1, 2]
