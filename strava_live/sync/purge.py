"""Delete what is kept for a while only: activities that were not saved, a week after Strava last served them;
imports that were not confirmed and removals that can be undone, after a day."""

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from strava_live.activities.models import Activity, Removal
from strava_live.database import on_database
from strava_live.parkrun.importing.drafts import DRAFT_KEPT_FOR
from strava_live.parkrun.result_models import ImportDraft
from strava_live.parkrun.results import lock_athlete

logger = logging.getLogger(__name__)
KEPT_FOR = timedelta(days=7)
AT_ONCE = 1000


async def forget_what_was_only_found() -> None:
    """In small bites, so that nobody who keeps or chooses waits long."""
    while await on_database(forget_some)():
        pass


async def forget_old_drafts() -> None:
    """A results table that nobody confirmed."""
    await on_database(ImportDraft.delete_older_than)(timezone.now() - DRAFT_KEPT_FOR)


async def forget_old_removals() -> None:
    await on_database(Removal.objects.all().expired().delete)()


def forget_some() -> bool:
    """Of one athlete, in their turn: who saves one at the same moment either keeps it or is told that it is gone."""
    stale = Activity.objects.filter(state=Activity.State.FOUND, seen_at__lt=timezone.now() - KEPT_FOR)
    oldest = stale.order_by("seen_at").first()
    if oldest is None:
        return False
    with transaction.atomic():
        lock_athlete(oldest.athlete_id)
        chosen = list(stale.of(oldest.athlete_id).values_list("pk", flat=True)[:AT_ONCE])
        Activity.objects.filter(pk__in=chosen).delete()
    if chosen:  # the only one may have been saved meanwhile
        logger.info("forgot what was only found", extra={"activities": len(chosen)})
    return True
