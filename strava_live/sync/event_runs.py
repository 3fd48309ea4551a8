"""Begin the work on events of Strava that are stored."""

from collections.abc import Collection

from strava_live.broadcast import send


async def handle_events(athlete_ids: Collection[int]) -> None:
    """Ring the bell, so that the processes that take up background work look for events of these athletes at once."""
    if athlete_ids:
        await send("work", {"type": "work"})
