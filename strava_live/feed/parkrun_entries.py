"""Keep the entries about an athlete's parkruns up to date in the feeds of their clubs.

`reconcile_parkrun_entries` computes the entries that each club should have, compares them with those that it has, and
stores the difference. It is called after every change of an athlete's parkruns or of what they share: an activity is
saved or removed, a result corrected, consent given or withdrawn, an activity hidden at Strava, a first sync finished.
Calling it again changes nothing.

Only parkruns of the last seven days get a new entry each, so that a first sync does not flood the feed. They keep it
when they get older. All others are only counted: 5 km parkruns in one `history` entry, junior parkruns in another.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypedDict

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.athlete_state import lock_athlete
from strava_live.activities.models import Activity, AthleteState
from strava_live.clubs.models import Membership
from strava_live.feed.entry_writer import EntryWriter, writers_of
from strava_live.feed.models import Entry
from strava_live.parkrun.counting import CountedParkrun, count_parkruns
from strava_live.parkrun.milestones import is_milestone
from strava_live.parkrun.result_models import ClubParkrun, ParkrunResult, StartingNumbers
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

    shown: list[ClubParkrun]
    """The parkruns that clubs may see, oldest first."""
    numbers: dict[int, CountedParkrun]
    """Which of the athlete's parkruns each is ("50th"), and whether it is a personal best, by `key` of the parkrun."""
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
    existing_here = Entry.objects.of_athlete(athlete_id).filter(kind__in=KINDS, club=OuterRef("club"))
    concerned = Membership.objects.active().of(athlete_id).filter(Q(shares_parkruns=True) | Exists(existing_here))
    memberships = list(concerned.with_locked_clubs().select_related("user__starting_numbers"))
    if not memberships:
        return
    shares = any(one.shares_parkruns for one in memberships)
    history = parkrun_history(memberships[0].user, history_known=history_known) if shares else None
    with writers_of(one.club for one in memberships) as writers:
        entries: dict[int, dict[str, Entry]] = {one.club_id: {} for one in memberships}
        for entry in Entry.objects.of_athlete(athlete_id).filter(kind__in=KINDS, club__in=entries):
            entries[entry.club_id][entry.key] = entry
        for one in memberships:
            existing, writer = entries[one.club_id], writers[one.club_id]
            writer.figures_changed = one.shares_parkruns
            desired = desired_entries(one, history, existing, timezone.now()) if history and one.shares_parkruns else []
            reconcile(writer, one, existing, desired)


def parkrun_history(athlete: User, *, history_known: bool = False) -> ParkrunHistory:
    """Read an athlete's results and number them."""
    parkruns = ParkrunResult.objects.of(athlete.pk).for_clubs()
    before = getattr(athlete, "starting_numbers", None) or StartingNumbers()
    numbers = count_parkruns(parkruns, parkruns=before.parkruns, juniors=before.juniors)
    shown = [one for one in parkruns if one.shareable and one.key in numbers]
    return ParkrunHistory(
        sorted(shown, key=lambda one: (one.day, one.key)), numbers, history_known or has_full_history(athlete.pk)
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
    for parkrun in history.shown:
        recent = is_recent(parkrun.day, now, member.club.time_zone)
        if not recent and parkrun_key(member.user_id, parkrun) not in existing:
            without_entry.append(parkrun)
            continue
        with_entry.append(parkrun)
        entry = parkrun_entry(member.user_id, parkrun, history)
        special = [make(member.user_id, parkrun, history) for make in SPECIAL_ENTRIES.values()]
        desired += [entry, *(one for one in special if one and (recent or one.key in existing))]
    if history.is_complete:
        return [*desired, *history_entries(member.user_id, without_entry)]
    return [*desired, *entries_kept_until_complete(existing, with_entry, without_entry)]


def entries_kept_until_complete(
    existing: dict[str, Entry], with_entry: list[ClubParkrun], without_entry: list[ClubParkrun]
) -> Iterator[DesiredEntry]:
    """Yield the special and history entries to keep while the athlete's numbers of parkruns are not known.

    Known numbers become unknown when the athlete connects Strava, until a sync has read all their activities. An entry
    that is kept also keeps its cheers. A special entry, such as a milestone, is kept if its parkrun has an entry. A
    history entry is kept with its count, or with a lower one if fewer parkruns are left for it.
    """
    shown = {(one.event, one.day.isoformat()) for one in with_entry}
    counts = {data["junior"]: data for data in history_data(without_entry)}
    for key, entry in existing.items():
        data = entry.data
        if entry.kind in SPECIAL_ENTRIES and (data["event"], data["date"]) in shown:
            yield DesiredEntry(key, Kind(entry.kind), data)
        elif entry.kind == Kind.HISTORY and (now := counts.get(data["junior"])):
            less = {"count": min(data["count"], now["count"]), "since": max(data["since"], now["since"])}
            yield DesiredEntry(key, Kind.HISTORY, data | less)


def parkrun_entry(athlete_id: int, parkrun: ClubParkrun, history: ParkrunHistory) -> DesiredEntry:
    """Return the entry of one parkrun."""
    return DesiredEntry(parkrun_key(athlete_id, parkrun), Kind.PARKRUN, parkrun_data(parkrun, history))


def parkrun_key(athlete_id: int, parkrun: ClubParkrun) -> str:
    """Return the `key` of a parkrun's entry."""
    return f"parkrun.{athlete_id}.{parkrun.event_id}.{parkrun.day}"


def parkrun_data(parkrun: ClubParkrun, history: ParkrunHistory) -> ParkrunData:
    """Return the `data` of a parkrun's entry. Its numbers are None while they are not known."""
    number = history.numbers[parkrun.key] if history.is_complete else None
    return {
        **event_fields(parkrun),
        "time_s": parkrun.time_s,
        "count": number.count if number else None,
        "first_here": number.first_here if number else None,
        "best": number.best if number else None,
        "url": parkrun.url,
        "device": parkrun.device,
    }


def milestone_entry(athlete_id: int, parkrun: ClubParkrun, history: ParkrunHistory) -> DesiredEntry | None:
    """Return the entry of a milestone, such as a 50th parkrun.

    Return None if the parkrun is not a milestone, or if its number is not known.
    """
    count, junior = history.numbers[parkrun.key].count, parkrun.junior
    if not history.is_complete or not is_milestone(count, junior=junior):
        return None
    key = f"milestone.{athlete_id}.{'junior.' if junior else ''}{count}"
    data: MilestoneData = {**event_fields(parkrun), "count": count}
    return DesiredEntry(key, Kind.MILESTONE, data)


SPECIAL_ENTRIES: dict[Entry.Kind, Callable[[int, ClubParkrun, ParkrunHistory], DesiredEntry | None]] = {
    Kind.MILESTONE: milestone_entry,
}
"""The kinds of entries that a special parkrun gets in addition to its own entry, each with a function. The function
returns the entry, or None for a parkrun that is not special in this way. The `data` of these entries has the event and
the date of the parkrun (`event_fields`)."""
KINDS = (Kind.PARKRUN, Kind.HISTORY, *SPECIAL_ENTRIES)
"""Kinds of entries that this module writes."""


def history_entries(athlete_id: int, without_entry: list[ClubParkrun]) -> Iterator[DesiredEntry]:
    """Yield one entry that counts the 5 km parkruns without an entry of their own, and one for junior parkruns."""
    for data in history_data(without_entry):
        yield DesiredEntry(f"history.{athlete_id}{'.junior' if data['junior'] else ''}", Kind.HISTORY, data)


def history_data(without_entry: list[ClubParkrun]) -> Iterator[HistoryData]:
    """Yield the data of the entries that count parkruns: one for 5 km parkruns, one for junior parkruns."""
    for junior in (False, True):
        days = [one.day for one in without_entry if one.junior == junior]
        if days:
            yield {"count": len(days), "since": min(days).year, "junior": junior}


def event_fields(parkrun: ClubParkrun) -> EventFields:
    """Return the fields of `data` that say where and when a parkrun was."""
    return {
        "event": parkrun.event,
        "event_name": parkrun.event_name,
        "date": parkrun.day.isoformat(),
        "junior": parkrun.junior,
    }


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
