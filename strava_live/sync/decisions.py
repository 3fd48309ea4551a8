"""What an athlete decides about their activities by hand: save, dismiss, correct. No rule and no sync overrides it.

Each of these functions also updates results and clubs' feeds. After the commit, it announces the changed activities.
"""

from collections.abc import Collection

from strava_live.activities.models import Activity
from strava_live.activities.parkruns_to_save import parkruns_to_save
from strava_live.activities.removals import record_removal
from strava_live.feed.parkrun_entries import athlete_lock
from strava_live.formats import format_date
from strava_live.parkrun.calendar import may_be_held
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.event import Event
from strava_live.parkrun.facts import local_day, own_zone
from strava_live.parkrun.own_events import own_events
from strava_live.parkrun.reasons import Code, Reason, stored_reasons
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.parkrun.results import DAYS_AROUND, reconcile_results, results_around
from strava_live.parkrun.titles import read_title
from strava_live.sync.changes import (
    announce_on_commit,
    decision_message,
    official_times,
    save_with_marks,
    update_messages,
    with_changed_time,
)
from strava_live.time_zones import known_zone

State = Activity.State
DECIDED = ("state", "settled", "removed")
CORRECTED = (*DECIDED, "parkrun", "event_slug", "event_name", "reasons")


class UnknownActivity(LookupError):
    """This athlete has no such activity."""


class NotHeld(ValueError):
    """No parkrun was held at the event on the day of the activity. The text of the error is for the athlete."""


class UnknownEvent(LookupError):
    """There is no such event, neither in the catalogue nor among the athlete's own."""


def save_activity(athlete_id: int, strava_id: int) -> None:
    set_state_of(athlete_id, strava_id, State.SAVED)


def unsave_activity(athlete_id: int, strava_id: int) -> None:
    """Dismiss the activity, whether it was found or saved."""
    set_state_of(athlete_id, strava_id, State.DISMISSED)


def save_activities(athlete_id: int, strava_ids: Collection[int]) -> int:
    """Save several activities. Return how many are saved now, including those that were already saved.

    Ids that are not among this athlete's activities are ignored.
    """
    return set_state_of_several(athlete_id, strava_ids, State.SAVED)


def unsave_activities(athlete_id: int, strava_ids: Collection[int]) -> int:
    """Dismiss several activities. Return how many are dismissed now, including those that were already dismissed."""
    return set_state_of_several(athlete_id, strava_ids, State.DISMISSED)


def save_all_parkruns(athlete_id: int) -> int:
    """Save one recording of each unsaved parkrun, also of removed parkruns. Return how many were saved."""
    with athlete_lock(athlete_id):
        rows = parkruns_to_save(athlete_id)
        store_state(athlete_id, rows, State.SAVED)
    return len(rows)


def unsave_all(athlete_id: int) -> int:
    """Dismiss every saved activity. Return how many there were."""
    with athlete_lock(athlete_id):
        rows = list(Activity.objects.of(athlete_id).saved().newest_first().defer("polyline"))
        store_state(athlete_id, rows, State.DISMISSED)
    return len(rows)


def set_state_of(athlete_id: int, strava_id: int, state: Activity.State) -> None:
    """Set the state of one activity. Announce it even without a change, because the client waits for an answer."""
    with athlete_lock(athlete_id):
        row = get_activity(athlete_id, strava_id)
        if not store_state(athlete_id, [row], state):
            announce_on_commit(athlete_id, [decision_message(row)])


def set_state_of_several(athlete_id: int, strava_ids: Collection[int], state: Activity.State) -> int:
    with athlete_lock(athlete_id):
        chosen = Activity.objects.of(athlete_id).filter(strava_id__in=strava_ids)
        rows = list(chosen.newest_first().defer("polyline"))
        store_state(athlete_id, rows, state)
    return len(rows)


def record_not_a_parkrun(athlete_id: int, strava_id: int, *, removed: bool = False) -> None:
    """Record that an activity was not a parkrun. It stays saved only if its athlete saved it by hand.

    Another recording of that morning may still become the parkrun. Pass `removed` if the athlete has removed the
    parkrun itself, so that the rules save no other recording of it.
    """
    with athlete_lock(athlete_id):
        row = get_activity(athlete_id, strava_id)
        row.removed = removed
        row.state = State.SAVED if row.state == State.SAVED and row.settled else State.DISMISSED
        store_correction(row, Activity.Verdict.NO, None, Reason.of(Code.ATHLETE_SAID_NO))


def record_parkrun_at(athlete_id: int, strava_id: int, slug: str) -> None:
    """Record that an activity was the parkrun at this event, and save it.

    Raise UnknownEvent if there is no such event, and NotHeld if no parkrun was held on the day of the activity.
    """
    named = own_events(athlete_id, [slug]).get(slug)
    event = named.as_event() if named else catalogue.atlas().by_slug(slug)
    if event is None:
        raise UnknownEvent(slug)
    with athlete_lock(athlete_id):
        row = get_activity(athlete_id, strava_id)
        day = local_day(row, known_zone(event.zone) or own_zone(row))
        if not may_be_held(day, junior=event.junior) and not read_title(row.name).special_day:
            raise NotHeld(f"There was no parkrun at {event.called} on {day:%A}, {format_date(day)}.")
        row.state, row.removed = State.SAVED, False
        verdict = Activity.Verdict.MAYBE if event.junior else Activity.Verdict.SURE
        store_correction(row, verdict, event, Reason.of(Code.ATHLETE_NAMED_EVENT, event=event.called))


def get_activity(athlete_id: int, strava_id: int) -> Activity:
    row = Activity.objects.of(athlete_id).filter(strava_id=strava_id).defer("polyline").first()
    if row is None:
        raise UnknownActivity(strava_id)
    return row


def store_state(athlete_id: int, rows: list[Activity], state: Activity.State) -> bool:
    """Set the state of these activities as their athlete's decision. Return whether any has changed."""
    decided = [row for row in rows if row.state != state or not row.settled]
    if state == State.DISMISSED:
        with_result = ParkrunResult.objects.of(athlete_id).filter(activity__in=[row.pk for row in decided])
        record_removal(athlete_id, decided, set(with_result.values_list("activity_id", flat=True)))
    for row in decided:
        row.removed = state == State.DISMISSED and row.state == State.SAVED and bool(row.parkrun)
        row.state, row.settled = state, True
    store_decisions(athlete_id, rows, decided, DECIDED)
    return bool(decided)


def store_correction(row: Activity, verdict: Activity.Verdict, event: Event | None, reason: Reason) -> None:
    row.settled, row.parkrun, row.reasons = True, verdict, stored_reasons([reason])
    row.event_slug, row.event_name = (event.slug, event.name) if event else ("", "")
    store_decisions(row.athlete_id, [row], [row], CORRECTED)


def store_decisions(
    athlete_id: int,
    rows: list[Activity],
    decided: list[Activity],
    fields: tuple[str, ...],
    *,
    preferred: Collection[int] = (),
) -> None:
    """Store these fields of the decided rows, update the results of all rows, and announce every activity that changed.

    `preferred` holds primary keys of activities. An activity with one of these takes over the result of the day from
    another activity.
    """
    decided_keys = {row.pk for row in decided}
    retimed = update_results(athlete_id, rows, preferred)
    answered = [row for row in decided if row.state != State.FOUND]
    others = [row for row in decided if row.state == State.FOUND]
    others += [row for row in retimed if row.pk not in decided_keys]
    save_with_marks(athlete_id, [*answered, *others], *fields)
    changes = [*(decision_message(row) for row in answered), *update_messages(athlete_id, others)]
    announce_on_commit(athlete_id, changes)


def update_results(athlete_id: int, rows: list[Activity], preferred: Collection[int]) -> list[Activity]:
    """Update the results of these activities and of others near their days. Return those whose shown time changed.

    A second recording of the same parkrun may take over the result of the first.
    """
    if not rows:
        return []
    keys, starts = {row.pk for row in rows}, [row.start for row in rows]
    saved = Activity.objects.of(athlete_id).saved().parkruns().defer("polyline")
    near = saved.filter(start__range=(min(starts) - DAYS_AROUND, max(starts) + DAYS_AROUND))
    activities = [*rows, *(row for row in near if row.pk not in keys)]
    results = results_around(athlete_id, activities)
    before = official_times(results)
    reconcile_results(athlete_id, activities, results, catalogue.atlas(), preferred=preferred)
    return with_changed_time(activities, before)
