"""What an athlete states of a parkrun by hand, or imports.

An official time is shown with its activity too: where it is another by that, the activity is marked, and given to be
announced once all is committed.
"""

from dataclasses import asdict
from datetime import date, datetime

from strava_live.activities.models import Activity
from strava_live.feed.athlete_lock import athlete_lock
from strava_live.parkrun.importing.plan import ImportChoices, ImportPlan, apply_draft
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.own_events import name_event
from strava_live.parkrun.result_models import ParkrunResult, StartingNumbers
from strava_live.parkrun.results import Statement, result_of
from strava_live.sync.changes import Change, shown_anew, write_marked
from strava_live.sync.choose import not_a_parkrun

Source = ParkrunResult.Source


class AlreadyThere(Exception):
    """There is a result of this athlete at this event on this date."""


def name_own_event(athlete_id: int, name: str) -> ParkrunEvent:
    """Keep an event that is on no list for this athlete. `UnusableName` says why it cannot be called that."""
    with athlete_lock(athlete_id):
        return name_event(athlete_id, name)


def add_result(athlete_id: int, event: ParkrunEvent, day: date, said: Statement) -> ParkrunResult:
    """One that Strava never saw: no activity shows it. `AlreadyThere` when it is known: that one is to be changed."""
    with athlete_lock(athlete_id):
        row, new = ParkrunResult.objects.get_or_create(
            athlete_id=athlete_id, event=event, day=day, defaults={"source": Source.TYPED, **asdict(said)}
        )
        if not new:
            raise AlreadyThere(row.pk)
    return row


def change_result(athlete_id: int, pk: int, said: Statement) -> list[Change]:
    """What was only recognised is stated from now on."""
    with athlete_lock(athlete_id):
        row = result_of(athlete_id, pk)
        before = row.official_time_s
        for name, value in asdict(said).items():
            setattr(row, name, value)
        row.source = row.source if row.stated else Source.TYPED
        row.save()
        activity = row.activity if row.official_time_s != before else None
        return timed_anew(athlete_id, [activity] if activity else [])


def remove_result(athlete_id: int, pk: int) -> list[Change]:
    """It was no parkrun of theirs. If that is said of its activity, another of the same morning may take the result
    over: then of that one too."""
    changes: list[Change] = []
    with athlete_lock(athlete_id):
        mine = ParkrunResult.objects.of(athlete_id).filter(pk=pk)
        activity = result_of(athlete_id, pk).activity
        while activity is not None:
            changes += not_a_parkrun(athlete_id, activity.strava_id, removed=True)
            left = mine.shown().first()
            activity = left.activity if left else None
        mine.delete()
    return changes


def confirm_import(
    athlete_id: int, token: str, choices: ImportChoices, *, now: datetime
) -> tuple[ImportPlan, list[Change]]:
    """Save the results of the athlete's draft. `DraftGone` if it was confirmed or replaced already, or is too old."""
    with athlete_lock(athlete_id):
        linked = ParkrunResult.objects.of(athlete_id).exclude(activity=None)
        before = dict(linked.values_list("activity_id", "official_time_s"))
        plan = apply_draft(athlete_id, token, choices, now=now)
        results = {change.result.key: change.result for change in [*plan.updates, *plan.conflicts]}.values()
        timed = [row for row in results if row.activity and row.official_time_s != before[row.activity.pk]]
        return plan, timed_anew(athlete_id, [row.activity for row in timed if row.activity])


def timed_anew(athlete_id: int, activities: list[Activity]) -> list[Change]:
    write_marked(athlete_id, activities)
    return shown_anew(athlete_id, activities)


def begin_counting_at(numbers: StartingNumbers) -> None:
    """How many there were before the first that is known here."""
    with athlete_lock(numbers.athlete_id):
        numbers.save()
