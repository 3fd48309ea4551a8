"""Placeholder of this branch until the branch that handles Strava's events is merged: `handle_events` of PLAN14."""

from collections.abc import Collection


async def handle_events(athlete_ids: Collection[int]) -> None:
    """Ensure that each athlete has a live run about events, and execute it."""
