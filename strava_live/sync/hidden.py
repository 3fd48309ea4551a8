"""Hide activities that Strava no longer returns: their athlete has hidden or deleted them there.

Strava leaves out activities visible only to their athlete, unless we have permission to read those too, and it never
says that an activity was deleted. So an activity that was read before, and is missing when its days are read again, is
hidden from all clubs. It stays in its athlete's own list, and a later run that reads it again shows it again.

A walk takes about 350 hidden activities in a row for the end of a history (strava.trail). An athlete who hides more
than that in a row has their older activities hidden from clubs as well.
"""

from datetime import timedelta

from django.db.models import Q

from strava_live.activities.models import Activity
from strava_live.sync.models import SyncRun


def hide_missing(run: SyncRun) -> None:
    """Hide what a finished run did not find in its window. Needs the athlete's lock."""
    since = Q(start__gte=run.after) if run.after else Q()
    until = Q(start__lt=run.before) if run.before else Q()
    if run.before:  # the real start of an activity with a hidden start may lie outside the window
        until &= Q(hidden_start=False) | Q(start__lt=run.before - timedelta(days=1))
    # An activity of the athlete's other Strava account is not missing from this one.
    runs = SyncRun.objects.of(run.athlete_id).filter(strava_id=run.strava_id)
    seen_before = Q(seen_in__in=runs.exclude(pk=run.pk).values("pk"))
    Activity.objects.of(run.athlete_id).filter(since, until, seen_before).update(visibility="only_me")
