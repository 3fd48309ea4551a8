"""Which parkrun badge an activity wears, on every page and row. static/js/sync/row.js follows the same rule."""

from strava_live.activities.models import Activity

Verdict, State = Activity.Verdict, Activity.State


def badge_of(parkrun: str, state: str) -> str:
    """Return "sure", "maybe" or "" for no badge.

    An athlete who saves a maybe has answered it, and so has one who dismisses it.
    """
    if parkrun != Verdict.MAYBE:
        return parkrun
    return {State.SAVED: Verdict.SURE, State.FOUND: Verdict.MAYBE}.get(State(state), Verdict.NO)
