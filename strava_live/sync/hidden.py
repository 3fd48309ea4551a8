"""Hide activities from clubs: those that Strava no longer returns, and those that its events call deleted or private.

Strava's lists do not say that an activity was deleted. They also lack the activities that only their athlete may see,
unless the athlete has permitted us to read those. So an import hides an activity from all clubs if an earlier run has
read it, and the import has read its day without finding it. The activity stays in its athlete's own list. A later run
that reads it shows it to clubs again.

An activity does not count as missing if Strava has returned it since the import was started. A run about events may
have read it at the same time, after the import had passed its day.

If an athlete hides more than about 350 activities that follow each other, our client of Strava stops there, as at the
end of the history (strava/page_cursor.py). So clubs do not see the older activities either.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from strava_live.activities.athlete_state import lock_athlete
from strava_live.activities.models import Activity
from strava_live.feed.parkrun_entries import reconcile_parkrun_entries
from strava_live.sync.models import SyncRun
from strava_live.webhook.models import StravaEvent

HIDDEN = "only_me"
"""Strava's word for an activity that only its athlete may see."""


def hide_missing(run: SyncRun) -> None:
    """Hide the missing activities of a finished run: those of its window that are stored and that it has not found.

    Needs the athlete's lock.
    """
    since = Q(start__gte=run.after) if run.after else Q()
    until = Q(start__lt=run.before) if run.before else Q()
    if run.before:  # the real start of an activity with a hidden start may lie outside the window
        until &= Q(hidden_start=False) | Q(start__lt=run.before - timedelta(days=1))
    # An activity of the athlete's other Strava account is not missing from this one.
    runs = SyncRun.objects.of(run.athlete_id).filter(strava_id=run.strava_id)
    seen_before = Q(seen_in__in=runs.exclude(pk=run.pk).values("pk"))
    missing = Activity.objects.of(run.athlete_id).filter(since, until, seen_before, seen_at__lt=run.started_at)
    missing.update(visibility=HIDDEN)


def hide_unchecked(athlete_id: int) -> None:
    """Hide activities that were deleted or made private according to events that Strava cannot be asked about now.

    Nothing is lost if an event is false: once Strava answers, the activity is stored as Strava has it, or removed.
    """
    hiding = StravaEvent.objects.of(athlete_id).waiting().says_hidden()
    with transaction.atomic():
        lock_athlete(athlete_id)  # an event that waits now has not been answered
        unchecked = Activity.objects.of(athlete_id).filter(strava_id__in=hiding.values("object_id"))
        if unchecked.exclude(visibility=HIDDEN).update(visibility=HIDDEN):
            reconcile_parkrun_entries(athlete_id)
