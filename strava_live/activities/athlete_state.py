"""Take the numbers of changes, called marks, from the athlete's row of `AthleteState`.

Each change to one of the athlete's activities takes the next mark.
"""

from django.db.models import F

from strava_live.activities.models import AthleteState


def ensure_athlete_state(athlete_id: int) -> None:
    """Create the athlete's row if it does not exist yet."""
    AthleteState.objects.get_or_create(athlete_id=athlete_id)


def current_mark(athlete_id: int) -> int:
    """Return the mark of the athlete's last change, 0 before the first."""
    return AthleteState.objects.filter(athlete_id=athlete_id).values_list("value", flat=True).first() or 0


def next_marks(athlete_id: int, count: int) -> range:
    """Take the next `count` marks in the caller's transaction.

    The update locks the athlete's row until that transaction ends, so lower marks are committed before higher ones.
    """
    AthleteState.objects.filter(athlete_id=athlete_id).update(value=F("value") + count)
    last = AthleteState.objects.values_list("value", flat=True).get(athlete_id=athlete_id)
    return range(last - count + 1, last + 1)
