"""The athlete's row: the lock for changes to their activities and parkruns, and the counter of changes to activities.

Rows are locked in this order: the athlete, then clubs in the order of their ids, then everything else. Writers for one
athlete run one after the other, and two writers that keep to the order never deadlock.

Each change to an activity takes the counter's next number as its mark. A client sends the last mark that it has seen,
and gets the activities that have changed since.
"""

from django.db.models import F

from strava_live.accounts.models import User
from strava_live.activities.models import AthleteState


class AthleteErased(Exception):
    """The athlete's account was deleted before their row could be locked. Nothing more may be stored about them."""


def ensure_athlete_state(athlete_id: int) -> None:
    """Create the athlete's row if it does not exist yet."""
    AthleteState.objects.get_or_create(athlete_id=athlete_id)


def lock_athlete(athlete_id: int) -> AthleteState:
    """Lock the athlete's row until the caller's transaction ends. Create the row first if it does not exist.

    Raise AthleteErased if the account was deleted. Deleting an account takes this lock, too, so the account of an
    athlete whose row is locked exists until the caller's transaction ends.
    """
    rows = AthleteState.objects.select_for_update().filter(athlete_id=athlete_id)
    found = rows.first()
    if found is None:
        ensure_athlete_state(athlete_id)
        found = rows.first()
        # Read the user only now: a transaction that deletes the account may have held the row until a moment ago.
        if found is None or not User.objects.filter(pk=athlete_id).exists():
            raise AthleteErased
    return found


def current_mark(athlete_id: int) -> int:
    """Return the mark of the last change to the athlete's activities, 0 before the first change."""
    return AthleteState.objects.filter(athlete_id=athlete_id).values_list("value", flat=True).first() or 0


def next_marks(athlete_id: int, count: int) -> range:
    """Take the next `count` marks in the caller's transaction.

    The update locks the athlete's row until that transaction ends, so lower marks are committed before higher ones.
    """
    AthleteState.objects.filter(athlete_id=athlete_id).update(value=F("value") + count)
    last = AthleteState.objects.values_list("value", flat=True).get(athlete_id=athlete_id)
    return range(last - count + 1, last + 1)
