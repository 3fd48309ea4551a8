"""Change the parkrun results that an athlete types in, corrects, removes or pastes from parkrun's page.

An activity shows the official time of its result. If that time changes, the activity gets a new mark (the number of its
last change) and is sent to the athlete's sockets.
"""

from dataclasses import asdict
from datetime import date, datetime

from strava_live.activities.models import Activity
from strava_live.feed.parkrun_entries import athlete_lock
from strava_live.parkrun.importing.plan import ImportChoices, ImportPlan, apply_draft
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.own_events import get_or_create_own_event
from strava_live.parkrun.result_models import ParkrunResult, StartingNumbers
from strava_live.parkrun.results import result_of
from strava_live.parkrun.statements import Statement
from strava_live.sync.changes import announce_on_commit, save_with_marks, update_messages
from strava_live.sync.decisions import record_not_a_parkrun

Source = ParkrunResult.Source


class AlreadyThere(Exception):
    """The athlete has a result at this event on this date."""


def add_own_event(athlete_id: int, name: str) -> ParkrunEvent:
    """Return this athlete's own event of this name, created if needed. Raise UnusableName if it cannot be created."""
    with athlete_lock(athlete_id):
        return get_or_create_own_event(athlete_id, name)


def add_result(athlete_id: int, event: ParkrunEvent, day: date, said: Statement) -> ParkrunResult:
    """Add a result without an activity. Raise AlreadyThere with the key of the result that already exists."""
    with athlete_lock(athlete_id):
        row, new = ParkrunResult.objects.get_or_create(
            athlete_id=athlete_id, event=event, day=day, defaults={"source": Source.TYPED, **asdict(said)}
        )
        if not new:
            raise AlreadyThere(row.pk)
    return row


def change_result(athlete_id: int, pk: int, said: Statement) -> None:
    """Change a result. If it came only from recognising an activity, it counts as typed in from now on."""
    with athlete_lock(athlete_id):
        row = result_of(athlete_id, pk)
        before = row.official_time_s
        for name, value in asdict(said).items():
            setattr(row, name, value)
        row.source = row.source if row.stated else Source.TYPED
        row.save()
        if row.activity and row.official_time_s != before:
            announce_new_times(athlete_id, [row.activity])


def remove_result(athlete_id: int, pk: int) -> None:
    """Remove a result and record that its activity was not a parkrun.

    The rules may then take another activity of the same morning for the parkrun, and attach the result to that one. So
    repeat this until the result has no activity, then delete it.
    """
    with athlete_lock(athlete_id):
        results = ParkrunResult.objects.of(athlete_id).filter(pk=pk)
        activity = result_of(athlete_id, pk).activity
        while activity is not None:
            record_not_a_parkrun(athlete_id, activity.strava_id, removed=True)
            left = results.shown().first()
            activity = left.activity if left else None
        results.delete()


def confirm_import(athlete_id: int, token: str, choices: ImportChoices, *, now: datetime) -> ImportPlan:
    """Save the results of the draft, the pasted text whose preview the athlete has confirmed.

    Raise DraftGone if the draft was already confirmed or replaced, or is too old.
    """
    with athlete_lock(athlete_id):
        linked = ParkrunResult.objects.of(athlete_id).exclude(activity=None)
        before = dict(linked.values_list("activity_id", "official_time_s"))
        plan = apply_draft(athlete_id, token, choices, now=now)
        results = {change.result.key: change.result for change in [*plan.updates, *plan.conflicts]}.values()
        retimed = [row for row in results if row.activity and row.official_time_s != before[row.activity.pk]]
        announce_new_times(athlete_id, [row.activity for row in retimed if row.activity])
    return plan


def announce_new_times(athlete_id: int, activities: list[Activity]) -> None:
    """Give the activities new marks, and send them to the athlete's sockets after the commit."""
    save_with_marks(athlete_id, activities)
    announce_on_commit(athlete_id, update_messages(athlete_id, activities))


def set_starting_numbers(numbers: StartingNumbers) -> None:
    """Store how many parkruns the athlete had done before the first one that is known here."""
    with athlete_lock(numbers.athlete_id):
        numbers.save()
