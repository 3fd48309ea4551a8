"""Continue an import that was stopped or failed: which days it left unread."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from strava_live.sync.models import SyncRun
from strava_live.sync.window import Window

ENDED_EARLY = (SyncRun.RunState.CANCELLED, SyncRun.RunState.FAILED)


def days_left(run: SyncRun | None, *, zone: ZoneInfo, now: datetime) -> tuple[date | None, date] | None:
    """Return the first and the last unread day, or None if there is nothing to continue.

    The last day is one day after that of the oldest activity read: an activity with a hidden start is dated to the
    beginning of its day, before others of that day that may still be unread.
    """
    if run is None or run.state not in ENDED_EARLY or run.oldest is None:
        return None
    last = run.oldest.astimezone(zone).date() + timedelta(days=1)
    return run.since, min(last, now.astimezone(zone).date())


def continued_until(athlete_id: int, strava_id: int, window: Window) -> datetime | None:
    """Return the instant up to which earlier runs have read everything after the window, or None if they have not."""
    if window.before is None:
        return None
    earlier = SyncRun.objects.of(athlete_id).reaching_back_to(window.before, strava_id=strava_id)
    return max((run.known_until for run in earlier if run.known_until), default=None)
