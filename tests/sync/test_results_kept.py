"""A saved parkrun has its result, and nothing else has: whatever is found, chosen, taken back or put right."""

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
from strava_live.parkrun.results import Statement
from strava_live.protocol import ActivitiesFound, ActivitySaved, ActivityUnsaved
from strava_live.sync.changes import Change
from strava_live.sync.choose import (
    UnknownActivity,
    UnknownEvent,
    not_a_parkrun,
    save_activity,
    unsave_activity,
    unsave_all,
    was_parkrun_at,
)
from strava_live.sync.models import SyncRun
from strava_live.sync.results import add_result, change_result
from tests.sync.test_store import SATURDAY, keep, parkrun, run_of

MOST_STATEMENTS = 8
DAY = date(2024, 6, 1)
RAN = Statement(how="run", volunteered=False, official_time_s=1490, position=12, note="windy")
HELPED = Statement(how="", volunteered=True)


def bushy() -> ParkrunEvent:
    return ParkrunEvent.objects.get(slug="bushy")


def kept() -> list[tuple[Any, ...]]:
    rows = ParkrunResult.objects.order_by("day", "pk")
    return [(row.event.slug, row.day, str(row.source), row.activity and row.activity.strava_id) for row in rows]


def only(changes: list[Change]) -> ActivitySaved | ActivityUnsaved:
    (change,) = changes
    assert not isinstance(change, ActivitiesFound)
    return change


def test_result_comes_with_a_recognised_parkrun_and_once(run: SyncRun, events: None) -> None:
    for _ in range(2):
        keep(run, parkrun(1), run_of(2, SATURDAY - timedelta(days=1)))

    assert kept() == [("bushy", DAY, "recognised", 1)]


def test_result_is_merged_into_a_typed_one_and_the_official_time_is_shown(run: SyncRun, events: None) -> None:
    add_result(run.athlete_id, bushy(), DAY, RAN)

    told = keep(run, parkrun(1))

    assert kept() == [("bushy", DAY, "typed", 1)]
    assert told.saved[0]["parkrun"]["time_s"] == told.items[0]["parkrun"]["time_s"] == 1490
    row = ParkrunResult.objects.get()
    assert (row.official_time_s, row.position, row.note) == (1490, 12, "windy")


def test_rows_that_are_loaded_with_their_results_show_the_official_time(run: SyncRun, events: None) -> None:
    add_result(run.athlete_id, bushy(), DAY, RAN)
    keep(run, parkrun(1), parkrun(2, SATURDAY - timedelta(days=7)))

    with CaptureQueriesContext(connection) as captured:
        rows = Activity.objects.of(run.athlete_id).select_related("result").order_by("strava_id")
        times = [item_of(row)["parkrun"]["time_s"] for row in rows]

    assert (times, len(captured)) == ([1490, 1500], 1)


def test_two_on_new_year_at_two_events_are_two(run: SyncRun, events: None) -> None:
    keep(run, run_of(1, datetime(2025, 1, 1, 9, 1, tzinfo=UTC)), run_of(2, datetime(2025, 1, 1, 10, 31, tzinfo=UTC)))

    was_parkrun_at(run.athlete_id, 1, "bushy")
    was_parkrun_at(run.athlete_id, 2, "wimbledon")

    assert [(row[0], row[3]) for row in kept()] == [("bushy", 1), ("wimbledon", 2)]


def test_recognised_result_goes_with_its_activity_and_comes_back_with_it(run: SyncRun, events: None) -> None:
    keep(run, parkrun(1))

    unsave_activity(run.athlete_id, 1)
    gone = kept()
    keep(run, parkrun(1))
    still_gone = kept()
    save_activity(run.athlete_id, 1)

    assert (gone, still_gone, kept()) == ([], [], [("bushy", DAY, "recognised", 1)])


def test_stated_result_outlives_its_activity(run: SyncRun, events: None) -> None:
    keep(run, parkrun(1))
    change_result(run.athlete_id, ParkrunResult.objects.get().pk, RAN)

    unsave_activity(run.athlete_id, 1)

    assert kept() == [("bushy", DAY, "typed", None)]
    assert ParkrunResult.objects.get().time_s == 1490


def test_volunteer_who_also_ran_is_only_a_volunteer_once_the_run_is_taken_back(run: SyncRun, events: None) -> None:
    add_result(run.athlete_id, bushy(), DAY, HELPED)
    keep(run, parkrun(1))
    with_run = ParkrunResult.objects.shown().get().on_foot

    unsave_activity(run.athlete_id, 1)

    assert (with_run, ParkrunResult.objects.shown().get().on_foot, len(kept())) == ("run", "", 1)


def test_walk_is_told_from_its_activity(run: SyncRun, events: None) -> None:
    keep(run, parkrun(1, sport_type="Walk", elapsed_time=3300, moving_time=3300))

    assert ParkrunResult.objects.shown().get().on_foot == "walk"


def test_unsaving_everything_takes_every_recognised_result(run: SyncRun, events: None) -> None:
    keep(run, parkrun(1), parkrun(2, SATURDAY - timedelta(days=7)))
    add_result(run.athlete_id, bushy(), DAY - timedelta(days=14), RAN)

    unsave_all(run.athlete_id)

    assert kept() == [("bushy", DAY - timedelta(days=14), "typed", None)]


def test_warm_up_that_turns_out_to_be_none_hands_its_result_on(run: SyncRun, events: None) -> None:
    keep(run, parkrun(1, SATURDAY - timedelta(minutes=4), elapsed_time=1450, moving_time=1450, distance=4_700.0))
    keep(run, parkrun(2, SATURDAY + timedelta(minutes=25)))
    keep(run, parkrun(3))

    saved = Activity.objects.saved().get()
    assert kept() == [("bushy", DAY, "recognised", saved.strava_id)]


def test_two_watches_saved_by_hand_are_one_result_which_the_other_takes_over(run: SyncRun, events: None) -> None:
    keep(run, parkrun(1), parkrun(2, SATURDAY + timedelta(seconds=4), distance=5_020.0, elapsed_time=1501))
    for strava_id in (1, 2):
        was_parkrun_at(run.athlete_id, strava_id, "bushy")
    both = kept()

    unsave_activity(run.athlete_id, both[0][3])

    assert len(both) == 1
    assert [row[3] for row in kept()] == [3 - both[0][3]]


def test_not_a_parkrun_is_settled_and_leaves_no_result(run: SyncRun, events: None) -> None:
    keep(run, parkrun(1))

    message = only(not_a_parkrun(run.athlete_id, 1))
    keep(run, parkrun(1, name="Edited at Strava"))

    row = Activity.objects.get()
    assert (row.parkrun, row.settled, row.state, kept()) == ("", True, Activity.State.DISMISSED, [])
    assert message.item["parkrun"] is None
    assert row.mark > message.mark - 1


def test_not_a_parkrun_stays_saved_when_it_was_saved_by_hand(run: SyncRun, events: None) -> None:
    keep(run, parkrun(1))
    save_activity(run.athlete_id, 1)

    not_a_parkrun(run.athlete_id, 1)

    assert (Activity.objects.get().state, kept()) == (Activity.State.SAVED, [])


def test_different_event_moves_the_result(run: SyncRun, events: None) -> None:
    keep(run, parkrun(1))

    message = only(was_parkrun_at(run.athlete_id, 1, "wimbledon"))
    keep(run, parkrun(1, distance=5_100.0))

    assert kept() == [("wimbledon", DAY, "recognised", 1)]
    assert message.item["parkrun"]["event"] == "wimbledon"
    assert message.item["parkrun"]["status"] == "sure"


def test_this_one_was_saves_it_with_a_result(run: SyncRun, events: None) -> None:
    keep(run, run_of(1, SATURDAY, distance=5_000.0))

    was_parkrun_at(run.athlete_id, 1, "bushy")

    assert kept() == [("bushy", DAY, "recognised", 1)]
    assert Activity.objects.get().state == Activity.State.SAVED


def test_junior_event_is_never_sure_even_when_its_athlete_says_so(run: SyncRun, events: None) -> None:
    keep(run, run_of(1, SATURDAY + timedelta(days=1), distance=2_000.0))

    message = only(was_parkrun_at(run.athlete_id, 1, "bushy-juniors"))

    assert message.item["parkrun"]["status"] == "maybe"
    assert [row[0] for row in kept()] == ["bushy-juniors"]


def test_day_is_the_one_at_the_event(run: SyncRun, events: None) -> None:
    """Friday evening in London is Saturday morning in Brisbane."""
    keep(run, run_of(1, SATURDAY - timedelta(hours=11), distance=5_000.0))

    was_parkrun_at(run.athlete_id, 1, "newfarm")

    assert kept() == [("newfarm", DAY, "recognised", 1)]


def test_corrections_refuse_what_is_not_there(run: SyncRun, events: None) -> None:
    keep(run, parkrun(1))

    with pytest.raises(UnknownEvent):
        was_parkrun_at(run.athlete_id, 1, "atlantis")
    with pytest.raises(UnknownActivity):
        not_a_parkrun(run.athlete_id, 99)

    assert kept() == [("bushy", DAY, "recognised", 1)]


def test_results_of_others_are_left_alone(run: SyncRun, events: None, clubmate: Any) -> None:
    add_result(clubmate.pk, bushy(), DAY, RAN)

    keep(run, parkrun(1))
    unsave_all(run.athlete_id)

    assert [row.athlete_id for row in ParkrunResult.objects.all()] == [clubmate.pk]


def statements(captured: CaptureQueriesContext) -> list[str]:
    """Those that ask or change something: the test's own transaction makes savepoints of what are transactions."""
    said = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in said if sql.split()[0] not in ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")]


def test_queries_stay_few_whatever_becomes_of_a_chunk(run: SyncRun, events: None) -> None:
    """All at once: old and new activities, a result that goes, one that is let go, some that come, one merged."""
    first_saturday = datetime(2024, 6, 1, 9, 1, tzinfo=ZoneInfo("Europe/London"))
    saturdays = [first_saturday - timedelta(days=7 * week) for week in range(60)]
    add_result(run.athlete_id, bushy(), DAY, RAN)
    add_result(run.athlete_id, bushy(), DAY - timedelta(days=7 * 40), RAN)
    first = [parkrun(number, start.astimezone(UTC)) for number, start in enumerate(saturdays[:30], start=1)]
    keep(run, *first)
    swim = {"sport_type": "Swim"}
    chunk = [parkrun(1, SATURDAY, **swim), parkrun(2, SATURDAY - timedelta(days=7), **swim), *first[2:]]
    chunk += [parkrun(number, start.astimezone(UTC)) for number, start in enumerate(saturdays[30:], start=31)]

    with CaptureQueriesContext(connection) as captured:
        keep(run, *chunk)

    assert len(statements(captured)) <= MOST_STATEMENTS, "\n".join(sql[:120] for sql in statements(captured))
    linked = {row[1]: row[2:] for row in kept()}
    assert len(linked) == 59
    assert linked[DAY] == ("typed", None)
    assert DAY - timedelta(days=7) not in linked
    assert linked[DAY - timedelta(days=7 * 40)] == ("typed", 41)
