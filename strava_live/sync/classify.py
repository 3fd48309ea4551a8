"""Apply the parkrun rules to an athlete's activities, and save sure parkruns.

- An activity that its athlete has decided about is not changed.
- After an athlete has removed a parkrun, the rules save no other recording of it either, for example that of a second
  watch.
- A parkrun of a simulated Saturday stays a parkrun after the simulation has ended, because its stored verdict says when
  the simulated Saturday was.
- The rules may save an activity and find later that another activity of its day was the parkrun. Then they unsave the
  first one.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from strava_live.activities.models import Activity
from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.facts import local_day, own_zone
from strava_live.parkrun.judgement import Certainty, Judgement
from strava_live.parkrun.mornings import RemovedParkrun, judge_all
from strava_live.parkrun.reasons import stored_reasons
from strava_live.parkrun.rules import RULES_VERSION, judge
from strava_live.parkrun.simulated import SIMULATED_AT, SimulatedSaturday
from strava_live.time_zones import known_zone

State = Activity.State


def classify(
    rows: dict[int, Activity], read: Iterable[int], events: Atlas, *, days: Collection[date] = ()
) -> Iterator[tuple[Activity, bool]]:
    """Judge the activities of `days`, and of the days of the activities in `read`. Yield each changed activity, and
    whether it was saved before.

    `read` holds Strava's ids. `rows` maps Strava's ids to activities, and must contain all activities of these days.
    Activities of other days in `rows` are not changed, and neither are settled ones.
    """
    events = with_stored_saturdays(events, rows.values())
    verdicts = judge_all(
        (row for row in rows.values() if not is_ruled_out(row)),
        events,
        removed=removed_parkruns(rows.values(), events),
        saved={row.strava_id for row in rows.values() if row.state == State.SAVED},
    )
    judged = {*days, *(verdicts[strava_id].day for strava_id in read if strava_id in verdicts)}
    for strava_id, verdict in verdicts.items():
        row = rows[strava_id]
        if verdict.day in judged and not row.settled:
            was_saved = row.state == State.SAVED
            if write_verdict(row, verdict):
                yield row, was_saved


def with_stored_saturdays(events: Atlas, rows: Iterable[Activity]) -> Atlas:
    """Return the atlas with the simulated Saturdays of the stored verdicts added."""
    stored = {
        SimulatedSaturday.at(row.event_slug, started_at)
        for row in rows
        if row.event_slug
        for reason in row.reasons
        if isinstance(reason, dict) and (started_at := reason.get(SIMULATED_AT))
    }
    return events.with_simulated(stored.union(events.simulated)) if stored else events


def is_ruled_out(row: Activity) -> bool:
    """Return True if the activity cannot be the parkrun of its day, so that another activity may be.

    This is so if the activity is gone or dismissed, or if its athlete has decided about it and it does not count as a
    parkrun.
    """
    return row.is_gone or row.state == State.DISMISSED or (row.settled and not row.parkrun)


def removed_parkruns(rows: Iterable[Activity], events: Atlas) -> Iterator[RemovedParkrun]:
    """Yield the activities that the athlete has removed and that may have been parkruns, with their verdicts."""
    for row in rows:
        if row.removed and (verdict := verdict_when_removed(row, events)).certainty is not Certainty.NO:
            yield RemovedParkrun(row, verdict)


def verdict_when_removed(row: Activity, events: Atlas) -> Judgement:
    """Return the stored verdict of a removed activity, or the verdict of the rules if none is stored."""
    if not row.parkrun:
        return judge(row, events)
    event = events.by_slug(row.event_slug) if row.event_slug else None
    day = local_day(row, (known_zone(event.zone) if event else None) or own_zone(row))
    return Judgement(Certainty(row.parkrun), day, (), event, junior=event is not None and event.junior)


def write_verdict(row: Activity, verdict: Judgement) -> bool:
    """Copy a verdict into the fields of its activity. Return whether a field has changed. The caller stores the row."""
    before = verdict_fields(row)
    row.parkrun = "" if verdict.certainty is Certainty.NO else str(verdict.certainty)
    row.event_slug, row.event_name = (verdict.event.slug, verdict.event.name) if verdict.event else ("", "")
    row.reasons = stored_reasons(verdict.reasons)
    row.rules_version = RULES_VERSION
    row.state = State.SAVED if verdict.certainty is Certainty.SURE else State.FOUND
    return verdict_fields(row) != before


def verdict_fields(row: Activity) -> tuple[object, ...]:
    return row.parkrun, row.event_slug, row.event_name, row.reasons, row.rules_version, str(row.state)
