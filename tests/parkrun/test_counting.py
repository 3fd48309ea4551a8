"""Counts, milestones, first times and bests."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from strava_live.parkrun.counting import (
    CountedParkrun,
    ParkrunFacts,
    count_parkruns,
    count_totals,
    count_volunteering,
    fastest_parkrun,
    visited_events,
)
from strava_live.parkrun.milestones import is_milestone, milestones_reached, next_milestone

SATURDAY = date(2024, 6, 1)


def on(week: int, event: str = "bushy", **changes: Any) -> ParkrunFacts:
    """A parkrun so many weeks after SATURDAY, with the week as its key."""
    fields: dict[str, Any] = {"key": week, "event": event, "event_name": event, "day": SATURDAY + timedelta(weeks=week)}
    return ParkrunFacts(**fields | changes)


def test_count_goes_by_day_in_any_order_of_input() -> None:
    found = count_parkruns([on(2), on(0), on(1)])

    assert [found[week].count for week in range(3)] == [1, 2, 3]


def test_count_begins_after_the_starting_number() -> None:
    assert count_parkruns([on(0)], parkruns=46)[0].count == 47
    assert count_totals([on(0)], parkruns=46).parkruns == 47
    assert count_volunteering([on(0, volunteered=True)], volunteered=24) == {0: 25}


def test_first_time_at_an_event() -> None:
    found = count_parkruns([on(0), on(1, "newfarm"), on(2)])

    assert [found[week].first_here for week in range(3)] == [True, True, False]


def test_best_beats_an_earlier_time() -> None:
    times = [
        (0, "bushy", 1500, None),  # the first of all
        (1, "bushy", 1500, None),  # the same again
        (2, "bushy", 1490, "ever"),
        (3, "newfarm", 1600, None),  # the first there
        (4, "newfarm", 1590, "event"),
        (5, "newfarm", None, None),
        (6, "richmond", 1480, "ever"),
    ]
    found = count_parkruns([on(week, event, time_s=time_s) for week, event, time_s, _ in times])

    assert [found[week].best for week, *_ in times] == [best for *_, best in times]


def test_juniors_are_counted_separately() -> None:
    known = [on(0, time_s=1500), on(1, "bushy-juniors", junior=True, time_s=600), on(2, time_s=1490)]

    assert count_parkruns(known)[1] == CountedParkrun(1, first_here=True, best=None)
    assert count_parkruns(known)[2] == CountedParkrun(2, first_here=False, best="ever")
    assert fastest_parkrun(known) == known[2]
    assert fastest_parkrun(known, junior=True) == known[1]
    figures = count_totals(known, juniors=4)
    assert (figures.parkruns, figures.juniors, figures.events, figures.junior_events) == (2, 5, 1, 1)


def test_volunteering_only_has_no_number_and_counts_as_a_visit() -> None:
    known = [on(0, took_part=False, volunteered=True), on(1, volunteered=True, time_s=1500)]

    assert {key: one.count for key, one in count_parkruns(known).items()} == {1: 1}
    assert count_parkruns(known)[1].first_here
    assert count_totals(known).volunteered == 2
    assert [(one.times, one.volunteered, one.best_s) for one in visited_events(known)] == [(1, 2, 1500)]


def test_two_parkruns_on_new_year_are_ordered_by_start() -> None:
    zone, day = ZoneInfo("Europe/London"), date(2025, 1, 1)
    early = ParkrunFacts(key=2, event="wimbledon", day=day, start=datetime(2025, 1, 1, 9, tzinfo=zone))
    late = ParkrunFacts(key=1, event="bushy", day=day, start=datetime(2025, 1, 1, 10, 30, tzinfo=zone))

    assert [count_parkruns([late, early])[key].count for key in (2, 1)] == [1, 2]


def test_visited_events_have_figures_and_the_most_visited_comes_first() -> None:
    known = [on(0, "newfarm", time_s=1700), on(1, time_s=1500), on(2, time_s=1480)]

    assert [(one.event, one.times, one.best_s) for one in visited_events(known)] == [
        ("bushy", 2, 1480),
        ("newfarm", 1, 1700),
    ]


def test_no_results_count_nothing() -> None:
    assert (count_parkruns([]), visited_events([]), fastest_parkrun([]), count_totals([]).parkruns) == ({}, [], None, 0)


@pytest.mark.parametrize(
    ("count", "junior", "before", "next_one"),
    [
        (0, False, (), 25),
        (10, False, (), 25),
        (10, True, (10,), 25),
        (25, False, (25,), 50),
        (249, False, (25, 50, 100), 250),
        (1000, False, (25, 50, 100, 250, 500, 1000), None),
    ],
)
def test_milestones_are_a_ladder(count: int, junior: bool, before: tuple[int, ...], next_one: int | None) -> None:
    assert milestones_reached(count, junior=junior) == before
    assert next_milestone(count, junior=junior) == next_one


def test_ten_is_a_milestone_for_juniors_only() -> None:
    assert is_milestone(10, junior=True)
    assert not is_milestone(10)
