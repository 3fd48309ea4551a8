"""Find what an earlier sync run has left unread or has read already, so that a new run can continue from there."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from strava_live.sync.models import SyncRun
from strava_live.sync.window import Window

ENDED_EARLY = (SyncRun.RunState.CANCELLED, SyncRun.RunState.FAILED)


def days_left(run: SyncRun | None, *, zone: ZoneInfo, now: datetime) -> tuple[date | None, date] | None:
    """Return the first and the last day that a stopped or failed run has not read, or None if there is none.

    The first is None if the run was to read from the first activity on. The last is one day after that of the oldest
    activity read: an activity whose start is hidden counts as the beginning of its day, so other activities of that
    day may still be unread.
    """
    if run is None or run.state not in ENDED_EARLY or run.oldest is None:
        return None
    last = run.oldest.astimezone(zone).date() + timedelta(days=1)
    return run.since, min(last, now.astimezone(zone).date())


def continued_until(athlete_id: int, strava_id: int, window: Window) -> datetime | None:
    """Return up to which instant earlier runs have read everything that follows the window.

    None if they have left days unread between, or if the window reaches up to now.
    """
    if window.before is None:
        return None
    earlier = SyncRun.objects.of(athlete_id).reaching_back_to(window.before, strava_id=strava_id)
    return max((run.known_until for run in earlier if run.known_until), default=None)
