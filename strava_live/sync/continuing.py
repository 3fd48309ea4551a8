"""Find what an earlier sync run has left unread or has already read, so that a new run can continue from there."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from strava_live.sync.models import SyncRun
from strava_live.sync.window import Window

ENDED_EARLY = (SyncRun.RunState.CANCELLED, SyncRun.RunState.FAILED)


def days_left(run: SyncRun | None, *, zone: ZoneInfo, now: datetime) -> tuple[date | None, date] | None:
    """Return the first and the last day that a stopped or failed run has left to read.

    Return None for any other run, and for one that has read nothing. The first day is None if the run was to read the
    history from its beginning.

    The last day is the day after that of the oldest activity read, but not after today. This extra day is read because
    Strava may hide the start of that activity: it may have started up to a day later than its row says, and activities
    between the two times may be unread.
    """
    if run is None or run.state not in ENDED_EARLY or run.oldest is None:
        return None
    last = run.oldest.astimezone(zone).date() + timedelta(days=1)
    return run.since, min(last, now.astimezone(zone).date())


def continued_until(athlete_id: int, strava_id: int, window: Window) -> datetime | None:
    """Return the instant up to which earlier runs have read everything that follows the window.

    Return None if unread days follow the window, or if the window reaches up to now.
    """
    if window.before is None:
        return None
    earlier = SyncRun.objects.of(athlete_id).reaching_back_to(window.before, strava_id=strava_id)
    return max((run.known_until for run in earlier if run.known_until), default=None)
