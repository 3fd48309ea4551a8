"""What a run that was stopped, or has failed, left unread."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from strava_live.sync.models import SyncRun
from strava_live.sync.window import Window

ENDED_EARLY = (SyncRun.State.CANCELLED, SyncRun.State.FAILED)


def days_left(run: SyncRun | None, *, zone: ZoneInfo, now: datetime) -> tuple[date | None, date] | None:
    """Return the first and the last day to read, or None if there is nothing to continue.

    A day later than the oldest activity: where only the day of a start is known, its hour may lie after it.
    """
    if run is None or run.state not in ENDED_EARLY or run.oldest is None:
        return None
    last = run.oldest.astimezone(zone).date() + timedelta(days=1)
    return run.since, min(last, now.astimezone(zone).date())


def continued_until(athlete_id: int, strava_id: int, window: Window) -> datetime | None:
    """Return up to when earlier runs have read everything that this window leaves out at its end, or None."""
    if window.before is None:
        return None
    earlier = SyncRun.objects.of(athlete_id).meeting(window.before, strava_id=strava_id)
    return max((run.known_until for run in earlier if run.known_until), default=None)
