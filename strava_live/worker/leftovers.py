"""Handle Strava's events that are due although no run about events of their athlete is live.

The web process that receives an event starts such a run. An event is left over if that process has ended before, or if
the event waits for its next attempt.
"""

from django.utils import timezone

from strava_live.database import on_database
from strava_live.sync.event_runs import handle_events
from strava_live.sync.models import SyncRun
from strava_live.webhook.models import StravaEvent

ATHLETES_AT_ONCE = 100
"""The most athletes whose events one look takes up. A process executes a fifth of that at once."""


async def handle_leftover_events() -> None:
    if athlete_ids := await on_database(athletes_with_leftover_events)():
        await handle_events(athlete_ids)


def athletes_with_leftover_events() -> list[int]:
    """Return athletes with due events and without a live run about events. Those whose event came first are first."""
    due = StravaEvent.objects.due(now=timezone.now())
    live = SyncRun.objects.live().filter(kind=SyncRun.Kind.ACTIVITIES).values("athlete")
    rows = due.exclude(athlete__in=live).values_list("athlete", flat=True)
    return list(dict.fromkeys(rows[:ATHLETES_AT_ONCE]))
