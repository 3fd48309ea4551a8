"""Delete what is stored for a limited time: activities that were not saved, a week after Strava last returned them;
imports that were not confirmed, and removals that can be undone, after a day."""

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
BATCH = 1000


async def purge_found_activities() -> None:
    """Delete stale activities in batches, so that no athlete's lock is held for long."""
    while await on_database(purge_batch)():
        pass


async def purge_drafts() -> None:
    """Delete pasted results that were never confirmed."""
    await on_database(ImportDraft.delete_older_than)(timezone.now() - DRAFT_KEPT_FOR)


async def purge_removals() -> None:
    await on_database(Removal.objects.all().expired().delete)()


def purge_batch() -> bool:
    """Delete stale activities of one athlete. Return False if there are none of any athlete.

    Under the athlete's lock: saving one of them at the same time either keeps it or fails because it is gone.
    """
    stale = Activity.objects.filter(state=Activity.State.FOUND, seen_at__lt=timezone.now() - KEPT_FOR)
    oldest = stale.order_by("seen_at").first()
    if oldest is None:
        return False
    with transaction.atomic():
        lock_athlete(oldest.athlete_id)
        batch = list(stale.of(oldest.athlete_id).values_list("pk", flat=True)[:BATCH])
        Activity.objects.filter(pk__in=batch).delete()
    if batch:  # empty if the only one has been saved before the lock was taken
        logger.info("deleted activities that were not saved", extra={"activities": len(batch)})
    return True
