"""Each saved parkrun has a result and no other activity has one, whatever is found, decided, undone or corrected."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strava_live.activities.items import item_of
from strava_live.activities.models import Activity
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.parkrun.statements import Statement
from strava_live.sync.decisions import (
    UnknownActivity,
    UnknownEvent,
    record_not_a_parkrun,
    record_parkrun_at,
    save_activity,
    unsave_activity,
    unsave_all,
)
from strava_live.sync.models import SyncRun
from strava_live.sync.results_by_hand import add_result, change_result
from tests.sync.announced import announced_by
from tests.sync.runs import SATURDAY, parkrun, parkrun_in, store, strava_run

MOST_STATEMENTS = 8
DAY = date(2024, 6, 1)
RAN = Statement(how="run", volunteered=False, official_time_s=1490, position=12, note="windy")
HELPED = Statement(how="", volunteered=True)


def bushy() -> ParkrunEvent:
    return ParkrunEvent.objects.get(slug="bushy")


def kept() -> list[tuple[Any, ...]]:
    rows = ParkrunResult.objects.order_by("day", "pk")
    return [(row.event.slug, row.day, str(row.source), row.activity and row.activity.strava_id) for row in rows]


def announced_parkrun(athlete_id: int, work: Callable[[], object]) -> dict[str, Any] | None:
    """Run `work`, and return the parkrun of the one activity that is announced as saved or dismissed."""
    (message,) = announced_by(athlete_id, work).messages
    parkrun: dict[str, Any] | None = message["item"]["parkrun"]
    return parkrun


def test_recognised_parkrun_gets_one_result(run: SyncRun, events: None) -> None:
    for _ in range(2):
        store(run, parkrun(1), strava_run(2, SATURDAY - timedelta(days=1)))

    assert kept() == [("bushy", DAY, "recognised", 1)]


def test_recognised_parkrun_is_merged_into_a_typed_result_and_shows_its_time(run: SyncRun, events: None) -> None:
    add_result(run.athlete_id, bushy(), DAY, RAN)

    stored = store(run, parkrun(1))

    assert kept() == [("bushy", DAY, "typed", 1)]
    assert parkrun_in(stored.saved[0])["time_s"] == parkrun_in(stored.items[0])["time_s"] == 1490
    row = ParkrunResult.objects.get()
    assert (row.official_time_s, row.position, row.note) == (1490, 12, "windy")


def test_rows_loaded_with_their_results_show_the_official_time(run: SyncRun, events: None) -> None:
    add_result(run.athlete_id, bushy(), DAY, RAN)
    store(run, parkrun(1), parkrun(2, SATURDAY - timedelta(days=7)))

    with CaptureQueriesContext(connection) as captured:
        rows = Activity.objects.of(run.athlete_id).select_related("result").order_by("strava_id")
        times = [parkrun_in(item_of(row))["time_s"] for row in rows]

    assert (times, len(captured)) == ([1490, 1500], 1)


def test_two_parkruns_on_new_year_have_two_results(run: SyncRun, events: None) -> None:
    store(
        run,
        strava_run(1, datetime(2025, 1, 1, 9, 1, tzinfo=UTC)),
        strava_run(2, datetime(2025, 1, 1, 10, 31, tzinfo=UTC)),
    )

    record_parkrun_at(run.athlete_id, 1, "bushy")
    record_parkrun_at(run.athlete_id, 2, "wimbledon")

    assert [(row[0], row[3]) for row in kept()] == [("bushy", 1), ("wimbledon", 2)]


def test_recognised_result_is_removed_and_restored_with_its_activity(run: SyncRun, events: None) -> None:
    store(run, parkrun(1))

    unsave_activity(run.athlete_id, 1)
    gone = kept()
    store(run, parkrun(1))
    still_gone = kept()
    save_activity(run.athlete_id, 1)

    assert (gone, still_gone, kept()) == ([], [], [("bushy", DAY, "recognised", 1)])


def test_typed_result_stays_when_its_activity_is_dismissed(run: SyncRun, events: None) -> None:
    store(run, parkrun(1))
    change_result(run.athlete_id, ParkrunResult.objects.get().pk, RAN)

    unsave_activity(run.athlete_id, 1)

    assert kept() == [("bushy", DAY, "typed", None)]
    assert ParkrunResult.objects.get().time_s == 1490


def test_volunteer_who_also_ran_is_only_a_volunteer_once_the_run_is_dismissed(run: SyncRun, events: None) -> None:
    add_result(run.athlete_id, bushy(), DAY, HELPED)
    store(run, parkrun(1))
    with_run = ParkrunResult.objects.shown().get().on_foot

    unsave_activity(run.athlete_id, 1)

    assert (with_run, ParkrunResult.objects.shown().get().on_foot, len(kept())) == ("run", "", 1)


def test_result_of_a_walk_counts_as_walked(run: SyncRun, events: None) -> None:
    store(run, parkrun(1, sport_type="Walk", elapsed_time=3300, moving_time=3300))

    assert ParkrunResult.objects.shown().get().on_foot == "walk"


def test_unsave_all_removes_every_recognised_result(run: SyncRun, events: None) -> None:
    store(run, parkrun(1), parkrun(2, SATURDAY - timedelta(days=7)))
    add_result(run.athlete_id, bushy(), DAY - timedelta(days=14), RAN)

    unsave_all(run.athlete_id)

    assert kept() == [("bushy", DAY - timedelta(days=14), "typed", None)]


def test_warm_up_that_was_taken_for_the_parkrun_loses_its_result_to_the_parkrun(run: SyncRun, events: None) -> None:
    store(run, parkrun(1, SATURDAY - timedelta(minutes=4), elapsed_time=1450, moving_time=1450, distance=4_700.0))
    store(run, parkrun(2, SATURDAY + timedelta(minutes=25)))
    store(run, parkrun(3))

    saved = Activity.objects.saved().get()
    assert kept() == [("bushy", DAY, "recognised", saved.strava_id)]


def test_second_watch_takes_over_the_result_of_the_first(run: SyncRun, events: None) -> None:
    store(run, parkrun(1), parkrun(2, SATURDAY + timedelta(seconds=4), distance=5_020.0, elapsed_time=1501))
    for strava_id in (1, 2):
        record_parkrun_at(run.athlete_id, strava_id, "bushy")
    both = kept()

    unsave_activity(run.athlete_id, both[0][3])

    assert len(both) == 1
    assert [row[3] for row in kept()] == [3 - both[0][3]]


def test_activity_recorded_as_no_parkrun_is_settled_and_has_no_result(run: SyncRun, events: None) -> None:
    store(run, parkrun(1))

    parkrun_announced = announced_parkrun(run.athlete_id, lambda: record_not_a_parkrun(run.athlete_id, 1))
    mark = Activity.objects.get().mark
    store(run, parkrun(1, name="Edited at Strava"))

    row = Activity.objects.get()
    assert (row.parkrun, row.settled, row.state, kept()) == ("", True, Activity.State.DISMISSED, [])
    assert parkrun_announced is None
    assert row.mark > mark


def test_activity_recorded_as_no_parkrun_stays_saved_if_it_was_saved_by_hand(run: SyncRun, events: None) -> None:
    store(run, parkrun(1))
    save_activity(run.athlete_id, 1)

    record_not_a_parkrun(run.athlete_id, 1)

    assert (Activity.objects.get().state, kept()) == (Activity.State.SAVED, [])


def test_correcting_the_event_moves_the_result(run: SyncRun, events: None) -> None:
    store(run, parkrun(1))

    corrected = announced_parkrun(run.athlete_id, lambda: record_parkrun_at(run.athlete_id, 1, "wimbledon"))
    store(run, parkrun(1, distance=5_100.0))

    assert kept() == [("wimbledon", DAY, "recognised", 1)]
    assert corrected
    assert (corrected["event"], corrected["status"]) == ("wimbledon", "sure")


def test_recording_a_parkrun_saves_the_activity_with_a_result(run: SyncRun, events: None) -> None:
    store(run, strava_run(1, SATURDAY, distance=5_000.0))

    record_parkrun_at(run.athlete_id, 1, "bushy")

    assert kept() == [("bushy", DAY, "recognised", 1)]
    assert Activity.objects.get().state == Activity.State.SAVED


def test_junior_event_is_never_sure_even_if_its_athlete_says_so(run: SyncRun, events: None) -> None:
    store(run, strava_run(1, SATURDAY + timedelta(days=1), distance=2_000.0))

    corrected = announced_parkrun(run.athlete_id, lambda: record_parkrun_at(run.athlete_id, 1, "bushy-juniors"))

    assert corrected
    assert corrected["status"] == "maybe"
    assert [row[0] for row in kept()] == ["bushy-juniors"]


def test_day_of_a_result_is_the_day_at_the_event(run: SyncRun, events: None) -> None:
    """Friday evening in London is Saturday morning in Brisbane."""
    store(run, strava_run(1, SATURDAY - timedelta(hours=11), distance=5_000.0))

    record_parkrun_at(run.athlete_id, 1, "newfarm")

    assert kept() == [("newfarm", DAY, "recognised", 1)]


def test_correction_of_an_unknown_activity_or_event_is_refused(run: SyncRun, events: None) -> None:
    store(run, parkrun(1))

    with pytest.raises(UnknownEvent):
        record_parkrun_at(run.athlete_id, 1, "atlantis")
    with pytest.raises(UnknownActivity):
        record_not_a_parkrun(run.athlete_id, 99)

    assert kept() == [("bushy", DAY, "recognised", 1)]


def test_results_of_other_athletes_are_left_alone(run: SyncRun, events: None, clubmate: Any) -> None:
    add_result(clubmate.pk, bushy(), DAY, RAN)

    store(run, parkrun(1))
    unsave_all(run.athlete_id)

    assert [row.athlete_id for row in ParkrunResult.objects.all()] == [clubmate.pk]


def statements(captured: CaptureQueriesContext) -> list[str]:
    """Return the statements without those of transactions and savepoints."""
    said = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in said if sql.split()[0] not in ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")]


def test_queries_stay_few_whatever_happens_to_a_chunk(run: SyncRun, events: None) -> None:
    """The chunk has new and stored activities. It removes two results, adds many and merges one."""
    first_saturday = datetime(2024, 6, 1, 9, 1, tzinfo=ZoneInfo("Europe/London"))
    saturdays = [first_saturday - timedelta(days=7 * week) for week in range(60)]
    add_result(run.athlete_id, bushy(), DAY, RAN)
    add_result(run.athlete_id, bushy(), DAY - timedelta(days=7 * 40), RAN)
    first = [parkrun(number, start.astimezone(UTC)) for number, start in enumerate(saturdays[:30], start=1)]
    store(run, *first)
    swim = {"sport_type": "Swim"}
    chunk = [parkrun(1, SATURDAY, **swim), parkrun(2, SATURDAY - timedelta(days=7), **swim), *first[2:]]
    chunk += [parkrun(number, start.astimezone(UTC)) for number, start in enumerate(saturdays[30:], start=31)]

    with CaptureQueriesContext(connection) as captured:
        store(run, *chunk)

    assert len(statements(captured)) <= MOST_STATEMENTS, "\n".join(sql[:120] for sql in statements(captured))
    linked = {row[1]: row[2:] for row in kept()}
    assert len(linked) == 59
    assert linked[DAY] == ("typed", None)
    assert DAY - timedelta(days=7) not in linked
    assert linked[DAY - timedelta(days=7 * 40)] == ("typed", 41)
