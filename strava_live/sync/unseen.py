"""What a run has not seen again: its athlete has hidden it at Strava, or deleted it there.

Strava leaves out what its athlete keeps to themself, unless they have let us read that too, and it never says that
something is gone. So what was there before, and is not when its days are read again, is shown to no club any more. It
stays its athlete's, and a later run that sees it again shows it again. (A walk takes some 350 hidden ones in a row for
the end of a history, strava.trail: who hides as many shows nothing that is older either, until there are fewer.)
"""

from datetime import timedelta

from django.db.models import Q

from strava_live.activities.models import Activity
from strava_live.sync.models import SyncRun


def hide_unseen(run: SyncRun) -> None:
    """In its athlete's turn, when the run has read its window to the end."""
    since = Q(start__gte=run.after) if run.after else Q()
    until = Q(start__lt=run.before) if run.before else Q()
    if run.before:  # where only the day is told, the hour at Strava may lie beyond the window
        until &= Q(hidden_start=False) | Q(start__lt=run.before - timedelta(days=1))
    # What another Strava account of theirs has shown is not missing in this one.
    runs = SyncRun.objects.of(run.athlete_id).filter(strava_id=run.strava_id)
    seen_before = Q(seen_in__in=runs.exclude(pk=run.pk).values("pk"))
    Activity.objects.of(run.athlete_id).filter(since, until, seen_before).update(visibility="only_me")
