"""The numbers on a club's wall: parkruns today by event, this week, month and year, and the longest weekly streaks.

They count every parkrun that members share with the club, with or without an entry of its own. A hidden member counts
too, without a name. The number of queries does not grow with the number of parkruns, except that each doubling of the
longest streak takes one more.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q

from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.feed.parkrun_entries import RECENT_IN_ANY_ZONE, without_full_history
from strava_live.parkrun.result_models import ParkrunResult, ParkrunResultQuerySet
from strava_live.time_zones import zone_or_utc

MOST_RECENT, MOST_MILESTONES, MOST_STREAKS = 400, 4, 4
SHORTEST_STREAK = 2
FIRST_WEEKS, LONGEST_WEEKS = 4, 520


@dataclass(frozen=True, slots=True)
class Tally:
    event_name: str
    parkruns: int


@dataclass(frozen=True, slots=True)
class Period:
    parkruns: int
    members: int
    events: int


@dataclass(frozen=True, slots=True)
class Streak:
    """A member's successive weeks with a parkrun, up to this week or the last."""

    name: str
    weeks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    day: date
    today: list[Tally]
    week: Period
    month: Period
    year: Period
    streaks: list[Streak]
    milestones: list[Entry]
    recent: list[Entry]
    """Parkruns and milestones of the last days, newest first."""


def figures_of(club: Club, now: datetime) -> Figures:
    """Compute the figures for the day it is in the club's time zone."""
    zone = zone_or_utc(club.time_zone)
    day = now.astimezone(zone).date()
    week, month, year = periods(club.pk, day)
    entries = Entry.objects.of_club(club.pk).not_removed().newest_first()
    # In time zones ahead of the club's, the year begins up to a day earlier.
    this_year = datetime.combine(day.replace(month=1, day=1), time(), tzinfo=zone) - timedelta(days=1)
    milestones = entries.filter(kind=Entry.Kind.MILESTONE, at__gte=this_year)
    recent = entries.filter(kind__in=[Entry.Kind.PARKRUN, Entry.Kind.MILESTONE], at__gte=now - RECENT_IN_ANY_ZONE)
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
    """Return the parkruns of these days that the club may see."""
    sharing = Membership.objects.sharing().in_club(club_id).values("user")
    return ParkrunResult.objects.filter(athlete__in=sharing, day__range=(since, upto)).shareable().on_foot()


def today_by_event(club_id: int, day: date) -> list[Tally]:
    """Return the events with the most parkruns first."""
    counts = shared_in(club_id, day, day).values_list("event__name").annotate(parkruns=Count("pk"))
    return sorted((Tally(*row) for row in counts), key=lambda one: (-one.parkruns, one.event_name))


def periods(club_id: int, day: date) -> tuple[Period, ...]:
    """Count this week, which begins on Monday, this month and this year, in one query."""
    firsts = (day - timedelta(days=day.weekday()), day.replace(day=1), day.replace(month=1, day=1))
    counts: dict[str, Any] = {}
    for place, first in enumerate(firsts):
        inside = Q(day__gte=first)
        counts |= {
            f"parkruns{place}": Count("pk", filter=inside),
            f"members{place}": Count("athlete", filter=inside, distinct=True),
            f"events{place}": Count("event", filter=inside, distinct=True),
        }
    # Include tomorrow: in time zones ahead of the club's, members may have run on that day already.
    found = shared_in(club_id, min(firsts), day + timedelta(days=1)).aggregate(**counts)
    return tuple(Period(*(found[f"{name}{place}"] for name in ("parkruns", "members", "events"))) for place in range(3))


def streaks(club_id: int, day: date) -> list[Streak]:
    """Return the longest streaks, longest first.

    Look back in steps of 4, 8, 16… weeks. Each step reads only the athletes whose streak fills the step before it.
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
            # This week is not over: a streak without it ends last week.
            last = upto if known or upto in weeks else upto - 1
            length = next((back for back in range(last - since + 1) if last - back not in weeks), last - since + 1)
            lengths[athlete_id] = known + length
            if last - length < since:
                unbroken.add(athlete_id)
        upto, step = since - 1, 2 * step
    return longest(club_id, {athlete_id: weeks for athlete_id, weeks in lengths.items() if weeks >= SHORTEST_STREAK})


def longest(club_id: int, weeks: dict[int, int]) -> list[Streak]:
    """Return the longest of these streaks, with names.

    Leave out athletes whose history has not been read completely, and those who stopped sharing since the first query.
    """
    incomplete = without_full_history(weeks)
    sharing = Membership.objects.sharing().in_club(club_id).filter(user__in=weeks.keys() - incomplete)
    members = sorted(sharing.select_related("user"), key=lambda one: (-weeks[one.user_id], one.user_id))
    return [Streak(one.shown_name, weeks[one.user_id]) for one in members[:MOST_STREAKS]]


def parkrun_weeks(club_id: int, since: int, upto: int, athletes: set[int] | None) -> dict[int, set[int]]:
    """Return each athlete's weeks with a shared parkrun. None for `athletes` stands for all members who share."""
    shared = shared_in(club_id, monday_of(since), monday_of(upto + 1) - timedelta(days=1))
    if athletes is not None:
        shared = shared.filter(athlete__in=athletes)
    weeks: dict[int, set[int]] = defaultdict(set)
    for athlete_id, day in shared.order_by().values_list("athlete_id", "day").distinct():
        weeks[athlete_id].add(week_of(day))
    return weeks


def week_of(day: date) -> int:
    """Number the weeks from Monday 1 January of the year 1, which is week 0."""
    return (day.toordinal() - 1) // 7


def monday_of(week: int) -> date:
    return date.fromordinal(week * 7 + 1)
