"""Keeping an athlete's results in step with their activities.

Whoever writes results or activities of an athlete takes their turn first: one at a time for an athlete, and always in
this order, so that nothing is doubled and nobody waits for each other.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, Q

from strava_live.activities.athlete_state import ensure_athlete_state
from strava_live.activities.models import Activity, AthleteState
from strava_live.clubs.models import Membership
from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.event import Event
from strava_live.parkrun.event_rows import row_of
from strava_live.parkrun.facts import local_day, own_zone
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.own_events import own_events
from strava_live.parkrun.result_models import ParkrunResult, StartingNumbers
from strava_live.time_zones import known_zone

Source = ParkrunResult.Source
Key = tuple[int, date]
AROUND = timedelta(days=3)


class UnknownResult(LookupError):
    """This athlete has no such result."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What an athlete says of one parkrun."""

    how: str
    volunteered: bool
    official_time_s: int | None = None
    position: int | None = None
    note: str = ""


def lock_athlete(athlete_id: int) -> AthleteState:
    """Lock the athlete's row until the caller's transaction ends, so that only one writer changes their parkruns."""
    rows = AthleteState.objects.select_for_update()
    found = rows.filter(athlete_id=athlete_id).first()
    if found is None:
        ensure_athlete_state(athlete_id)
        found = rows.get(athlete_id=athlete_id)
    return found


def results_around(athlete_id: int, rows: Iterable[Activity]) -> list[ParkrunResult]:
    """The results of these activities, and every other of their days: one of them may be the same parkrun."""
    known = list(rows)
    if not known:
        return []
    days = [row.start_local.date() for row in known]
    these = Q(activity__in=[row.pk for row in known if row.pk])
    near = Q(day__range=(min(days) - AROUND, max(days) + AROUND))
    results = ParkrunResult.objects.of(athlete_id).filter(these | near).select_related("event")
    return list(results.annotate(in_club=Exists(Membership.objects.active().of(athlete_id))))


def is_in_club(athlete_id: int, results: list[ParkrunResult]) -> bool:
    """Asked together with their results, where there are some: in their turn, so that whoever joined before is seen."""
    if results:
        return bool(getattr(results[0], "in_club"))  # noqa: B009 annotated above
    return Membership.objects.active().of(athlete_id).exists()


def keep_results(
    athlete_id: int,
    rows: Collection[Activity],
    known: Iterable[ParkrunResult],
    events: Atlas,
    *,
    preferred: Collection[int] = (),
) -> None:
    """Every saved parkrun among the rows has its result, and no other row has one. In the caller's turn.

    The rows are stored already. Of a chunk's worth of them: one query that removes, one that writes.
    `preferred`: keys of rows that take the result of their day over from another recording of it.
    """
    results = {result.key: result for result in known}
    linked = {result.activity_id: result for result in results.values() if result.activity_id is not None}
    wanted: dict[Key, Activity] = {}
    own = own_events(athlete_id, {row.event_slug for row in rows})
    # Two watches saved by hand are one parkrun: the one it has stays, or else the first that came.
    for row in sorted(rows, key=lambda one: (one.pk not in preferred, one.pk not in linked, one.pk)):
        key = _key(row, linked.get(row.pk), events, own)
        if key is not None:
            wanted.setdefault(key, row)
        _remember(row, None)
    changed, gone = _compared(athlete_id, wanted, results, {row.pk for row in rows})
    if gone:
        ParkrunResult.objects.filter(pk__in=[result.pk for result in gone]).delete()
    # An activity that goes from one result to another, whose own goes elsewhere in turn.
    freed = {result.activity_id for result in changed}
    if moving := [linked[pk].pk for pk in freed if pk in linked and linked[pk] not in gone]:
        ParkrunResult.objects.filter(pk__in=moving).update(activity=None)
    if changed:
        for result in changed:
            result.pk = None  # what is there is found by its key, so that old and new go in one statement
        ParkrunResult.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["athlete", "event", "day"],
            update_fields=["activity", "withheld"],
        )


def _compared(
    athlete_id: int, wanted: dict[Key, Activity], results: dict[Key, ParkrunResult], among: set[int]
) -> tuple[list[ParkrunResult], list[ParkrunResult]]:
    """Which are to be written, those first that give their activity up; and which are to go."""
    given_up, taken, gone = [], [], []
    for key, result in results.items():
        if key in wanted or result.activity_id not in among:
            continue
        if result.stated:
            result.activity, result.withheld = None, True
            given_up.append(result)
        else:
            gone.append(result)
    for key, row in wanted.items():
        result = results.get(key) or ParkrunResult(
            athlete_id=athlete_id, event_id=key[0], day=key[1], source=Source.RECOGNISED
        )
        if result.activity_id != row.pk:
            result.activity, result.withheld = row, False
            taken.append(result)
        _remember(row, result)
    return [*given_up, *taken], gone


def _remember(row: Activity, result: ParkrunResult | None) -> None:
    """What `row.result` is now, so that it need not be looked up again."""
    Activity.result.related.set_cached_value(row, result)


def _key(row: Activity, current: ParkrunResult | None, events: Atlas, own: Mapping[str, ParkrunEvent]) -> Key | None:
    """The event and the day of a saved parkrun; None for any other activity, and where nobody knows the event."""
    if row.state != Activity.State.SAVED or not row.parkrun or not row.event_slug:
        return None
    # A slug may be another event's by now. Whatever has its result stays at the event where that is.
    if current is not None and row.event_slug in (current.event.slug, *current.event.former_slugs):
        return current.event_id, day_at(row, current.event.as_event())
    if named := own.get(row.event_slug):
        return named.pk, day_at(row, named.as_event())
    event = events.by_slug(row.event_slug)
    row_id = row_of(event, events) if event else None
    return (row_id, day_at(row, event)) if event and row_id else None


def day_at(row: Activity, event: Event) -> date:
    """The day by the clock at the event."""
    return local_day(row, known_zone(event.zone) or own_zone(row))


def result_of(athlete_id: int, pk: int) -> ParkrunResult:
    row = ParkrunResult.objects.of(athlete_id).shown().filter(pk=pk).first()
    if row is None:
        raise UnknownResult(pk)
    return row


def starting_numbers(athlete_id: int) -> StartingNumbers:
    found = StartingNumbers.objects.filter(athlete_id=athlete_id).first()
    return found or StartingNumbers(athlete_id=athlete_id)
