"""What a club's wall says in numbers: today by event, this week, this month, this year, and who comes week after week.

All of it from the parkruns that the feed shows now: what is withdrawn is in no figure any more. Whoever wants no name
there counts and is not named. However long the feed, the questions are few: only streaks take one more each time that
the longest has doubled.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, Count, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from strava_live.clubs.models import Club
from strava_live.feed.models import Entry
from strava_live.feed.parkruns import NEWS_ANYWHERE

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
    zone = ZoneInfo(club.time_zone)
    day = now.astimezone(zone).date()
    week, month, year = periods(club.pk, day, zone)
    told = Entry.objects.of_club(club.pk).there().newest_first()
    milestones = told.filter(kind=Entry.Kind.MILESTONE, at__gte=began(day.replace(month=1, day=1), zone))
    recent = told.filter(kind__in=[Entry.Kind.PARKRUN, Entry.Kind.MILESTONE], at__gte=now - NEWS_ANYWHERE)
    return Figures(
        day=day,
        today=today_by_event(club.pk, day, zone),
        week=week,
        month=month,
        year=year,
        streaks=streaks(club.pk, day, zone),
        milestones=list(milestones[:MOST_MILESTONES]),
        recent=list(recent[:MOST_RECENT]),
    )


def parkruns_since(club_id: int, day: date, zone: ZoneInfo) -> Any:
    """With the `day` and `event` of each. An entry comes no earlier than its parkrun, so that the index finds them by
    when they came."""
    told: Any = Entry.objects.of_club(club_id).there().filter(kind=Entry.Kind.PARKRUN, at__gte=began(day, zone))
    return told.annotate(day=text("date"), event=text("event")).filter(day__gte=day.isoformat())


def text(name: str) -> Cast:
    """Uncast, it would be compared as JSON."""
    return Cast(KT(f"data__{name}"), CharField())


def began(day: date, zone: ZoneInfo) -> datetime:
    """Somewhere it is a day earlier or later than here."""
    return datetime.combine(day, time(), tzinfo=zone) - timedelta(days=1)


def today_by_event(club_id: int, day: date, zone: ZoneInfo) -> list[Tally]:
    """Where most have been comes first."""
    today = parkruns_since(club_id, day, zone).filter(day=day.isoformat()).annotate(event_name=text("event_name"))
    counted = today.order_by().values_list("event_name").annotate(parkruns=Count("pk"))
    return sorted((Tally(*row) for row in counted), key=lambda one: (-one.parkruns, one.event_name))


def periods(club_id: int, day: date, zone: ZoneInfo) -> tuple[Period, ...]:
    """This week from its Monday, this month, this year."""
    firsts = (day - timedelta(days=day.weekday()), day.replace(day=1), day.replace(month=1, day=1))
    wanted: dict[str, Any] = {}
    for place, first in enumerate(firsts):
        inside = Q(day__gte=first.isoformat())
        wanted |= {
            f"parkruns{place}": Count("pk", filter=inside),
            f"members{place}": Count("athlete", filter=inside, distinct=True),
            f"events{place}": Count("event", filter=inside, distinct=True),
        }
    found = parkruns_since(club_id, min(firsts), zone).aggregate(**wanted)
    return tuple(Period(*(found[f"{name}{place}"] for name in ("parkruns", "members", "events"))) for place in range(3))


def streaks(club_id: int, day: date, zone: ZoneInfo) -> list[Streak]:
    """The longest first. The further back, the fewer are looked at: only those whose row goes on from there."""
    this_week = week_of(day)
    lengths: dict[int, int] = {}
    upto, at_a_time, going = this_week, FIRST_WEEKS, None
    while (going is None or going) and upto > this_week - LONGEST_WEEKS:
        since = upto - at_a_time + 1
        weeks = weeks_of(club_id, since, upto, zone, going)
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
    found = [(weeks, athlete_id) for athlete_id, weeks in lengths.items() if weeks >= SHORTEST_STREAK]
    longest = sorted(found, key=lambda one: (-one[0], one[1]))[:MOST_STREAKS]
    recent = parkruns_since(club_id, monday_of(this_week - 1), zone).filter(athlete__in=[pk for _, pk in longest])
    names = dict(recent.order_by().values_list("athlete_id", "name"))
    # Somebody may have withdrawn since the first question.
    return [Streak(names[athlete_id], weeks) for weeks, athlete_id in longest if athlete_id in names]


def weeks_of(club_id: int, since: int, upto: int, zone: ZoneInfo, athletes: set[int] | None) -> dict[int, set[int]]:
    """In which weeks each of them has been at a parkrun; of everybody when nobody is named."""
    told = parkruns_since(club_id, monday_of(since), zone).filter(day__lt=monday_of(upto + 1).isoformat())
    # Later than that none of them was news: what is newer need not be looked at.
    told = told.filter(at__lt=began(monday_of(upto + 1), zone) + NEWS_ANYWHERE + timedelta(days=2))
    if athletes is not None:
        told = told.filter(athlete__in=athletes)
    weeks: dict[int, set[int]] = defaultdict(set)
    for athlete_id, day in told.order_by().values_list("athlete_id", "day").distinct():
        weeks[athlete_id].add(week_of(date.fromisoformat(day)))
    return weeks


def week_of(day: date) -> int:
    """Weeks since the first Monday there was."""
    return (day.toordinal() - 1) // 7


def monday_of(week: int) -> date:
    return date.fromordinal(week * 7 + 1)
