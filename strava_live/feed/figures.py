"""Compute the figures on a club's wall screens: parkruns today, this week, month and year, and the longest streaks.

They count all parkruns that members share with the club, also those too old for an entry in the feed. Members who hide
their name are counted without it. The number of queries does not grow with the number of parkruns, except that each
doubling of the longest streak takes one more.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q

from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import KINDS_ON_THE_WALL, Entry
from strava_live.feed.parkrun_entries import RECENT_IN_ANY_ZONE, without_full_history
from strava_live.parkrun.result_models import ParkrunResult, ParkrunResultQuerySet
from strava_live.time_zones import zone_or_utc

MOST_RECENT, MOST_MILESTONES, MOST_STREAKS = 400, 4, 4
"""Limits of a wall screen: how many recent entries, milestones of the year, and streaks it shows at most."""
SHORTEST_STREAK = 2
"""The fewest weeks of a streak that is shown."""
FIRST_WEEKS, LONGEST_WEEKS = 4, 520
"""How many weeks the first query for streaks reads, and the number of weeks after which no further query is made."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of the club's parkruns took place at one event today."""

    event_name: str
    parkruns: int


@dataclass(frozen=True, slots=True)
class Period:
    """How many parkruns a club did in a week, month or year, how many members did them, and at how many events."""

    parkruns: int
    members: int
    events: int


@dataclass(frozen=True, slots=True)
class Streak:
    """How many weeks in a row, up to this week or last week, a member did a parkrun."""

    name: str
    """The member's name; "" for a hidden member."""
    weeks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of one club's wall screens, and the entries that the screens show beside them."""

    day: date
    """Today in the club's time zone."""
    today: list[Tally]
    week: Period
    month: Period
    year: Period
    streaks: list[Streak]
    milestones: list[Entry]
    recent: list[Entry]
    """The parkrun and milestone entries of the last days, newest first."""


def figures_of(club: Club, now: datetime) -> Figures:
    """Compute a club's figures. Today, this week and so on are those of the club's time zone."""
    zone = zone_or_utc(club.time_zone)
    day = now.astimezone(zone).date()
    week, month, year = periods(club.pk, day)
    entries = Entry.objects.of_club(club.pk).not_removed().newest_first()
    # Members in time zones ahead of the club's may have begun the year up to a day earlier.
    this_year = datetime.combine(day.replace(month=1, day=1), time(), tzinfo=zone) - timedelta(days=1)
    milestones = entries.filter(kind=Entry.Kind.MILESTONE, at__gte=this_year)
    recent = entries.filter(kind__in=KINDS_ON_THE_WALL, at__gte=now - RECENT_IN_ANY_ZONE)
    return Figures(
        day=day,
        today=today_by_event(club.pk, day),
        week=week,
        month=month,
        year=year,
        streaks=streaks(club.pk, day),
        milestones=list(milestones[:MOST_MILESTONES]),
        recent=list(recent[:MOST_RECENT]),
    )


def shared_in(club_id: int, since: date, upto: date) -> ParkrunResultQuerySet:
    """Return the parkruns from `since` to `upto` that members share with the club."""
    sharing = Membership.objects.sharing().in_club(club_id).values("user")
    return ParkrunResult.objects.filter(athlete__in=sharing, day__range=(since, upto)).shareable().on_foot()


def today_by_event(club_id: int, day: date) -> list[Tally]:
    """Count the parkruns of a day at each event, the event with the most parkruns first."""
    counts = shared_in(club_id, day, day).values_list("event__name").annotate(parkruns=Count("pk"))
    return sorted((Tally(*row) for row in counts), key=lambda one: (-one.parkruns, one.event_name))


def periods(club_id: int, day: date) -> tuple[Period, ...]:
    """Count, in one query, the parkruns of this week (from Monday), this month and this year, in this order."""
    firsts = (day - timedelta(days=day.weekday()), day.replace(day=1), day.replace(month=1, day=1))
    counts: dict[str, Any] = {}
    for number, first in enumerate(firsts):
        inside = Q(day__gte=first)
        counts |= {
            f"parkruns{number}": Count("pk", filter=inside),
            f"members{number}": Count("athlete", filter=inside, distinct=True),
            f"events{number}": Count("event", filter=inside, distinct=True),
        }
    # Include tomorrow, because members in time zones ahead of the club's may have run on that day already.
    found = shared_in(club_id, min(firsts), day + timedelta(days=1)).aggregate(**counts)
    names = ("parkruns", "members", "events")
    return tuple(Period(*(found[f"{name}{number}"] for name in names)) for number in range(len(firsts)))


def streaks(club_id: int, day: date) -> list[Streak]:
    """Return the club's longest streaks, longest first.

    Read the last 4 weeks, then the 8 weeks before them, then 16 and so on. Each query after the first reads only
    athletes whose streak goes back to the oldest week that has been read so far.
    """
    this_week = week_of(day)
    lengths: dict[int, int] = {}
    upto, step, unbroken = this_week, FIRST_WEEKS, None
    while (unbroken is None or unbroken) and upto > this_week - LONGEST_WEEKS:
        since = upto - step + 1
        weeks_by_athlete = parkrun_weeks(club_id, since, upto, unbroken)
        unbroken = set()
        for athlete_id, weeks in weeks_by_athlete.items():
            known = lengths.get(athlete_id, 0)
            # This week is not over, so a streak may end with last week.
            last = upto if known or upto in weeks else upto - 1
            length = next((back for back in range(last - since + 1) if last - back not in weeks), last - since + 1)
            lengths[athlete_id] = known + length
            if last - length < since:
                unbroken.add(athlete_id)
        upto, step = since - 1, 2 * step
    return named_streaks(club_id, {pk: weeks for pk, weeks in lengths.items() if weeks >= SHORTEST_STREAK})


def named_streaks(club_id: int, weeks: dict[int, int]) -> list[Streak]:
    """Return the longest streaks with names, given each athlete's number of weeks.

    Leave out athletes without a full history, and those who have stopped sharing in the meantime.
    """
    incomplete = without_full_history(weeks)
    sharing = Membership.objects.sharing().in_club(club_id).filter(user__in=weeks.keys() - incomplete)
    members = sorted(sharing.select_related("user"), key=lambda one: (-weeks[one.user_id], one.user_id))
    return [Streak(one.shown_name, weeks[one.user_id]) for one in members[:MOST_STREAKS]]


def parkrun_weeks(club_id: int, since: int, upto: int, athletes: set[int] | None) -> dict[int, set[int]]:
    """Return, for each athlete, the weeks from `since` to `upto` in which they have a shared parkrun.

    If `athletes` is None, return those of all members.
    """
    shared = shared_in(club_id, monday_of(since), monday_of(upto + 1) - timedelta(days=1))
    if athletes is not None:
        shared = shared.filter(athlete__in=athletes)
    weeks: dict[int, set[int]] = defaultdict(set)
    for athlete_id, day in shared.order_by().values_list("athlete_id", "day").distinct():
        weeks[athlete_id].add(week_of(day))
    return weeks


def week_of(day: date) -> int:
    """Return the number of the day's week. Week 0 begins on Monday, 1 January of the year 1."""
    return (day.toordinal() - 1) // 7


def monday_of(week: int) -> date:
    """Return the first day of the week with this number."""
    return date.fromordinal(week * 7 + 1)
