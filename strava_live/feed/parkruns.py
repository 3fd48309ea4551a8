"""Keeping what clubs are told of an athlete's parkruns in agreement with what there is and what they share.

One function says what each club ought to show and compares it with what it shows. Saving, un-saving, a correction,
consent given or withdrawn, a run hidden at Strava, the end of a first sync: all of them end here, and saying it twice
changes nothing.

Only parkruns of the last seven days become entries. Whatever has no entry of its own is told by one `history` entry.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.device import garmin_attribution
from strava_live.activities.models import Activity
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.feed.numbering import Desk, numbering
from strava_live.parkrun.counting import Numbered, numbered
from strava_live.parkrun.milestones import is_milestone
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.parkrun.results import starting_numbers
from strava_live.time_zones import zone_or_utc

Kind = Entry.Kind
OURS = (Kind.PARKRUN, Kind.MILESTONE, Kind.HISTORY)
NEWS_FOR = timedelta(days=7)
# What one club counts as today may be yesterday in another: nothing older than this is news anywhere.
NEWS_ANYWHERE = NEWS_FOR + timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an athlete's parkruns, for every club the same."""

    shown: list[ParkrunResult]
    """Those that may be shown, as they were run."""
    numbers: dict[int, Numbered]
    counted: bool
    """Whether all of them are known: before that no number is claimed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    kind: Entry.Kind
    data: dict[str, Any]


def tell_parkruns(athlete_id: int) -> None:
    """In the athlete's turn, in the transaction that changed something."""
    memberships = list(Membership.objects.active().of(athlete_id).select_related("club", "user").order_by("club"))
    if not memberships:
        return
    shares = any(one.shares_parkruns for one in memberships)
    if not shares and not Entry.objects.of_athlete(athlete_id).filter(kind__in=OURS).exists():
        return
    known = known_of(athlete_id) if shares else None
    with numbering(one.club_id for one in memberships) as desks:
        Club.objects.raise_figures_version(one.club_id for one in memberships if one.shares_parkruns)
        told: dict[int, dict[str, Entry]] = {one.club_id: {} for one in memberships}
        for entry in Entry.objects.of_athlete(athlete_id).filter(kind__in=OURS, club__in=told):
            told[entry.club_id][entry.key] = entry
        for one in memberships:
            there = told[one.club_id]
            wanted = wanted_in(one, known, there, timezone.now()) if known and one.shares_parkruns else {}
            bring_into_agreement(desks[one.club_id], one, there, wanted)


def known_of(athlete_id: int) -> Known:
    results = ParkrunResult.objects.of(athlete_id)
    before = starting_numbers(athlete_id)
    numbers = numbered(results.counted(), parkruns=before.parkruns, juniors=before.juniors)
    shown = [row for row in results.shareable().shown() if row.pk in numbers]
    return Known(sorted(shown, key=lambda row: (row.day, row.pk)), numbers, is_counted(athlete_id))


def is_counted(athlete_id: int) -> bool:
    return not half_known([athlete_id])


def half_known(athlete_ids: Iterable[int]) -> set[int]:
    """Of these, those whose history no run has read to its end: this site may read it, or has read a part of it."""
    unknown = User.objects.filter(pk__in=list(athlete_ids)).exclude(athletemark__history_known=True)
    connected = StravaConnection.objects.filter(user=OuterRef("pk"), scopes__contains="activity:read")
    read = Activity.objects.filter(athlete=OuterRef("pk"))
    return set(unknown.filter(Exists(connected) | Exists(read)).values_list("pk", flat=True))


def is_news(day: date, now: datetime, zone: str) -> bool:
    """By the clock of the club."""
    return day >= now.astimezone(zone_or_utc(zone)).date() - NEWS_FOR


def wanted_in(member: Membership, known: Known, there: dict[str, Entry], now: datetime) -> dict[str, Wanted]:
    """What this club ought to show of this athlete, by key."""
    wanted: dict[str, Wanted] = {}
    untold = []
    for result in known.shown:
        key = f"parkrun.{member.user_id}.{result.event_id}.{result.day}"
        news = is_news(result.day, now, member.club.time_zone)
        if news or key in there:
            wanted[key] = Wanted(Kind.PARKRUN, parkrun_data(result, known))
            # One that an older parkrun turns out to have been is no news.
            wanted.update(
                {key: one for key, one in milestones_of(member.user_id, result, known) if news or key in there}
            )
        else:
            untold.append(result)
    wanted.update(history_of(member.user_id, untold) if known.counted else still_standing(there, wanted, untold))
    return wanted


def still_standing(
    there: dict[str, Entry], wanted: dict[str, Wanted], untold: list[ParkrunResult]
) -> Iterator[tuple[str, Wanted]]:
    """What was claimed before the numbers had to be read anew: a milestone whose parkrun is shown, what is left of a
    history. Whoever has cheered for it has not cheered in vain."""
    shown = {(one.data["event"], one.data["date"]) for one in wanted.values()}
    left = {one.data["junior"]: one.data for _, one in history_of(0, untold)}
    for key, entry in there.items():
        data = entry.data
        if entry.kind == Kind.MILESTONE and (data["event"], data["date"]) in shown:
            yield key, Wanted(Kind.MILESTONE, data)
        elif entry.kind == Kind.HISTORY and (now := left.get(data["junior"])):
            less = {"count": min(data["count"], now["count"]), "since": max(data["since"], now["since"])}
            yield key, Wanted(Kind.HISTORY, data | less)


def parkrun_data(result: ParkrunResult, known: Known) -> dict[str, Any]:
    number = known.numbers[result.pk] if known.counted else None
    return told_of(result) | {
        "time_s": result.time_s,
        "count": number.count if number else None,
        "first_here": number.first_here if number else None,
        "best": number.best if number else None,
        "url": result.activity.url if result.activity else None,
        "device": garmin_attribution(result.activity.device_name) or None if result.activity else None,
    }


def milestones_of(athlete_id: int, result: ParkrunResult, known: Known) -> Iterator[tuple[str, Wanted]]:
    count = known.numbers[result.pk].count
    junior = is_junior(result)
    if known.counted and is_milestone(count, junior=junior):
        key = f"milestone.{athlete_id}.{'junior.' if junior else ''}{count}"
        yield key, Wanted(Kind.MILESTONE, told_of(result) | {"count": count})


def history_of(athlete_id: int, untold: list[ParkrunResult]) -> Iterator[tuple[str, Wanted]]:
    """Their parkruns before they were told one by one; those of the junior series are counted apart."""
    for junior in (False, True):
        days = [result.day for result in untold if is_junior(result) == junior]
        if days:
            data = {"count": len(days), "since": min(days).year, "junior": junior}
            yield f"history.{athlete_id}{'.junior' if junior else ''}", Wanted(Kind.HISTORY, data)


def told_of(result: ParkrunResult) -> dict[str, Any]:
    event = result.event
    return {
        "event": event.slug,
        "event_name": event.name,
        "date": result.day.isoformat(),
        "junior": is_junior(result),
    }


def is_junior(result: ParkrunResult) -> bool:
    return result.event.series == result.event.Series.JUNIOR


def bring_into_agreement(desk: Desk, member: Membership, there: dict[str, Entry], wanted: dict[str, Wanted]) -> None:
    for key in there.keys() - wanted.keys():
        desk.remove(there[key])
    for key, one in wanted.items():
        if (entry := there.get(key)) is None:
            desk.add(kind=one.kind, key=key, athlete_id=member.user_id, name=member.shown_name, data=one.data)
        elif (entry.data, entry.name) != (one.data, member.shown_name):
            entry.data, entry.name = one.data, member.shown_name
            desk.change(entry)
