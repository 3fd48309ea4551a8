"""The numbers on a wall: from what the feed shows now, by the club's own days and weeks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strava_live.accounts.models import User
from strava_live.clubs.models import Club
from strava_live.feed.figures import Period, Streak, Tally, figures_of
from strava_live.feed.models import Entry

pytestmark = pytest.mark.django_db
SATURDAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def told(club: Club, who: User, day: date, *, event: str = "bushy", kind: str = "parkrun", **fields: Any) -> Entry:
    number = Entry.objects.count() + 1
    data = {"event": event, "event_name": f"{event.title()} parkrun", "date": day.isoformat(), "junior": False}
    run = {"time_s": 1500, "count": number, "first_here": False, "best": None, "url": None}
    shown = {"club": club, "seq": number, "first_seq": number, "kind": kind, "key": str(number), "name": "Alva B."}
    at = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
    return Entry.objects.create(**{**shown, "athlete": who, "at": at, "data": data | run, **fields})


def test_today_is_told_by_event_the_fullest_first(club: Club, athlete: User, clubmate: User) -> None:
    told(club, athlete, SATURDAY, event="dulwich")
    for who in (athlete, clubmate):
        told(club, who, SATURDAY)
    told(club, athlete, SATURDAY - timedelta(days=1))

    assert figures_of(club, NOON).today == [Tally("Bushy parkrun", 2), Tally("Dulwich parkrun", 1)]


def test_today_is_the_clubs(club: Club, athlete: User) -> None:
    told(club, athlete, SATURDAY)
    evening = datetime(2026, 11, 20, 20, tzinfo=UTC)
    assert figures_of(club, evening).today == []
    club.time_zone = "Pacific/Auckland"
    assert figures_of(club, evening).day == SATURDAY
    assert figures_of(club, evening).today == [Tally("Bushy parkrun", 1)]


def test_weeks_begin_on_monday_and_periods_hold_one_another(club: Club, athlete: User, clubmate: User) -> None:
    told(club, athlete, SATURDAY)
    told(club, clubmate, SATURDAY - timedelta(days=5), event="dulwich")  # Monday
    told(club, athlete, SATURDAY - timedelta(days=6))  # Sunday
    told(club, athlete, date(2026, 10, 31))
    told(club, athlete, date(2026, 1, 1))
    told(club, athlete, date(2025, 12, 31))

    figures = figures_of(club, NOON)

    assert figures.week == Period(parkruns=2, members=2, events=2)
    assert figures.month == Period(parkruns=3, members=2, events=2)
    assert figures.year == Period(parkruns=5, members=2, events=2)


def test_week_that_began_last_year_counts_whole(club: Club, athlete: User) -> None:
    told(club, athlete, date(2025, 12, 30))
    told(club, athlete, date(2026, 1, 1))

    figures = figures_of(club, datetime(2026, 1, 3, 12, tzinfo=UTC))

    assert (figures.week.parkruns, figures.month.parkruns, figures.year.parkruns) == (2, 1, 1)


def test_what_is_removed_or_of_another_club_is_in_no_figure(club: Club, athlete: User) -> None:
    other = Club.objects.create(slug="other", name="Other")
    told(other, athlete, SATURDAY)
    told(club, athlete, SATURDAY, kind="post")
    for weeks in (0, 1):
        told(club, athlete, SATURDAY - timedelta(weeks=weeks), removed=True)

    figures = figures_of(club, NOON)

    assert (figures.today, figures.year.parkruns, figures.streaks, figures.recent) == ([], 0, [], [])


@pytest.mark.parametrize(
    ("weeks_ago", "length"),
    [
        ([0, 1, 2], 3),
        ([1, 2], 2),  # this week is not over
        ([2, 3, 4], 0),
        ([0, 2, 3], 0),
        (list(range(52)), 52),
        (list(range(1, 53)), 52),
        (list(range(140)), 140),
        ([*range(60), *range(61, 90)], 60),
        ([*range(52), *range(53, 90)], 52),
    ],
)
def test_streak_goes_back_as_far_as_it_is_whole(club: Club, athlete: User, weeks_ago: list[int], length: int) -> None:
    for weeks in weeks_ago:
        told(club, athlete, SATURDAY - timedelta(weeks=weeks))
    assert figures_of(club, NOON).streaks == ([Streak("Alva B.", length)] if length else [])


def test_who_is_hidden_counts_and_is_not_named(club: Club, athlete: User) -> None:
    for weeks in (0, 1):
        told(club, athlete, SATURDAY - timedelta(weeks=weeks), name="")
    figures = figures_of(club, NOON)
    assert (figures.week.members, figures.streaks) == (1, [Streak("", 2)])


def test_longest_streaks_come_first(club: Club, athlete: User, clubmate: User) -> None:
    for who, weeks in ((athlete, 2), (clubmate, 3)):
        for back in range(weeks):
            told(club, who, SATURDAY - timedelta(weeks=back), name=who.shown_name)
    assert [streak.weeks for streak in figures_of(club, NOON).streaks] == [3, 2]


def test_recent_are_the_last_days_parkruns_and_milestones(club: Club, athlete: User) -> None:
    run, milestone = told(club, athlete, SATURDAY), told(club, athlete, SATURDAY, kind="milestone")
    told(club, athlete, SATURDAY, kind="joined")
    old = told(club, athlete, SATURDAY - timedelta(days=10), kind="milestone")

    figures = figures_of(club, NOON)

    assert figures.recent == [milestone, run]
    assert figures.milestones == [milestone, old]


def test_questions_hardly_grow(club: Club, athlete: User, clubmate: User) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            figures_of(club, NOON)
        return len(queries)

    told(club, athlete, SATURDAY)
    few = asked()
    for who in (athlete, clubmate):
        for _ in range(30):
            told(club, who, SATURDAY)
    assert asked() == few
    for weeks in range(1, 100):
        told(club, athlete, SATURDAY - timedelta(weeks=weeks))
    assert asked() <= few + 5
