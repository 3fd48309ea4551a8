"""Counting the changes to an athlete's activities."""

from django.db.models import F

from strava_live.activities.models import AthleteState


def begin_marks(athlete_id: int) -> None:
    """The counter's row, once for an athlete, before anything is kept."""
    AthleteState.objects.get_or_create(athlete_id=athlete_id)


def current_mark(athlete_id: int) -> int:
    return AthleteState.objects.filter(athlete_id=athlete_id).values_list("value", flat=True).first() or 0


def take_marks(athlete_id: int, count: int) -> range:
    """So many new numbers, in the caller's transaction: the row's lock makes their order the order of commits."""
    AthleteState.objects.filter(athlete_id=athlete_id).update(value=F("value") + count)
    last = AthleteState.objects.values_list("value", flat=True).get(athlete_id=athlete_id)
    return range(last - count + 1, last + 1)
