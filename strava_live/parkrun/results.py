"""Reconcile an athlete's results with their activities: each saved parkrun has a result, linked to its activity.

Every writer of an athlete's results or activities locks the athlete first, then clubs in the order of their ids. So
writers for one athlete run one after the other, and two of them never deadlock.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from django.db.models import Exists, Q

from strava_live.activities.models import Activity
from strava_live.clubs.models import Membership
from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.catalogue import event_pk
from strava_live.parkrun.event import Event
from strava_live.parkrun.facts import local_day, own_zone
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.own_events import own_events
from strava_live.parkrun.result_models import ParkrunResult, StartingNumbers
from strava_live.time_zones import known_zone

ResultKey = tuple[int, date]
"""The primary key of an event, and the date: unique among an athlete's results."""
DAYS_AROUND = timedelta(days=3)
"""The most days between the date of an activity and the date of its result. The two can differ because of time zones
and of hidden starts."""


class UnknownResult(LookupError):
    """The athlete has no result with this primary key."""


def results_around(athlete_id: int, rows: Iterable[Activity]) -> list[ParkrunResult]:
    """Return the results that are linked to these activities, and all others of the days around them.

    Any of the others may be the same parkrun, typed in by the athlete or recorded by a second watch.
    """
    known = list(rows)
    if not known:
        return []
    days = [row.start_local.date() for row in known]
    these = Q(activity__in=[row.pk for row in known if row.pk])
    near = Q(day__range=(min(days) - DAYS_AROUND, max(days) + DAYS_AROUND))
    results = ParkrunResult.objects.of(athlete_id).filter(these | near).select_related("event")
    return list(results.annotate(in_club=Exists(Membership.objects.active().of(athlete_id))))


def may_be_in_club(results: list[ParkrunResult]) -> bool:
    """Return False if the athlete is surely in no club. Makes no query.

    `results` come from `results_around`, whose query reads for each result whether the athlete is in a club. Without
    results this is not known, and True is returned. False stays right while the caller holds the athlete's lock,
    because joining a club needs the same lock.
    """
    return not results or bool(getattr(results[0], "in_club"))  # noqa: B009 annotated in results_around


def reconcile_results(
    athlete_id: int,
    rows: Collection[Activity],
    known: Iterable[ParkrunResult],
    events: Atlas,
    *,
    preferred: Collection[int] = (),
) -> None:
    """Give every saved parkrun among these activities its result, and no other activity a result.

    `known` comes from `results_around`. If two recordings of one parkrun are saved, the result is linked to the one
    whose primary key is in `preferred`. The caller holds the athlete's lock.
    """
    results = {result.key: result for result in known}
    linked = {result.activity_id: result for result in results.values() if result.activity_id is not None}
    wanted = wanted_results(athlete_id, rows, linked, events, preferred)
    changed, obsolete = compare_results(athlete_id, wanted, results, {row.pk for row in rows})
    if obsolete:
        ParkrunResult.objects.filter(pk__in=[result.pk for result in obsolete]).delete()
    # Unlink activities that move to another result first: an activity has at most one.
    moved = {result.activity_id for result in changed}
    if moving := [linked[pk].pk for pk in moved if pk in linked and linked[pk] not in obsolete]:
        ParkrunResult.objects.filter(pk__in=moving).update(activity=None)
    if changed:
        upsert_results(changed)


def wanted_results(
    athlete_id: int,
    rows: Collection[Activity],
    linked: Mapping[int, ParkrunResult],
    events: Atlas,
    preferred: Collection[int],
) -> dict[ResultKey, Activity]:
    """Return the activity for each result that should exist, by the result's key.

    If two recordings of one parkrun are saved, a preferred one is taken, then the one that is already linked, then the
    one stored first. Every `row.result` is set to None, until `compare_results` sets it again.
    """
    wanted: dict[ResultKey, Activity] = {}
    own = own_events(athlete_id, {row.event_slug for row in rows})
    for row in sorted(rows, key=lambda one: (one.pk not in preferred, one.pk not in linked, one.pk)):
        key = result_key(row, linked.get(row.pk), events, own)
        if key is not None:
            wanted.setdefault(key, row)
        cache_result(row, None)
    return wanted


def compare_results(
    athlete_id: int, wanted: dict[ResultKey, Activity], results: dict[ResultKey, ParkrunResult], among: set[int]
) -> tuple[list[ParkrunResult], list[ParkrunResult]]:
    """Return the results to write and the results to delete.

    A result that is linked to an activity of `among` but not wanted is deleted, or only unlinked if the athlete typed
    it in or imported it. Results to unlink come first, so that their activities are free.
    """
    unlinked, relinked, obsolete = [], [], []
    for key, result in results.items():
        if key in wanted or result.activity_id not in among:
            continue
        if result.stated:
            result.activity, result.withheld = None, True
            unlinked.append(result)
        else:
            obsolete.append(result)
    for key, row in wanted.items():
        result = results.get(key) or ParkrunResult(
            athlete_id=athlete_id, event_id=key[0], day=key[1], source=ParkrunResult.Source.RECOGNISED
        )
        if result.activity_id != row.pk:
            result.activity, result.withheld = row, False
            relinked.append(result)
        cache_result(row, result)
    return [*unlinked, *relinked], obsolete


def upsert_results(results: list[ParkrunResult]) -> None:
    """Insert new results, and update the activities of existing ones, in one statement.

    Existing results are found by their key.
    """
    for result in results:
        result.pk = None
    ParkrunResult.objects.bulk_create(
        results,
        update_conflicts=True,
        unique_fields=["athlete", "event", "day"],
        update_fields=["activity", "withheld"],
    )


def cache_result(row: Activity, result: ParkrunResult | None) -> None:
    """Set `row.result`, so that reading it makes no query."""
    Activity.result.related.set_cached_value(row, result)


def result_key(
    row: Activity, current: ParkrunResult | None, events: Atlas, own: Mapping[str, ParkrunEvent]
) -> ResultKey | None:
    """Return the key of the activity's result. None if the activity is no saved parkrun, or at an unknown event.

    `current` is the result that is linked to the activity now.
    """
    if row.state != Activity.State.SAVED or not row.parkrun or not row.event_slug or row.is_gone:
        return None
    # After a new list was loaded, another event may have the slug. A linked result keeps its event.
    if current is not None and row.event_slug in (current.event.slug, *current.event.former_slugs):
        return current.event_id, day_at(row, current.event.as_event())
    if named := own.get(row.event_slug):
        return named.pk, day_at(row, named.as_event())
    event = events.by_slug(row.event_slug)
    pk = event_pk(event, events) if event else None
    return (pk, day_at(row, event)) if event and pk else None


def day_at(row: Activity, event: Event) -> date:
    """Return the local date of the activity at the event."""
    return local_day(row, known_zone(event.zone) or own_zone(row))


def result_of(athlete_id: int, pk: int) -> ParkrunResult:
    """Return the athlete's result with its event and activity. Raise `UnknownResult` if there is none."""
    row = ParkrunResult.objects.of(athlete_id).shown().filter(pk=pk).first()
    if row is None:
        raise UnknownResult(pk)
    return row


def starting_numbers(athlete_id: int) -> StartingNumbers:
    """Return the athlete's starting numbers, or an unsaved row of zeros if none are stored."""
    found = StartingNumbers.objects.filter(athlete_id=athlete_id).first()
    return found or StartingNumbers(athlete_id=athlete_id)
