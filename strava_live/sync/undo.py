"""Undo decisions of an athlete: removed activities, and answers to the question "Was this a parkrun?"."""

from collections.abc import Collection

from strava_live.activities.models import Activity, Removal
from strava_live.activities.removals import restorable_activities, states_before
from strava_live.feed.parkrun_entries import athlete_lock
from strava_live.sync.decisions import DECIDED, store_decisions

State = Activity.State


def undo_removal(athlete_id: int, removal_id: int) -> int:
    """Restore the activities of one removal. Return how many were restored: 0 if it cannot be undone any more."""
    with athlete_lock(athlete_id):
        removal = Removal.objects.of(athlete_id).undoable().filter(pk=removal_id).first()
        if removal is None:
            return 0
        rows = restorable_activities(removal)
        restore(removal, rows)
        removal.delete()
    return len(rows)


def undo_removal_of(athlete_id: int, strava_id: int) -> int:
    """Restore one removed activity, but not those removed with it. Return 1, or 0 if it cannot be restored."""
    with athlete_lock(athlete_id):
        for removal in Removal.objects.of(athlete_id).undoable().newest_first():
            if row := next((row for row in restorable_activities(removal) if row.strava_id == strava_id), None):
                restore(removal, [row])
                return 1
    return 0


def discard_removal(athlete_id: int, removal_id: int) -> None:
    """Stop offering to undo a removal."""
    Removal.objects.of(athlete_id).filter(pk=removal_id).delete()


def restore(removal: Removal, rows: list[Activity]) -> None:
    """Put these activities back into the state that they had before the removal."""
    before = states_before(removal)
    for row in rows:
        row.state, row.settled, row.removed, *_ = before[row.strava_id]
    with_result = {row.pk for row in rows if before[row.strava_id].has_result}
    store_decisions(removal.athlete_id, rows, rows, DECIDED, preferred=with_result)


def reopen_maybes(athlete_id: int, strava_ids: Collection[int]) -> int:
    """Ask the athlete again about maybes that they have answered. Return how many were reopened.

    Maybes are activities that the rules were unsure of. Ids of other activities are ignored.
    """
    with athlete_lock(athlete_id):
        answered = Activity.objects.of(athlete_id).filter(strava_id__in=strava_ids, settled=True)
        rows = list(answered.filter(parkrun=Activity.Verdict.MAYBE).newest_first().defer("polyline"))
        for row in rows:
            row.state, row.settled, row.removed = State.FOUND, False, False
        store_decisions(athlete_id, rows, rows, DECIDED)
    return len(rows)
