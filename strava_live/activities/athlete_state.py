"""The row that counts the changes to an athlete's activities. Each change takes the next number as its mark."""

from django.db.models import F

from strava_live.activities.models import AthleteState


def ensure_athlete_state(athlete_id: int) -> None:
    """Create the athlete's row if it does not exist yet."""
    AthleteState.objects.get_or_create(athlete_id=athlete_id)


def current_mark(athlete_id: int) -> int:
    return AthleteState.objects.filter(athlete_id=athlete_id).values_list("value", flat=True).first() or 0


def next_marks(athlete_id: int, count: int) -> range:
    """Take `count` new marks in the caller's transaction. The row's lock gives them the order of the commits."""
    AthleteState.objects.filter(athlete_id=athlete_id).update(value=F("value") + count)
    last = AthleteState.objects.values_list("value", flat=True).get(athlete_id=athlete_id)
    return range(last - count + 1, last + 1)
