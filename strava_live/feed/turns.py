"""An athlete's turn: nobody else writes for them meanwhile, and their clubs are told what has become of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from strava_live.activities.models import AthleteMark
from strava_live.feed.parkruns import tell_parkruns
from strava_live.parkrun.results import take_turn


@contextmanager
def in_turn(athlete_id: int) -> Iterator[AthleteMark]:
    """One transaction, for whatever changes an athlete's parkruns, or how they are counted."""
    with transaction.atomic():
        yield take_turn(athlete_id)
        tell_parkruns(athlete_id)
