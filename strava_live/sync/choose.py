"""What an athlete decides about their activities by hand. No rule and no sync says otherwise after that."""

from contextlib import suppress

from django.db import transaction

from strava_live.activities.items import item_of
from strava_live.activities.marks import take_marks
from strava_live.activities.models import Activity
from strava_live.parkrun.calendar import occasion
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.event import Event
from strava_live.parkrun.facts import known_zone, local_day, own_zone
from strava_live.parkrun.results import (
    AROUND,
    UnknownResult,
    delete_result,
    keep_results,
    result_of,
    results_around,
    take_turn,
)
from strava_live.protocol import ActivitySaved, ActivityUnsaved

State = Activity.State


class UnknownActivity(LookupError):
    """This athlete has no such activity; somebody else's are nobody's here."""


class NotHeld(ValueError):
    """There was no parkrun there on that day; its text says so."""


class UnknownEvent(LookupError):
    """The catalogue has no such event."""


def save_activity(athlete_id: int, strava_id: int) -> ActivitySaved | ActivityUnsaved:
    return choose(athlete_id, strava_id, State.SAVED)


def unsave_activity(athlete_id: int, strava_id: int) -> ActivitySaved | ActivityUnsaved:
    """Found or saved, it is dismissed."""
    return choose(athlete_id, strava_id, State.DISMISSED)


def choose(athlete_id: int, strava_id: int, state: Activity.State) -> ActivitySaved | ActivityUnsaved:
    with transaction.atomic():
        row = mine(athlete_id, strava_id)
        if row.state != state or not row.settled:
            row.state, row.settled = state, True
            keep_choice(row)
        keep_results_beside(row)
    return told(row)


def not_a_parkrun(athlete_id: int, strava_id: int) -> ActivitySaved | ActivityUnsaved:
    """It stays saved only if its athlete had saved it by hand: what the rules alone had saved is dismissed."""
    with transaction.atomic():
        row = mine(athlete_id, strava_id)
        row.state = State.SAVED if row.state == State.SAVED and row.settled else State.DISMISSED
        correct(row, Activity.Verdict.NO, None, "you said that it was no parkrun")
    return told(row)


def was_parkrun_at(athlete_id: int, strava_id: int, slug: str) -> ActivitySaved | ActivityUnsaved:
    """It was one, at this event and at no other."""
    event = catalogue.atlas().by_slug(slug)
    if event is None:
        raise UnknownEvent(slug)
    with transaction.atomic():
        row = mine(athlete_id, strava_id)
        day = local_day(row, known_zone(event.zone) or own_zone(row))
        if not occasion(day, event.country, junior=event.junior):
            raise NotHeld(f"{event.called} was not held on {day:%A, %-d %B %Y}.")
        row.state = State.SAVED
        verdict = Activity.Verdict.MAYBE if event.junior else Activity.Verdict.SURE
        correct(row, verdict, event, f"you said that it was {event.called}")
    return told(row)


def remove_result(athlete_id: int, pk: int) -> ActivitySaved | ActivityUnsaved | None:
    """It was no parkrun of theirs. What there is to tell, if that is said of an activity too."""
    with transaction.atomic():
        activity = result_of(athlete_id, pk).activity
        message = not_a_parkrun(athlete_id, activity.strava_id) if activity else None
        with suppress(UnknownResult):
            delete_result(athlete_id, pk)
    return message


def mine(athlete_id: int, strava_id: int) -> Activity:
    """In its athlete's turn, so that nothing else changes it meanwhile."""
    take_turn(athlete_id)
    row = Activity.objects.of(athlete_id).filter(strava_id=strava_id).first()
    if row is None:
        raise UnknownActivity(strava_id)
    return row


def correct(row: Activity, verdict: Activity.Verdict, event: Event | None, reason: str) -> None:
    row.settled, row.parkrun, row.reasons = True, verdict, [reason]
    row.event_slug, row.event_name = (event.slug, event.name) if event else ("", "")
    keep_choice(row)
    keep_results_beside(row)


def keep_choice(row: Activity) -> None:
    row.mark = take_marks(row.athlete_id, 1)[-1]
    row.save(update_fields=["state", "settled", "mark", "parkrun", "event_slug", "event_name", "reasons"])


def keep_results_beside(row: Activity) -> None:
    """Its result, and those of the same days: another watch may hold the same parkrun."""
    days = row.start - AROUND, row.start + AROUND
    beside = Activity.objects.of(row.athlete_id).saved().filter(start__range=days).exclude(pk=row.pk)
    rows = [row, *beside]
    keep_results(row.athlete_id, rows, results_around(row.athlete_id, rows), catalogue.atlas())


def unsave_all(athlete_id: int) -> list[ActivitySaved | ActivityUnsaved]:
    """Every saved activity is dismissed; what was only found stays found."""
    with transaction.atomic():
        take_turn(athlete_id)
        rows = list(Activity.objects.of(athlete_id).saved().newest_first())
        if not rows:
            return []
        marks = take_marks(athlete_id, len(rows))
        for row, mark in zip(rows, marks, strict=True):
            row.state, row.settled, row.mark = State.DISMISSED, True, mark
        Activity.objects.bulk_update(rows, ["state", "settled", "mark"], batch_size=500)
        keep_results(athlete_id, rows, results_around(athlete_id, rows), catalogue.atlas())
    return [told(row) for row in rows]


def told(row: Activity) -> ActivitySaved | ActivityUnsaved:
    message = ActivitySaved if row.state == State.SAVED else ActivityUnsaved
    return message(item=item_of(row), mark=row.mark)
