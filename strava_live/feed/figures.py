"""What a club's wall says in numbers: today by event, this week, this month, this year, and who comes week after week.

Counted from what its members share, be it news or history: what is withdrawn is in no figure any more. Whoever wants no
name there counts and is not named. However many parkruns there are, the questions are few: only streaks take one more
each time that the longest has doubled.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q

from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.feed.parkrun_entries import NEWS_ANYWHERE, half_known
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
    """So many weeks in a row, up to this one or the last."""

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
    """By the club's clock."""
    zone = zone_or_utc(club.time_zone)
    day = now.astimezone(zone).date()
    week, month, year = periods(club.pk, day)
    told = Entry.objects.of_club(club.pk).there().newest_first()
    # Somewhere the year began a day earlier than here.
    this_year = datetime.combine(day.replace(month=1, day=1), time(), tzinfo=zone) - timedelta(days=1)
    milestones = told.filter(kind=Entry.Kind.MILESTONE, at__gte=this_year)
    recent = told.filter(kind__in=[Entry.Kind.PARKRUN, Entry.Kind.MILESTONE], at__gte=now - NEWS_ANYWHERE)
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
    """The parkruns of these days that the club may see."""
    sharing = Membership.objects.sharing().in_club(club_id).values("user")
    return ParkrunResult.objects.filter(athlete__in=sharing, day__range=(since, upto)).shareable().on_foot()


def today_by_event(club_id: int, day: date) -> list[Tally]:
    """Where most have been comes first."""
    counted = shared_in(club_id, day, day).values_list("event__name").annotate(parkruns=Count("pk"))
    return sorted((Tally(*row) for row in counted), key=lambda one: (-one.parkruns, one.event_name))


def periods(club_id: int, day: date) -> tuple[Period, ...]:
    """This week from its Monday, this month, this year."""
    firsts = (day - timedelta(days=day.weekday()), day.replace(day=1), day.replace(month=1, day=1))
    wanted: dict[str, Any] = {}
    for place, first in enumerate(firsts):
        inside = Q(day__gte=first)
        wanted |= {
            f"parkruns{place}": Count("pk", filter=inside),
            f"members{place}": Count("athlete", filter=inside, distinct=True),
            f"events{place}": Count("event", filter=inside, distinct=True),
        }
    # Where it is tomorrow already, somebody has run today.
    found = shared_in(club_id, min(firsts), day + timedelta(days=1)).aggregate(**wanted)
    return tuple(Period(*(found[f"{name}{place}"] for name in ("parkruns", "members", "events"))) for place in range(3))


def streaks(club_id: int, day: date) -> list[Streak]:
    """The longest first. The further back, the fewer are looked at: only those whose row goes on from there."""
    this_week = week_of(day)
    lengths: dict[int, int] = {}
    upto, at_a_time, going = this_week, FIRST_WEEKS, None
    while (going is None or going) and upto > this_week - LONGEST_WEEKS:
        since = upto - at_a_time + 1
        weeks = weeks_of(club_id, since, upto, going)
        going = set()
        for athlete_id, theirs in weeks.items():
            known = lengths.get(athlete_id, 0)
            # The week that is not over yet may still be missing.
            last = upto if known or upto in theirs else upto - 1
            run = next((back for back in range(last - since + 1) if last - back not in theirs), last - since + 1)
            lengths[athlete_id] = known + run
            if last - run < since:
                going.add(athlete_id)
        upto, at_a_time = since - 1, 2 * at_a_time
    return named(club_id, {athlete_id: weeks for athlete_id, weeks in lengths.items() if weeks >= SHORTEST_STREAK})


def named(club_id: int, weeks: dict[int, int]) -> list[Streak]:
    """No row is claimed of who is still being read. Somebody may have withdrawn since the first question."""
    unknown = half_known(weeks)
    sharing = Membership.objects.sharing().in_club(club_id).filter(user__in=weeks.keys() - unknown)
    longest = sorted(sharing.select_related("user"), key=lambda one: (-weeks[one.user_id], one.user_id))[:MOST_STREAKS]
    return [Streak(one.shown_name, weeks[one.user_id]) for one in longest]


def weeks_of(club_id: int, since: int, upto: int, athletes: set[int] | None) -> dict[int, set[int]]:
    """In which weeks each of them has been at a parkrun; of everybody when nobody is named."""
    shared = shared_in(club_id, monday_of(since), monday_of(upto + 1) - timedelta(days=1))
    if athletes is not None:
        shared = shared.filter(athlete__in=athletes)
    weeks: dict[int, set[int]] = defaultdict(set)
    for athlete_id, day in shared.order_by().values_list("athlete_id", "day").distinct():
        weeks[athlete_id].add(week_of(day))
    return weeks


def week_of(day: date) -> int:
    """Weeks since the first Monday there was."""
    return (day.toordinal() - 1) // 7


def monday_of(week: int) -> date:
    return date.fromordinal(week * 7 + 1)
