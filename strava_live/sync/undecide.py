"""Undo answers to "Was this a parkrun?": the activities are undecided again."""

from collections.abc import Collection

from strava_live.activities.models import Activity
from strava_live.feed.athlete_lock import athlete_lock
from strava_live.sync.choose import CHOSEN, Done, settle

State = Activity.State


def undecide_activities(athlete_id: int, strava_ids: Collection[int]) -> Done:
    """Pass over what was no maybe, or has not been answered."""
    with athlete_lock(athlete_id):
        answered = Activity.objects.of(athlete_id).filter(strava_id__in=strava_ids, settled=True)
        rows = list(answered.filter(parkrun=Activity.Verdict.MAYBE).newest_first().defer("polyline"))
        for row in rows:
            row.state, row.settled, row.removed = State.FOUND, False, False
        return Done(len(rows), settle(athlete_id, rows, rows, CHOSEN))
