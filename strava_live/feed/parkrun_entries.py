"""Keep the entries about an athlete's parkruns equal to their results and to what they share.

One function computes the entries that each club should have and compares them with those it has. Everything that
changes an athlete's parkruns ends here: saving, un-saving, a correction, consent given or withdrawn, an activity hidden
at Strava, the end of a first sync. Running it twice changes nothing.

Only parkruns of the last seven days get an entry each. One `history` entry counts all older ones.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.garmin import garmin_attribution
from strava_live.activities.models import Activity
from strava_live.clubs.models import Club, Membership
from strava_live.feed.entry_writer import EntryWriter, entry_writers
from strava_live.feed.models import Entry
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
class ParkrunHistory:
    """An athlete's parkruns and their numbers, the same for every club."""

    shown: list[ParkrunResult]
    """The results that may be shown, oldest first."""
    numbers: dict[int, Numbered]
    counted: bool
    """True once the whole history has been read. Until then no parkrun gets a number."""


@dataclass(frozen=True, slots=True)
class DesiredEntry:
    kind: Entry.Kind
    data: dict[str, Any]


def reconcile_parkrun_entries(athlete_id: int) -> None:
    """Update the entries of an athlete in all their clubs. Needs the athlete's lock."""
    memberships = list(Membership.objects.active().of(athlete_id).select_related("club", "user").order_by("club"))
    if not memberships:
        return
    shares = any(one.shares_parkruns for one in memberships)
    if not shares and not Entry.objects.of_athlete(athlete_id).filter(kind__in=OURS).exists():
        return
    history = parkrun_history(athlete_id) if shares else None
    with entry_writers(one.club_id for one in memberships) as writers:
        Club.objects.raise_figures_version(one.club_id for one in memberships if one.shares_parkruns)
        told: dict[int, dict[str, Entry]] = {one.club_id: {} for one in memberships}
        for entry in Entry.objects.of_athlete(athlete_id).filter(kind__in=OURS, club__in=told):
            told[entry.club_id][entry.key] = entry
        for one in memberships:
            existing = told[one.club_id]
            desired = desired_entries(one, history, existing, timezone.now()) if history and one.shares_parkruns else {}
            reconcile(writers[one.club_id], one, existing, desired)


def parkrun_history(athlete_id: int) -> ParkrunHistory:
    results = ParkrunResult.objects.of(athlete_id)
    before = starting_numbers(athlete_id)
    numbers = numbered(results.counted(), parkruns=before.parkruns, juniors=before.juniors)
    shown = [row for row in results.shareable().shown() if row.pk in numbers]
    return ParkrunHistory(sorted(shown, key=lambda row: (row.day, row.pk)), numbers, is_counted(athlete_id))


def is_counted(athlete_id: int) -> bool:
    return not half_known([athlete_id])


def half_known(athlete_ids: Iterable[int]) -> set[int]:
    """Return those athletes whose history may be read, or has been read in part, but never to its end."""
    unknown = User.objects.filter(pk__in=list(athlete_ids)).exclude(athletestate__history_known=True)
    connected = StravaConnection.objects.filter(user=OuterRef("pk"), scopes__contains="activity:read")
    read = Activity.objects.filter(athlete=OuterRef("pk"))
    return set(unknown.filter(Exists(connected) | Exists(read)).values_list("pk", flat=True))


def is_news(day: date, now: datetime, zone: str) -> bool:
    """Return True for the last seven days in the club's time zone."""
    return day >= now.astimezone(zone_or_utc(zone)).date() - NEWS_FOR


def desired_entries(
    member: Membership, history: ParkrunHistory, existing: dict[str, Entry], now: datetime
) -> dict[str, DesiredEntry]:
    """Return the entries that the member's club should have of them, by key."""
    desired: dict[str, DesiredEntry] = {}
    without_entry = []
    for result in history.shown:
        key = f"parkrun.{member.user_id}.{result.event_id}.{result.day}"
        news = is_news(result.day, now, member.club.time_zone)
        if news or key in existing:
            desired[key] = DesiredEntry(Kind.PARKRUN, parkrun_data(result, history))
            # An older parkrun that turns out to be a milestone gets no entry.
            desired.update(
                {key: one for key, one in milestones_of(member.user_id, result, history) if news or key in existing}
            )
        else:
            without_entry.append(result)
    desired.update(
        history_of(member.user_id, without_entry)
        if history.counted
        else entries_kept_until_counted(existing, desired, without_entry)
    )
    return desired


def entries_kept_until_counted(
    existing: dict[str, Entry], desired: dict[str, DesiredEntry], without_entry: list[ParkrunResult]
) -> Iterator[tuple[str, DesiredEntry]]:
    """Return the milestones and history to keep, with their cheers, while the athlete's history is read again."""
    shown = {(one.data["event"], one.data["date"]) for one in desired.values()}
    left = {one.data["junior"]: one.data for _, one in history_of(0, without_entry)}
    for key, entry in existing.items():
        data = entry.data
        if entry.kind == Kind.MILESTONE and (data["event"], data["date"]) in shown:
            yield key, DesiredEntry(Kind.MILESTONE, data)
        elif entry.kind == Kind.HISTORY and (now := left.get(data["junior"])):
            less = {"count": min(data["count"], now["count"]), "since": max(data["since"], now["since"])}
            yield key, DesiredEntry(Kind.HISTORY, data | less)


def parkrun_data(result: ParkrunResult, history: ParkrunHistory) -> dict[str, Any]:
    number = history.numbers[result.pk] if history.counted else None
    return event_fields(result) | {
        "time_s": result.time_s,
        "count": number.count if number else None,
        "first_here": number.first_here if number else None,
        "best": number.best if number else None,
        "url": result.activity.url if result.activity else None,
        "device": garmin_attribution(result.activity.device_name) or None if result.activity else None,
    }


def milestones_of(
    athlete_id: int, result: ParkrunResult, history: ParkrunHistory
) -> Iterator[tuple[str, DesiredEntry]]:
    count = history.numbers[result.pk].count
    junior = is_junior(result)
    if history.counted and is_milestone(count, junior=junior):
        key = f"milestone.{athlete_id}.{'junior.' if junior else ''}{count}"
        yield key, DesiredEntry(Kind.MILESTONE, event_fields(result) | {"count": count})


def history_of(athlete_id: int, without_entry: list[ParkrunResult]) -> Iterator[tuple[str, DesiredEntry]]:
    """Return the entries that count parkruns without an entry of their own, junior parkruns apart."""
    for junior in (False, True):
        days = [result.day for result in without_entry if is_junior(result) == junior]
        if days:
            data = {"count": len(days), "since": min(days).year, "junior": junior}
            yield f"history.{athlete_id}{'.junior' if junior else ''}", DesiredEntry(Kind.HISTORY, data)


def event_fields(result: ParkrunResult) -> dict[str, Any]:
    event = result.event
    return {
        "event": event.slug,
        "event_name": event.name,
        "date": result.day.isoformat(),
        "junior": is_junior(result),
    }


def is_junior(result: ParkrunResult) -> bool:
    return result.event.series == result.event.Series.JUNIOR


def reconcile(
    writer: EntryWriter, member: Membership, existing: dict[str, Entry], desired: dict[str, DesiredEntry]
) -> None:
    for key in existing.keys() - desired.keys():
        writer.remove(existing[key])
    for key, one in desired.items():
        if (entry := existing.get(key)) is None:
            writer.add(kind=one.kind, key=key, athlete_id=member.user_id, name=member.shown_name, data=one.data)
        elif (entry.data, entry.name) != (one.data, member.shown_name):
            entry.data, entry.name = one.data, member.shown_name
            writer.change(entry)
