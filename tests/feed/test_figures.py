"""The numbers on a wall: from what members share with their club, by the club's own days and weeks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.figures import Period, Streak, Tally, figures_of
from strava_live.feed.models import Entry
from strava_live.parkrun.result_models import ParkrunResult
from tests.clubs.runs import event, watched
from tests.web.kept import connected

pytestmark = pytest.mark.django_db
SATURDAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def everybody_shares(club: Club) -> None:
    Membership.objects.update(shares_parkruns=True)


def ran(who: User, day: date = SATURDAY, slug: str = "bushy", **fields: Any) -> ParkrunResult:
    stated = {"how": "run", "source": "typed", **fields}
    return ParkrunResult.objects.create(athlete=who, event=event(slug), day=day, **stated)


def told(club: Club, who: User, day: date, kind: str) -> Entry:
    number = Entry.objects.count() + 1
    shown = {"club": club, "seq": number, "first_seq": number, "kind": kind, "key": str(number), "name": "Alva B."}
    at = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
    return Entry.objects.create(athlete=who, at=at, data={"count": number}, **shown)


def test_today_is_told_by_event_the_fullest_first(club: Club, athlete: User, clubmate: User) -> None:
    ran(athlete, slug="dulwich")
    for who in (athlete, clubmate):
        ran(who)
    ran(athlete, SATURDAY - timedelta(days=1))

    assert figures_of(club, NOON).today == [Tally("Bushy parkrun", 2), Tally("Dulwich parkrun", 1)]


def test_today_is_the_clubs(club: Club, athlete: User) -> None:
    ran(athlete)
    evening = datetime(2026, 11, 20, 20, tzinfo=UTC)
    assert figures_of(club, evening).today == []
    club.time_zone = "Pacific/Auckland"
    assert figures_of(club, evening).day == SATURDAY
    assert figures_of(club, evening).today == [Tally("Bushy parkrun", 1)]


def test_weeks_begin_on_monday_and_periods_hold_one_another(club: Club, athlete: User, clubmate: User) -> None:
    ran(athlete)
    ran(clubmate, SATURDAY - timedelta(days=5), "dulwich")  # Monday
    ran(athlete, SATURDAY - timedelta(days=6))  # Sunday
    for day in (date(2026, 10, 31), date(2026, 1, 1), date(2025, 12, 31)):
        ran(athlete, day)

    figures = figures_of(club, NOON)

    assert figures.week == Period(parkruns=2, members=2, events=2)
    assert figures.month == Period(parkruns=3, members=2, events=2)
    assert figures.year == Period(parkruns=5, members=2, events=2)


def test_who_ran_where_it_is_tomorrow_counts_today(club: Club, athlete: User) -> None:
    ran(athlete)
    figures = figures_of(club, datetime(2026, 11, 20, 23, tzinfo=UTC))
    assert (figures.day, figures.week.parkruns, figures.year.parkruns) == (SATURDAY - timedelta(days=1), 1, 1)


def test_week_that_began_last_year_counts_whole(club: Club, athlete: User) -> None:
    ran(athlete, date(2025, 12, 30))
    ran(athlete, date(2026, 1, 1))

    figures = figures_of(club, datetime(2026, 1, 3, 12, tzinfo=UTC))

    assert (figures.week.parkruns, figures.month.parkruns, figures.year.parkruns) == (2, 1, 1)


def test_what_the_club_may_not_see_is_in_no_figure(club: Club, athlete: User, clubmate: User, stranger: User) -> None:
    """Of who shares nothing or is in another club, hidden at Strava, withheld, or not run at all."""
    Membership.objects.create(club=Club.objects.create(slug="other", name="Other"), user=stranger, shares_parkruns=True)
    Membership.objects.filter(user=clubmate).update(shares_parkruns=False)
    for weeks in (0, 1):
        day = SATURDAY - timedelta(weeks=weeks)
        for who in (stranger, clubmate):
            ran(who, day)
        ran(athlete, day, "withheld", withheld=True)
        ran(athlete, day, "helped", how="", volunteered=True)
        hidden = watched(athlete, 0, strava_id=weeks, visibility="followers_only")
        ParkrunResult.objects.filter(pk=hidden.pk).update(day=day, event=event("hidden"))

    figures = figures_of(club, NOON)

    assert (figures.today, figures.year.parkruns, figures.streaks, figures.recent) == ([], 0, [], [])


def test_what_was_run_before_it_was_shared_counts(club: Club, athlete: User) -> None:
    """Nothing of it is an entry."""
    Membership.objects.update(shares_parkruns=False)
    for weeks in range(30):
        ran(athlete, SATURDAY - timedelta(weeks=weeks))
    assert figures_of(club, NOON).year.parkruns == 0

    Membership.objects.update(shares_parkruns=True)

    figures = figures_of(club, NOON)
    assert (figures.year.parkruns, figures.streaks) == (30, [Streak("Alva B.", 30)])


def test_no_streak_is_claimed_of_who_is_still_being_read(club: Club, athlete: User) -> None:
    for weeks in range(3):
        ran(athlete, SATURDAY - timedelta(weeks=weeks))
    connected(athlete)
    assert figures_of(club, NOON).streaks == []


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
        ran(athlete, SATURDAY - timedelta(weeks=weeks))
    assert figures_of(club, NOON).streaks == ([Streak("Alva B.", length)] if length else [])


def test_who_is_hidden_counts_and_is_not_named(club: Club, athlete: User) -> None:
    for weeks in (0, 1):
        ran(athlete, SATURDAY - timedelta(weeks=weeks))
    Membership.objects.update(shown_as="hidden")
    figures = figures_of(club, NOON)
    assert (figures.week.members, figures.streaks) == (1, [Streak("", 2)])


def test_longest_streaks_come_first(club: Club, athlete: User, clubmate: User) -> None:
    for who, weeks in ((athlete, 2), (clubmate, 3)):
        for back in range(weeks):
            ran(who, SATURDAY - timedelta(weeks=back))
    assert [streak.weeks for streak in figures_of(club, NOON).streaks] == [3, 2]


def test_recent_are_the_last_days_parkruns_and_milestones(club: Club, athlete: User) -> None:
    run, milestone = (told(club, athlete, SATURDAY, kind) for kind in ("parkrun", "milestone"))
    told(club, athlete, SATURDAY, "joined")
    old = told(club, athlete, SATURDAY - timedelta(days=10), "milestone")

    figures = figures_of(club, NOON)

    assert figures.recent == [milestone, run]
    assert figures.milestones == [milestone, old]


def test_questions_hardly_grow(club: Club, athlete: User, clubmate: User) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            figures_of(club, NOON)
        return len(queries)

    for weeks in (0, 1):
        ran(athlete, SATURDAY - timedelta(weeks=weeks))
    few = asked()
    for number in range(30):
        for who in (athlete, clubmate):
            ran(who, slug=f"event-{number}")
    assert asked() == few
    for weeks in range(2, 100):
        ran(athlete, SATURDAY - timedelta(weeks=weeks))
    assert asked() <= few + 5
