"""Store which activities an athlete removes together, so that the athlete can undo the removal.

An activity can be restored only while it is still dismissed with the same verdict. If its athlete has decided about it
again since the removal, that decision stays.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from strava_live.activities.models import Activity, Removal

MOST_KEPT = 20
"""The largest number of removals that are stored for one athlete. Older ones are deleted."""


class Before(NamedTuple):
    """The state of an activity before it was removed. Stored as a JSON list."""

    state: str
    settled: bool
    removed: bool
    parkrun: str
    has_result: bool


def record_removal(athlete_id: int, rows: Sequence[Activity], with_result: Collection[int]) -> None:
    """Store the state of these activities. Call it before they are dismissed.

    `with_result` has the primary keys of those that have a parkrun result.
    """
    if not rows:
        return
    before = {
        str(row.strava_id): Before(row.state, row.settled, row.removed, row.parkrun, row.pk in with_result)
        for row in rows
    }
    Removal.objects.create(athlete_id=athlete_id, before=before)
    mine = Removal.objects.of(athlete_id)
    mine.exclude(pk__in=mine.newest_first().values("pk")[:MOST_KEPT]).delete()


def states_before(removal: Removal) -> dict[int, Before]:
    """Return the state of each removed activity before the removal, by Strava id."""
    return {int(strava_id): Before(*fields) for strava_id, fields in removal.before.items()}


def restorable_activities(removal: Removal) -> list[Activity]:
    """Return the activities of the removal that are still dismissed with the same verdict, newest first."""
    before = states_before(removal)
    dismissed = Activity.objects.of(removal.athlete_id).filter(state=Activity.State.DISMISSED, strava_id__in=before)
    rows = dismissed.newest_first().defer("polyline")
    return [row for row in rows if row.parkrun == before[row.strava_id].parkrun]


def latest_removal(athlete_id: int) -> tuple[Removal, list[Activity]] | None:
    """Return the latest removal that can be undone, with the activities to restore. None if nothing can be restored."""
    for removal in Removal.objects.of(athlete_id).undoable().newest_first():
        if rows := restorable_activities(removal):
            return removal, rows
    return None
