"""Undoing a removal: activities, results and clubs' feeds are as they were before it."""

from strava_live.activities.models import Activity, Removal
from strava_live.activities.removals import before_of, still_removed
from strava_live.feed.athlete_lock import athlete_lock
from strava_live.sync.changes import Change
from strava_live.sync.choose import CHOSEN, Done, settle


def undo_removal(athlete_id: int, removal_id: int) -> Done:
    """Put back all that one removal took away. Count 0 if there is nothing left of it to put back."""
    with athlete_lock(athlete_id):
        removal = Removal.objects.of(athlete_id).undoable().filter(pk=removal_id).first()
        if removal is None:
            return Done(0, [])
        rows = still_removed(removal)
        changes = put_back(removal, rows)
        removal.delete()
    return Done(len(rows), changes)


def undo_removal_of(athlete_id: int, strava_id: int) -> Done:
    """Put back one activity, whatever was removed together with it."""
    with athlete_lock(athlete_id):
        for removal in Removal.objects.of(athlete_id).undoable().newest_first():
            if row := next((row for row in still_removed(removal) if row.strava_id == strava_id), None):
                return Done(1, put_back(removal, [row]))
    return Done(0, [])


def forget_removal(athlete_id: int, removal_id: int) -> None:
    """Stop offering to undo it."""
    Removal.objects.of(athlete_id).filter(pk=removal_id).delete()


def put_back(removal: Removal, rows: list[Activity]) -> list[Change]:
    before = before_of(removal)
    for row in rows:
        row.state, row.settled, row.removed, *_ = before[row.strava_id]
    held = {row.pk for row in rows if before[row.strava_id].has_result}
    return settle(removal.athlete_id, rows, rows, CHOSEN, preferred=held)
