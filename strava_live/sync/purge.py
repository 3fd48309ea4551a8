"""Delete rows that are stored for a limited time.

- Activities that were not saved: a week after Strava last returned them, or after they were gone.
- Pasted results whose import was not confirmed: after a day.
- The records with which an athlete can undo a removal: after a day.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from strava_live.activities.athlete_state import lock_athlete
from strava_live.activities.models import Activity, Removal
from strava_live.database import on_database
from strava_live.parkrun.importing.drafts import DRAFT_KEPT_FOR
from strava_live.parkrun.result_models import ImportDraft

logger = logging.getLogger(__name__)
KEPT_FOR = timedelta(days=7)
"""How long an activity that was not saved is kept after Strava last returned it."""
BATCH = 1000
"""The most activities that one transaction deletes."""


async def purge_found_activities() -> None:
    """Delete activities that were not saved within KEPT_FOR. In batches, so that no athlete is locked for long."""
    while await on_database(purge_batch)():
        pass


async def purge_drafts() -> None:
    """Delete pasted results that were never confirmed."""
    await on_database(ImportDraft.delete_older_than)(timezone.now() - DRAFT_KEPT_FOR)


async def purge_removals() -> None:
    """Delete the records of removals that can no longer be undone."""
    await on_database(Removal.objects.all().expired().delete)()


def purge_batch() -> bool:
    """Delete up to BATCH such activities of one athlete. Return False if no athlete has any.

    The athlete is locked: if they save one of these activities at the same moment, it is either kept, or saving it
    fails because it has been deleted.
    """
    stale = Activity.with_gone.filter(state=Activity.State.FOUND, seen_at__lt=timezone.now() - KEPT_FOR)
    oldest = stale.order_by("seen_at").first()
    if oldest is None:
        return False
    with transaction.atomic():
        lock_athlete(oldest.athlete_id)
        batch = list(stale.of(oldest.athlete_id).values_list("pk", flat=True)[:BATCH])
        Activity.with_gone.filter(pk__in=batch).delete()
    if batch:  # empty if the only one has been saved before the lock was taken
        logger.info("deleted activities that were not saved", extra={"activities": len(batch)})
    return True
