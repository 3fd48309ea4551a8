"""Delete old rows. This is how long rows are stored:

- activities that were neither saved nor dismissed: RETENTION_FOUND_DAYS after Strava last returned them, or after
  Strava was found not to have them any more;
- Strava's events: RETENTION_EVENTS_DAYS after they were handled;
- runs: RETENTION_RUNS_DAYS after their end, or longer if something needs them (`unneeded_runs`);
- pasted results whose import was not confirmed: a day;
- records with which an athlete can undo a removal: a day.
"""

import logging
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from strava_live.activities.athlete_state import AthleteErased, lock_athlete
from strava_live.activities.models import Activity, Removal
from strava_live.database import delete_in_batches, on_database
from strava_live.parkrun.importing.drafts import DRAFT_KEPT_FOR
from strava_live.parkrun.result_models import ImportDraft
from strava_live.sync.models import SyncRun, SyncRunQuerySet
from strava_live.webhook.models import StravaEvent

logger = logging.getLogger(__name__)
BATCH = 1000
"""The most activities that one transaction deletes."""


async def purge_found_activities() -> None:
    """Delete old activities that were neither saved nor dismissed, in batches that lock no athlete for long."""
    while await on_database(purge_batch)():
        pass


async def purge_events() -> None:
    """Delete events that were handled long ago. Events that have not been handled are kept."""
    before = timezone.now() - timedelta(days=settings.RETENTION_EVENTS_DAYS)
    await delete_in_batches(StravaEvent.objects.filter(handled_at__lt=before))


async def purge_runs() -> None:
    """Delete old runs that have ended and that nothing needs any more."""
    before = timezone.now() - timedelta(days=settings.RETENTION_RUNS_DAYS)
    await delete_in_batches(unneeded_runs().filter(ended_at__lt=before))


async def purge_drafts() -> None:
    """Delete pasted results that were never confirmed."""
    await delete_in_batches(ImportDraft.objects.filter(made_at__lt=timezone.now() - DRAFT_KEPT_FOR))


async def purge_removals() -> None:
    """Delete the records of removals that can no longer be undone."""
    await delete_in_batches(Removal.objects.all().expired())


def unneeded_runs() -> SyncRunQuerySet:
    """Return the ended runs that nothing needs any more.

    Runs that are needed, however old they are:

    - the run in which an activity was last read. It says of which Strava account the activity is. Without it, the
      activity could not be hidden once it is missing at Strava (hidden.py);
    - the last import that the athlete started. My Strava shows it. If it was interrupted, the athlete can continue it;
    - the last import that completed the history of a Strava account (`whole_history`). It says that the athlete's
      parkruns can be counted;
    - an import from which a new one may go on (`reaching_back_to`), unless a later import has completed the history of
      the same Strava account: a new one then goes on from the later one.

    Routine syncs and runs about events are needed only for the first of these reasons.
    """
    later = SyncRun.objects.filter(athlete=OuterRef("athlete"), pk__gt=OuterRef("pk")).asked()
    reaches_newest = Q(until=None) | Q(continues__isnull=False)
    goes_on_from_here = reaches_newest & (Q(reached__isnull=False) | Q(state=SyncRun.RunState.FINISHED))
    replaced = Exists(later) & (~goes_on_from_here | Exists(later.whole_history(OuterRef("strava_id"))))
    last_read_here = Exists(Activity.with_gone.filter(athlete=OuterRef("athlete"), seen_in=OuterRef("pk")))
    ended = SyncRun.objects.exclude(state__in=SyncRun.LIVE)
    return ended.filter(~Q(reason=SyncRun.Trigger.ASKED) | replaced).exclude(last_read_here)


def purge_batch() -> bool:
    """Delete up to BATCH old activities of one athlete that were neither saved nor dismissed.

    Return False if no athlete has any. The athlete's lock is taken. So if the athlete saves one of the activities at
    the same moment, either it is kept, or saving fails because it has been deleted.
    """
    kept_for = timedelta(days=settings.RETENTION_FOUND_DAYS)
    stale = Activity.with_gone.filter(state=Activity.State.FOUND, seen_at__lt=timezone.now() - kept_for)
    oldest = stale.order_by("seen_at").first()
    if oldest is None:
        return False
    batch: list[int] = []
    with suppress(AthleteErased), transaction.atomic():
        lock_athlete(oldest.athlete_id)
        batch = list(stale.of(oldest.athlete_id).values_list("pk", flat=True)[:BATCH])
        Activity.with_gone.filter(pk__in=batch).delete()
    if batch:  # empty if the only one has been saved before the lock was taken
        logger.info("deleted activities that were not saved", extra={"activities": len(batch)})
    return True
