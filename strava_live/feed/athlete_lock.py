"""Change an athlete's parkruns while no other writer does, and update their entries in the same transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from strava_live.activities.models import AthleteState
from strava_live.feed.parkrun_entries import reconcile_parkrun_entries
from strava_live.parkrun.results import lock_athlete


@contextmanager
def athlete_lock(athlete_id: int) -> Iterator[AthleteState]:
    """Run the block in a transaction that holds the athlete's lock, then reconcile their entries."""
    with transaction.atomic():
        yield lock_athlete(athlete_id)
        reconcile_parkrun_entries(athlete_id)
