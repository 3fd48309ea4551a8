"""The figures on a wall screen: what members share with their club, counted by days and weeks of its time zone."""

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
def all_members_share(club: Club) -> None:
    Membership.objects.update(shares_parkruns=True)


def ran(who: User, day: date = SATURDAY, slug: str = "bushy", **fields: Any) -> ParkrunResult:
    stated = {"how": "run", "source": "typed", **fields}
    return ParkrunResult.objects.create(athlete=who, event=event(slug), day=day, **stated)


def added_entry(club: Club, who: User, day: date, kind: str) -> Entry:
    number = Entry.objects.count() + 1
    shown = {"club": club, "seq": number, "first_seq": number, "kind": kind, "key": str(number), "name": "Alva B."}
    at = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
    return Entry.objects.create(athlete=who, at=at, data={"count": number}, **shown)


def test_today_lists_events_with_most_parkruns_first(club: Club, athlete: User, clubmate: User) -> None:
    ran(athlete, slug="dulwich")
    for who in (athlete, clubmate):
        ran(who)
    ran(athlete, SATURDAY - timedelta(days=1))

    assert figures_of(club, NOON).today == [Tally("Bushy parkrun", 2), Tally("Dulwich parkrun", 1)]


def test_today_follows_the_clubs_time_zone(club: Club, athlete: User) -> None:
    ran(athlete)
    evening = datetime(2026, 11, 20, 20, tzinfo=UTC)
    assert figures_of(club, evening).today == []
    club.time_zone = "Pacific/Auckland"
    assert figures_of(club, evening).day == SATURDAY
    assert figures_of(club, evening).today == [Tally("Bushy parkrun", 1)]


def test_week_begins_on_monday_and_counts_in_month_and_year(club: Club, athlete: User, clubmate: User) -> None:
    ran(athlete)
    ran(clubmate, SATURDAY - timedelta(days=5), "dulwich")  # Monday
    ran(athlete, SATURDAY - timedelta(days=6))  # Sunday
    for day in (date(2026, 10, 31), date(2026, 1, 1), date(2025, 12, 31)):
        ran(athlete, day)

    figures = figures_of(club, NOON)

    assert figures.week == Period(parkruns=2, members=2, events=2)
    assert figures.month == Period(parkruns=3, members=2, events=2)
    assert figures.year == Period(parkruns=5, members=2, events=2)


def test_parkrun_where_it_is_already_tomorrow_counts_today(club: Club, athlete: User) -> None:
    ran(athlete)
    figures = figures_of(club, datetime(2026, 11, 20, 23, tzinfo=UTC))
    assert (figures.day, figures.week.parkruns, figures.year.parkruns) == (SATURDAY - timedelta(days=1), 1, 1)


def test_week_that_began_last_year_counts_in_full(club: Club, athlete: User) -> None:
    ran(athlete, date(2025, 12, 30))
    ran(athlete, date(2026, 1, 1))

    figures = figures_of(club, datetime(2026, 1, 3, 12, tzinfo=UTC))

    assert (figures.week.parkruns, figures.month.parkruns, figures.year.parkruns) == (2, 1, 1)


def test_parkruns_the_club_may_not_see_are_in_no_figure(
    club: Club, athlete: User, clubmate: User, stranger: User
) -> None:
    """Not shared, shared with another club, private at Strava, withheld, or only volunteered at."""
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


def test_parkruns_from_before_sharing_count(club: Club, athlete: User) -> None:
    """They count although they have no entries of their own."""
    Membership.objects.update(shares_parkruns=False)
    for weeks in range(30):
        ran(athlete, SATURDAY - timedelta(weeks=weeks))
    assert figures_of(club, NOON).year.parkruns == 0

    Membership.objects.update(shares_parkruns=True)

    figures = figures_of(club, NOON)
    assert (figures.year.parkruns, figures.streaks) == (30, [Streak("Alva B.", 30)])


def test_member_whose_history_is_incomplete_has_no_streak(club: Club, athlete: User) -> None:
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
def test_streak_goes_back_to_the_first_week_without_a_parkrun(
    club: Club, athlete: User, weeks_ago: list[int], length: int
) -> None:
    for weeks in weeks_ago:
        ran(athlete, SATURDAY - timedelta(weeks=weeks))
    assert figures_of(club, NOON).streaks == ([Streak("Alva B.", length)] if length else [])


def test_hidden_member_counts_without_a_name(club: Club, athlete: User) -> None:
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


def test_recent_entries_are_parkruns_and_milestones_of_the_last_days(club: Club, athlete: User) -> None:
    run, milestone = (added_entry(club, athlete, SATURDAY, kind) for kind in ("parkrun", "milestone"))
    added_entry(club, athlete, SATURDAY, "joined")
    old = added_entry(club, athlete, SATURDAY - timedelta(days=10), "milestone")

    figures = figures_of(club, NOON)

    assert figures.recent == [milestone, run]
    assert figures.milestones == [milestone, old]


def test_number_of_queries_hardly_grows(club: Club, athlete: User, clubmate: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            figures_of(club, NOON)
        return len(captured)

    for weeks in (0, 1):
        ran(athlete, SATURDAY - timedelta(weeks=weeks))
    few = queries()
    for number in range(30):
        for who in (athlete, clubmate):
            ran(who, slug=f"event-{number}")
    assert queries() == few
    for weeks in range(2, 100):
        ran(athlete, SATURDAY - timedelta(weeks=weeks))
    assert queries() <= few + 5
