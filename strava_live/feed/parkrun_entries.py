"""Keep the entries about an athlete's parkruns up to date in the feeds of their clubs.

`reconcile_parkrun_entries` computes the entries that each club should have, compares them with those that it has, and
stores the difference. It is called after every change of an athlete's parkruns or of what they share: an activity is
saved or removed, a result corrected, consent given or withdrawn, an activity hidden at Strava, a first sync finished.
Calling it again changes nothing.

Only parkruns of the last seven days get an entry each, so that a first sync does not flood the feed. One `history`
entry counts all older ones.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypedDict

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.athlete_state import lock_athlete
from strava_live.activities.models import Activity, AthleteState
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
RECENT_FOR = timedelta(days=7)
"""The greatest age of a parkrun that gets an entry of its own. The age is counted from the day of the parkrun."""
RECENT_IN_ANY_ZONE = RECENT_FOR + timedelta(days=2)
"""The greatest age of a parkrun that is recent in some time zone. The age is counted from the start of the parkrun."""


@dataclass(frozen=True, slots=True)
class ParkrunHistory:
    """An athlete's parkruns and their numbers, the same for every club."""

    shown: list[ParkrunResult]
    """The results that clubs may see, oldest first."""
    numbers: dict[int, CountedParkrun]
    """By result id: which of the athlete's parkruns the result is ("50th"), and whether it is a personal best."""
    is_complete: bool
    """Whether all of the athlete's activities have been read from Strava. If not, the numbers are not known."""


class EventFields(TypedDict):
    """What the data of a parkrun entry and of its milestone have in common."""

    event: str
    event_name: str
    date: str
    junior: bool


@dataclass(frozen=True, slots=True)
class DesiredEntry:
    """An entry that a club should have about a member."""

    key: str
    """The `key` of the `Entry`. The club's existing entry is found by it."""
    kind: Entry.Kind
    data: EntryData


@contextmanager
def athlete_lock(athlete_id: int) -> Iterator[AthleteState]:
    """Run a `with` block in a transaction that holds the athlete's lock, then update the entries of all their clubs."""
    with transaction.atomic():
        yield lock_athlete(athlete_id)
        reconcile_parkrun_entries(athlete_id)


def reconcile_parkrun_entries(athlete_id: int, *, history_known: bool = False) -> None:
    """Add, change and remove entries until each of an athlete's clubs has the desired ones.

    The caller must hold the athlete's lock. A caller that knows that the athlete's whole history has been read passes
    `history_known=True`. That saves a query.
    """
    memberships = list(Membership.objects.active().of(athlete_id).select_related("club", "user").order_by("club"))
    if not memberships:
        return
    shares = any(one.shares_parkruns for one in memberships)
    if not shares and not Entry.objects.of_athlete(athlete_id).filter(kind__in=KINDS).exists():
        return
    history = parkrun_history(athlete_id, history_known=history_known) if shares else None
    with entry_writers(one.club_id for one in memberships) as writers:
        Club.objects.raise_figures_version(one.club_id for one in memberships if one.shares_parkruns)
        entries: dict[int, dict[str, Entry]] = {one.club_id: {} for one in memberships}
        for entry in Entry.objects.of_athlete(athlete_id).filter(kind__in=KINDS, club__in=entries):
            entries[entry.club_id][entry.key] = entry
        for one in memberships:
            existing = entries[one.club_id]
            desired = desired_entries(one, history, existing, timezone.now()) if history and one.shares_parkruns else []
            reconcile(writers[one.club_id], one, existing, desired)


def parkrun_history(athlete_id: int, *, history_known: bool = False) -> ParkrunHistory:
    """Read an athlete's results and number them."""
    results = ParkrunResult.objects.of(athlete_id)
    before = starting_numbers(athlete_id)
    numbers = count_parkruns(results.facts(), parkruns=before.parkruns, juniors=before.juniors)
    shown = [row for row in results.shareable().shown() if row.pk in numbers]
    return ParkrunHistory(
        sorted(shown, key=lambda row: (row.day, row.pk)), numbers, history_known or has_full_history(athlete_id)
    )


def has_full_history(athlete_id: int) -> bool:
    """Return whether all of an athlete's activities have been read from Strava, or there are none to read."""
    return not without_full_history([athlete_id])


def without_full_history(athlete_ids: Iterable[int]) -> set[int]:
    """Return those athletes whose number of parkruns is not known, because not all of their activities are read yet.

    An athlete without a Strava connection and without activities has none to read, so their number is known.
    """
    unread = User.objects.filter(pk__in=list(athlete_ids)).exclude(athletestate__history_known=True)
    connected = StravaConnection.objects.filter(user=OuterRef("pk"), scopes__contains="activity:read")
    has_activities = Activity.objects.filter(athlete=OuterRef("pk"))
    return set(unread.filter(Exists(connected) | Exists(has_activities)).values_list("pk", flat=True))


def is_recent(day: date, now: datetime, zone: str) -> bool:
    """Return True if `day` is at most seven days before today, in the club's time zone."""
    return day >= now.astimezone(zone_or_utc(zone)).date() - RECENT_FOR


def desired_entries(
    member: Membership, history: ParkrunHistory, existing: dict[str, Entry], now: datetime
) -> list[DesiredEntry]:
    """Return the entries about the member's parkruns that the club should have, given those that it has.

    A parkrun that is no longer recent keeps the entries that it has, but gets no new ones.
    """
    desired: list[DesiredEntry] = []
    with_entry, without_entry = [], []
    for result in history.shown:
        recent = is_recent(result.day, now, member.club.time_zone)
        entry = parkrun_entry(member.user_id, result, history)
        if not recent and entry.key not in existing:
            without_entry.append(result)
            continue
        with_entry.append(result)
        special = [make(member.user_id, result, history) for make in SPECIAL_ENTRIES.values()]
        desired += [entry, *(one for one in special if one and (recent or one.key in existing))]
    if history.is_complete:
        return [*desired, *history_entries(member.user_id, without_entry)]
    return [*desired, *entries_kept_until_complete(existing, with_entry, without_entry)]


def entries_kept_until_complete(
    existing: dict[str, Entry], with_entry: list[ParkrunResult], without_entry: list[ParkrunResult]
) -> Iterator[DesiredEntry]:
    """Yield the special and history entries to keep while the athlete's numbers of parkruns are not known.

    The numbers are unknown while a sync reads the athlete's activities again. An entry that is kept also keeps its
    cheers. A special entry, such as a milestone, is kept if its parkrun has an entry. A history entry is kept with its
    count, or with a lower one if fewer parkruns are left for it.
    """
    shown = {(result.event.slug, result.day.isoformat()) for result in with_entry}
    counts = {data["junior"]: data for data in history_data(without_entry)}
    for key, entry in existing.items():
        data = entry.data
        if entry.kind in SPECIAL_ENTRIES and (data["event"], data["date"]) in shown:
            yield DesiredEntry(key, Kind(entry.kind), data)
        elif entry.kind == Kind.HISTORY and (now := counts.get(data["junior"])):
            less = {"count": min(data["count"], now["count"]), "since": max(data["since"], now["since"])}
            yield DesiredEntry(key, Kind.HISTORY, data | less)


def parkrun_entry(athlete_id: int, result: ParkrunResult, history: ParkrunHistory) -> DesiredEntry:
    """Return the entry of one parkrun."""
    key = f"parkrun.{athlete_id}.{result.event_id}.{result.day}"
    return DesiredEntry(key, Kind.PARKRUN, parkrun_data(result, history))


def parkrun_data(result: ParkrunResult, history: ParkrunHistory) -> ParkrunData:
    """Return the `data` of a parkrun's entry. Its numbers are None while they are not known."""
    number = history.numbers[result.pk] if history.is_complete else None
    return {
        **event_fields(result),
        "time_s": result.time_s,
        "count": number.count if number else None,
        "first_here": number.first_here if number else None,
        "best": number.best if number else None,
        "url": result.activity.url if result.activity else None,
        "device": result.activity.garmin_device or None if result.activity else None,
    }


def milestone_entry(athlete_id: int, result: ParkrunResult, history: ParkrunHistory) -> DesiredEntry | None:
    """Return the entry of a milestone, such as a 50th parkrun.

    Return None if the parkrun is no milestone, or if its number is not known.
    """
    count = history.numbers[result.pk].count
    junior = is_junior(result)
    if not history.is_complete or not is_milestone(count, junior=junior):
        return None
    key = f"milestone.{athlete_id}.{'junior.' if junior else ''}{count}"
    data: MilestoneData = {**event_fields(result), "count": count}
    return DesiredEntry(key, Kind.MILESTONE, data)


SPECIAL_ENTRIES: dict[Entry.Kind, Callable[[int, ParkrunResult, ParkrunHistory], DesiredEntry | None]] = {
    Kind.MILESTONE: milestone_entry,
}
"""The kinds of entries that a special parkrun gets in addition to its own entry, each with a function. The function
returns the entry, or None for a parkrun that is not special in this way. The `data` of these entries has the event and
the date of the parkrun (`event_fields`)."""
KINDS = (Kind.PARKRUN, Kind.HISTORY, *SPECIAL_ENTRIES)
"""Kinds of entries that this module writes."""


def history_entries(athlete_id: int, without_entry: list[ParkrunResult]) -> Iterator[DesiredEntry]:
    """Yield one entry that counts the 5 km parkruns without an entry of their own, and one for junior parkruns."""
    for data in history_data(without_entry):
        yield DesiredEntry(f"history.{athlete_id}{'.junior' if data['junior'] else ''}", Kind.HISTORY, data)


def history_data(without_entry: list[ParkrunResult]) -> Iterator[HistoryData]:
    """Yield the data of the entries that count parkruns: one for 5 km parkruns, one for junior parkruns."""
    for junior in (False, True):
        days = [result.day for result in without_entry if is_junior(result) == junior]
        if days:
            yield {"count": len(days), "since": min(days).year, "junior": junior}


def event_fields(result: ParkrunResult) -> EventFields:
    """Return the fields of `data` that say where and when a parkrun was."""
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
    """Remove, change and add a member's entries until the club has the desired ones. `existing` is by key."""
    for key in existing.keys() - {one.key for one in desired}:
        writer.remove(existing[key])
    for one in desired:
        if (entry := existing.get(one.key)) is None:
            writer.add(kind=one.kind, key=one.key, athlete_id=member.user_id, name=member.shown_name, data=one.data)
        elif (entry.data, entry.name) != (one.data, member.shown_name):
            entry.data, entry.name = one.data, member.shown_name
            writer.change(entry)
