"""Hide activities from clubs if Strava no longer returns them: their athlete has hidden or deleted them there.

Strava never says that an activity was deleted, and does not return those that only their athlete may see, unless the
athlete has permitted this. So an activity that an earlier run has read, and that is missing when a run reads its days
again, is hidden from all clubs. It stays in its athlete's own list. A later run that reads it again shows it again.

Strava's client takes more than about 350 hidden activities in a row for the end of the history
(strava/page_cursor.py). If an athlete hides that many in a row, clubs do not see their older ones either.
"""

from datetime import timedelta

from django.db.models import Q

from strava_live.activities.models import Activity
from strava_live.sync.models import SyncRun


def hide_missing(run: SyncRun) -> None:
    """Hide the activities that a finished run should have found in its window, the days it read, and did not.

    Needs the athlete's lock.
    """
    since = Q(start__gte=run.after) if run.after else Q()
    until = Q(start__lt=run.before) if run.before else Q()
    if run.before:  # the real start of an activity with a hidden start may lie outside the window
        until &= Q(hidden_start=False) | Q(start__lt=run.before - timedelta(days=1))
    # An activity of the athlete's other Strava account is not missing from this one.
    runs = SyncRun.objects.of(run.athlete_id).filter(strava_id=run.strava_id)
    seen_before = Q(seen_in__in=runs.exclude(pk=run.pk).values("pk"))
    Activity.objects.of(run.athlete_id).filter(since, until, seen_before).update(visibility="only_me")
