"""Start the runs that handle Strava's events."""

from collections.abc import Collection

from strava_live.broadcast import announce_work
from strava_live.database import on_database
from strava_live.sync.runner import existing_runner
from strava_live.sync.waiting_events import add_runs, athletes_with_leftover_events, look_after_waiting_runs


async def handle_events(athlete_ids: Collection[int]) -> None:
    """Make sure that the waiting events of these athletes are handled. Call it after the events were committed.

    Each athlete gets a run, unless one is live. This process executes as many as it has free slots for. For the others
    it wakes the processes that take up runs.
    """
    here, wanted = existing_runner(), list(dict.fromkeys(athlete_ids))
    free = here.free_event_slots if here is not None else 0
    if here is not None and free:
        await here.start_event_runs(wanted[:free])
    if others := wanted[free:]:
        await on_database(add_runs)(others, None)
        await on_database(look_after_waiting_runs)(others)
        await announce_work()


async def handle_leftover_events() -> None:
    """Handle due events of athletes who have no live run about events.

    Such events were postponed for long, or the process that had received them was killed before it started a run.
    """
    if athlete_ids := await on_database(athletes_with_leftover_events)():
        await handle_events(athlete_ids)
