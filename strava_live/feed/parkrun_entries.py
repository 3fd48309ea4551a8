"""Keep the entries about an athlete's parkruns equal to their results and to what they share.

One function computes the entries that each club should have and compares them with those it has. Everything that
changes an athlete's parkruns ends here: saving, un-saving, a correction, consent given or withdrawn, an activity hidden
at Strava, the end of a first sync. Running it twice changes nothing.

Only parkruns of the last seven days get an entry each. One `history` entry counts all older ones.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypedDict

from django.db.models import Exists, OuterRef
from django.utils import timezone

from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.garmin import garmin_attribution
from strava_live.activities.models import Activity
from strava_live.clubs.models import Club, Membership
from strava_live.feed.entry_writer import EntryWriter, entry_writers
from strava_live.feed.models import Entry
from strava_live.parkrun.counting import CountedParkrun, count_parkruns
from strava_live.parkrun.milestones import is_milestone
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.parkrun.results import starting_numbers
from strava_live.protocol import EntryData, HistoryData, MilestoneData, ParkrunData
from strava_live.time_zones import zone_or_utc

Kind = Entry.Kind
KINDS = (Kind.PARKRUN, Kind.MILESTONE, Kind.HISTORY)
NEWS_FOR = timedelta(days=7)
# Today in one club's time zone may be yesterday in another: older parkruns are news in no club.
NEWS_ANYWHERE = NEWS_FOR + timedelta(days=2)


@dataclass(frozen=True, slots=True)
class ParkrunHistory:
    """An athlete's parkruns and their numbers, the same for every club."""

    shown: list[ParkrunResult]
    """The results that may be shown, oldest first."""
    numbers: dict[int, CountedParkrun]
    is_complete: bool
    """True once the whole history has been read. Until then no parkrun gets a number or a milestone."""


class EventFields(TypedDict):
    """What the data of a parkrun entry and of its milestone have in common."""

    event: str
    event_name: str
    date: str
    junior: bool


@dataclass(frozen=True, slots=True)
class DesiredEntry:
    key: str
    kind: Entry.Kind
    data: EntryData


def reconcile_parkrun_entries(athlete_id: int) -> None:
    """Add, change and remove an athlete's entries in all their clubs until each has the desired ones.

    Needs the athlete's lock.
    """
    memberships = list(Membership.objects.active().of(athlete_id).select_related("club", "user").order_by("club"))
    if not memberships:
        return
    shares = any(one.shares_parkruns for one in memberships)
    if not shares and not Entry.objects.of_athlete(athlete_id).filter(kind__in=KINDS).exists():
        return
    history = parkrun_history(athlete_id) if shares else None
    with entry_writers(one.club_id for one in memberships) as writers:
        Club.objects.raise_figures_version(one.club_id for one in memberships if one.shares_parkruns)
        entries: dict[int, dict[str, Entry]] = {one.club_id: {} for one in memberships}
        for entry in Entry.objects.of_athlete(athlete_id).filter(kind__in=KINDS, club__in=entries):
            entries[entry.club_id][entry.key] = entry
        for one in memberships:
            existing = entries[one.club_id]
            desired = desired_entries(one, history, existing, timezone.now()) if history and one.shares_parkruns else []
            reconcile(writers[one.club_id], one, existing, desired)


def parkrun_history(athlete_id: int) -> ParkrunHistory:
    results = ParkrunResult.objects.of(athlete_id)
    before = starting_numbers(athlete_id)
    numbers = count_parkruns(results.facts(), parkruns=before.parkruns, juniors=before.juniors)
    shown = [row for row in results.shareable().shown() if row.pk in numbers]
    return ParkrunHistory(sorted(shown, key=lambda row: (row.day, row.pk)), numbers, has_full_history(athlete_id))


def has_full_history(athlete_id: int) -> bool:
    return not without_full_history([athlete_id])


def without_full_history(athlete_ids: Iterable[int]) -> set[int]:
    """Return those athletes whose Strava history has been read in part only, or not yet. Their counts are unknown.

    An athlete without a Strava connection and without activities has no history to read, so their counts are known.
    """
    unread = User.objects.filter(pk__in=list(athlete_ids)).exclude(athletestate__history_known=True)
    connected = StravaConnection.objects.filter(user=OuterRef("pk"), scopes__contains="activity:read")
    has_activities = Activity.objects.filter(athlete=OuterRef("pk"))
    return set(unread.filter(Exists(connected) | Exists(has_activities)).values_list("pk", flat=True))


def is_news(day: date, now: datetime, zone: str) -> bool:
    """Return True if `day` is one of the last seven days in the club's time zone."""
    return day >= now.astimezone(zone_or_utc(zone)).date() - NEWS_FOR


def desired_entries(
    member: Membership, history: ParkrunHistory, existing: dict[str, Entry], now: datetime
) -> list[DesiredEntry]:
    """Return the entries about the member's parkruns that their club should have."""
    desired: list[DesiredEntry] = []
    with_entry, without_entry = [], []
    for result in history.shown:
        key = f"parkrun.{member.user_id}.{result.event_id}.{result.day}"
        news = is_news(result.day, now, member.club.time_zone)
        if not news and key not in existing:
            without_entry.append(result)
            continue
        with_entry.append(result)
        desired.append(DesiredEntry(key, Kind.PARKRUN, parkrun_data(result, history)))
        milestone = milestone_entry(member.user_id, result, history)
        # An older parkrun that turns out to be a milestone gets no new entry.
        if milestone and (news or milestone.key in existing):
            desired.append(milestone)
    if history.is_complete:
        return [*desired, *history_entries(member.user_id, without_entry)]
    return [*desired, *entries_kept_until_complete(existing, with_entry, without_entry)]


def entries_kept_until_complete(
    existing: dict[str, Entry], with_entry: list[ParkrunResult], without_entry: list[ParkrunResult]
) -> Iterator[DesiredEntry]:
    """Return the milestones and history to keep, with their cheers, while the athlete's history is read again.

    A history entry may lose parkruns meanwhile, but gains none until the count is known.
    """
    shown = {(result.event.slug, result.day.isoformat()) for result in with_entry}
    counts = {data["junior"]: data for data in history_data(without_entry)}
    for key, entry in existing.items():
        data = entry.data
        if entry.kind == Kind.MILESTONE and (data["event"], data["date"]) in shown:
            yield DesiredEntry(key, Kind.MILESTONE, data)
        elif entry.kind == Kind.HISTORY and (now := counts.get(data["junior"])):
            less = {"count": min(data["count"], now["count"]), "since": max(data["since"], now["since"])}
            yield DesiredEntry(key, Kind.HISTORY, data | less)


def parkrun_data(result: ParkrunResult, history: ParkrunHistory) -> ParkrunData:
    number = history.numbers[result.pk] if history.is_complete else None
    return {
        **event_fields(result),
        "time_s": result.time_s,
        "count": number.count if number else None,
        "first_here": number.first_here if number else None,
        "best": number.best if number else None,
        "url": result.activity.url if result.activity else None,
        "device": garmin_attribution(result.activity.device_name) or None if result.activity else None,
    }


def milestone_entry(athlete_id: int, result: ParkrunResult, history: ParkrunHistory) -> DesiredEntry | None:
    count = history.numbers[result.pk].count
    junior = is_junior(result)
    if not history.is_complete or not is_milestone(count, junior=junior):
        return None
    key = f"milestone.{athlete_id}.{'junior.' if junior else ''}{count}"
    data: MilestoneData = {**event_fields(result), "count": count}
    return DesiredEntry(key, Kind.MILESTONE, data)


def history_entries(athlete_id: int, without_entry: list[ParkrunResult]) -> Iterator[DesiredEntry]:
    """Return one entry that counts the parkruns without an entry of their own, and one for junior parkruns."""
    for data in history_data(without_entry):
        yield DesiredEntry(f"history.{athlete_id}{'.junior' if data['junior'] else ''}", Kind.HISTORY, data)


def history_data(without_entry: list[ParkrunResult]) -> Iterator[HistoryData]:
    for junior in (False, True):
        days = [result.day for result in without_entry if is_junior(result) == junior]
        if days:
            yield {"count": len(days), "since": min(days).year, "junior": junior}


def event_fields(result: ParkrunResult) -> EventFields:
    event = result.event
    return {
        "event": event.slug,
        "event_name": event.name,
        "date": result.day.isoformat(),
        "junior": is_junior(result),
    }


def is_junior(result: ParkrunResult) -> bool:
    return result.event.series == result.event.Series.JUNIOR


def reconcile(writer: EntryWriter, member: Membership, existing: dict[str, Entry], desired: list[DesiredEntry]) -> None:
    """Remove, change and add entries until the club has the desired ones."""
    for key in existing.keys() - {one.key for one in desired}:
        writer.remove(existing[key])
    for one in desired:
        if (entry := existing.get(one.key)) is None:
            writer.add(kind=one.kind, key=one.key, athlete_id=member.user_id, name=member.shown_name, data=one.data)
        elif (entry.data, entry.name) != (one.data, member.shown_name):
            entry.data, entry.name = one.data, member.shown_name
            writer.change(entry)
