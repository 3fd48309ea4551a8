"""Lock an athlete while their parkruns change, and update the entries about them in the same transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from strava_live.activities.models import AthleteState
from strava_live.feed.parkrun_entries import reconcile_parkrun_entries
from strava_live.parkrun.results import lock_athlete


@contextmanager
def athlete_lock(athlete_id: int) -> Iterator[AthleteState]:
    """Run a `with` block in a transaction that holds the athlete's lock, then update the entries of all their clubs."""
    with transaction.atomic():
        yield lock_athlete(athlete_id)
        reconcile_parkrun_entries(athlete_id)
