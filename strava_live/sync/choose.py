"""What an athlete decides about their activities by hand. No rule and no sync says otherwise after that.

Every verb gives what is to be announced once it is committed.
"""

from collections.abc import Collection
from dataclasses import dataclass

from strava_live.activities.models import Activity
from strava_live.activities.parkruns_to_save import parkruns_to_save
from strava_live.activities.removals import note_removal
from strava_live.feed.athlete_lock import athlete_lock
from strava_live.formats import format_date
from strava_live.parkrun.calendar import may_be_held
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.event import Event
from strava_live.parkrun.facts import local_day, own_zone
from strava_live.parkrun.own_events import own_events
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.parkrun.results import DAYS_AROUND, reconcile_results, results_around
from strava_live.parkrun.titles import read_title
from strava_live.sync.changes import Change, chosen, official_times, retimed, shown_anew, write_marked
from strava_live.time_zones import known_zone

State = Activity.State
CHOSEN = ("state", "settled", "removed")
CORRECTED = (*CHOSEN, "parkrun", "event_slug", "event_name", "reasons")


class UnknownActivity(LookupError):
    """This athlete has no such activity; somebody else's are nobody's here."""


class NotHeld(ValueError):
    """There was no parkrun there on that day; its text says so."""


class UnknownEvent(LookupError):
    """The catalogue has no such event."""


@dataclass(frozen=True)
class Done:
    """How many stand as they were wanted now, whether or not they did before; and what there is to tell."""

    count: int
    changes: list[Change]


def save_activity(athlete_id: int, strava_id: int) -> list[Change]:
    return choose(athlete_id, strava_id, State.SAVED)


def unsave_activity(athlete_id: int, strava_id: int) -> list[Change]:
    """Found or saved, it is dismissed."""
    return choose(athlete_id, strava_id, State.DISMISSED)


def save_activities(athlete_id: int, strava_ids: Collection[int]) -> Done:
    """Those of them that are this athlete's; what is nobody's or somebody else's is passed over."""
    return choose_several(athlete_id, strava_ids, State.SAVED)


def unsave_activities(athlete_id: int, strava_ids: Collection[int]) -> Done:
    return choose_several(athlete_id, strava_ids, State.DISMISSED)


def save_all_parkruns(athlete_id: int) -> Done:
    """Save every parkrun of theirs that is not saved, those too that they removed: one recording of each morning."""
    with athlete_lock(athlete_id):
        rows = parkruns_to_save(athlete_id)
        return Done(len(rows), put_into(athlete_id, rows, State.SAVED))


def unsave_all(athlete_id: int) -> Done:
    """Every saved activity is dismissed; what was only found stays found."""
    with athlete_lock(athlete_id):
        rows = list(Activity.objects.of(athlete_id).saved().newest_first().defer("polyline"))
        return Done(len(rows), put_into(athlete_id, rows, State.DISMISSED))


def choose(athlete_id: int, strava_id: int, state: Activity.State) -> list[Change]:
    """Is told even if it stood so before: whoever asked is waiting for the answer."""
    with athlete_lock(athlete_id):
        row = mine(athlete_id, strava_id)
        changes = put_into(athlete_id, [row], state)
    return changes or [chosen(row)]


def choose_several(athlete_id: int, strava_ids: Collection[int], state: Activity.State) -> Done:
    with athlete_lock(athlete_id):
        these = Activity.objects.of(athlete_id).filter(strava_id__in=strava_ids)
        rows = list(these.newest_first().defer("polyline"))
        return Done(len(rows), put_into(athlete_id, rows, state))


def not_a_parkrun(athlete_id: int, strava_id: int, *, removed: bool = False) -> list[Change]:
    """It stays saved only if its athlete had saved it by hand: what the rules alone had saved is dismissed.

    Another recording of that morning may still be the parkrun, unless its athlete has `removed` the parkrun.
    """
    with athlete_lock(athlete_id):
        row = mine(athlete_id, strava_id)
        row.removed = removed
        row.state = State.SAVED if row.state == State.SAVED and row.settled else State.DISMISSED
        return correct(row, Activity.Verdict.NO, None, "You said it wasn't a parkrun")


def was_parkrun_at(athlete_id: int, strava_id: int, slug: str) -> list[Change]:
    """It was one, at this event and at no other."""
    named = own_events(athlete_id, [slug]).get(slug)
    event = named.as_event() if named else catalogue.atlas().by_slug(slug)
    if event is None:
        raise UnknownEvent(slug)
    with athlete_lock(athlete_id):
        row = mine(athlete_id, strava_id)
        day = local_day(row, known_zone(event.zone) or own_zone(row))
        if not may_be_held(day, event.country, junior=event.junior) and not read_title(row.name).special_day:
            raise NotHeld(f"There was no parkrun at {event.called} on {day:%A}, {format_date(day)}.")
        row.state, row.removed = State.SAVED, False
        verdict = Activity.Verdict.MAYBE if event.junior else Activity.Verdict.SURE
        return correct(row, verdict, event, f"You said it was {event.called}")


def mine(athlete_id: int, strava_id: int) -> Activity:
    row = Activity.objects.of(athlete_id).filter(strava_id=strava_id).defer("polyline").first()
    if row is None:
        raise UnknownActivity(strava_id)
    return row


def put_into(athlete_id: int, rows: list[Activity], state: Activity.State) -> list[Change]:
    decided = [row for row in rows if row.state != state or not row.settled]
    if state == State.DISMISSED:
        holders = ParkrunResult.objects.of(athlete_id).filter(activity__in=[row.pk for row in decided])
        note_removal(athlete_id, decided, set(holders.values_list("activity_id", flat=True)))
    for row in decided:
        row.removed = state == State.DISMISSED and row.state == State.SAVED and bool(row.parkrun)
        row.state, row.settled = state, True
    return settle(athlete_id, rows, decided, CHOSEN)


def correct(row: Activity, verdict: Activity.Verdict, event: Event | None, reason: str) -> list[Change]:
    row.settled, row.parkrun, row.reasons = True, verdict, [reason]
    row.event_slug, row.event_name = (event.slug, event.name) if event else ("", "")
    return settle(row.athlete_id, [row], [row], CORRECTED)


def settle(
    athlete_id: int,
    rows: list[Activity],
    decided: list[Activity],
    fields: tuple[str, ...],
    *,
    preferred: Collection[int] = (),
) -> list[Change]:
    """Write what was decided, bring results in step with it, and mark whatever is another for that."""
    known = {row.pk for row in decided}
    beside = keep_results_beside(athlete_id, rows, preferred)
    answered = [row for row in decided if row.state != State.FOUND]
    others = [row for row in decided if row.state == State.FOUND] + [row for row in beside if row.pk not in known]
    write_marked(athlete_id, [*answered, *others], *fields)
    return [*(chosen(row) for row in answered), *shown_anew(athlete_id, others)]


def keep_results_beside(athlete_id: int, rows: list[Activity], preferred: Collection[int]) -> list[Activity]:
    """Their results, and those of the same days: another watch may hold the same parkrun, and take its result over.
    Gives those that show another time by that."""
    if not rows:
        return []
    asked, starts = {row.pk for row in rows}, [row.start for row in rows]
    near = Activity.objects.of(athlete_id).saved().parkruns().defer("polyline")
    beside = near.filter(start__range=(min(starts) - DAYS_AROUND, max(starts) + DAYS_AROUND))
    every = [*rows, *(row for row in beside if row.pk not in asked)]
    known = results_around(athlete_id, every)
    before = official_times(known)
    reconcile_results(athlete_id, every, known, catalogue.atlas(), preferred=preferred)
    return retimed(every, before)
