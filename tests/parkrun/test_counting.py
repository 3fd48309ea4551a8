"""Counts, milestones, firsts and bests: pure, from lists."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from strava_live.parkrun.counting import (
    Counted,
    Numbered,
    fastest,
    numbered,
    totals,
    visited,
    volunteering_numbered,
)
from strava_live.parkrun.milestones import following, is_milestone, reached

SATURDAY = date(2024, 6, 1)


def on(week: int, event: str = "bushy", **changes: Any) -> Counted:
    """The key is the week, so that the order of keys is that of days."""
    fields: dict[str, Any] = {"key": week, "event": event, "event_name": event, "day": SATURDAY + timedelta(weeks=week)}
    return Counted(**fields | changes)


def test_count_goes_by_day_whatever_the_order_they_come_in() -> None:
    found = numbered([on(2), on(0), on(1)])

    assert [found[week].count for week in range(3)] == [1, 2, 3]


def test_count_begins_after_the_starting_number() -> None:
    assert numbered([on(0)], parkruns=46)[0].count == 47
    assert totals([on(0)], parkruns=46).parkruns == 47
    assert volunteering_numbered([on(0, volunteered=True)], volunteered=24) == {0: 25}


def test_first_time_at_an_event_is_told() -> None:
    found = numbered([on(0), on(1, "newfarm"), on(2)])

    assert [found[week].first_here for week in range(3)] == [True, True, False]


def test_best_has_something_to_beat_and_beats_it() -> None:
    times = [
        (0, "bushy", 1500, None),  # the first of all
        (1, "bushy", 1500, None),  # the same again
        (2, "bushy", 1490, "ever"),
        (3, "newfarm", 1600, None),  # the first there
        (4, "newfarm", 1590, "event"),
        (5, "newfarm", None, None),
        (6, "richmond", 1480, "ever"),
    ]
    found = numbered([on(week, event, time_s=time_s) for week, event, time_s, _ in times])

    assert [found[week].best for week, *_ in times] == [best for *_, best in times]


def test_juniors_are_counted_apart() -> None:
    known = [on(0, time_s=1500), on(1, "bushy-juniors", junior=True, time_s=600), on(2, time_s=1490)]

    assert numbered(known)[1] == Numbered(1, first_here=True, best=None)
    assert numbered(known)[2] == Numbered(2, first_here=False, best="ever")
    assert fastest(known) == known[2]
    assert fastest(known, junior=True) == known[1]
    figures = totals(known, juniors=4)
    assert (figures.parkruns, figures.juniors, figures.events, figures.junior_events) == (2, 5, 1, 1)


def test_who_only_volunteered_has_no_number_and_has_been_there() -> None:
    known = [on(0, took_part=False, volunteered=True), on(1, volunteered=True, time_s=1500)]

    assert {key: one.count for key, one in numbered(known).items()} == {1: 1}
    assert numbered(known)[1].first_here
    assert totals(known).volunteered == 2
    assert [(one.times, one.volunteered, one.best_s) for one in visited(known)] == [(1, 2, 1500)]


def test_two_on_new_year_are_in_the_order_of_their_starts() -> None:
    zone, day = ZoneInfo("Europe/London"), date(2025, 1, 1)
    early = Counted(key=2, event="wimbledon", day=day, start=datetime(2025, 1, 1, 9, tzinfo=zone))
    late = Counted(key=1, event="bushy", day=day, start=datetime(2025, 1, 1, 10, 30, tzinfo=zone))

    assert [numbered([late, early])[key].count for key in (2, 1)] == [1, 2]


def test_events_are_told_with_their_figures_the_most_visited_first() -> None:
    known = [on(0, "newfarm", time_s=1700), on(1, time_s=1500), on(2, time_s=1480)]

    assert [(one.event, one.times, one.best_s) for one in visited(known)] == [
        ("bushy", 2, 1480),
        ("newfarm", 1, 1700),
    ]


def test_nothing_at_all_counts_nothing() -> None:
    assert (numbered([]), visited([]), fastest([]), totals([]).parkruns) == ({}, [], None, 0)


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
    assert reached(count, junior=junior) == before
    assert following(count, junior=junior) == next_one


def test_ten_is_a_milestone_for_juniors_only() -> None:
    assert is_milestone(10, junior=True)
    assert not is_milestone(10)
