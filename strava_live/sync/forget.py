"""What is kept for a while only: what was found and not saved, for a week after Strava last showed it; imports that
nobody confirmed, for a day."""

import logging
from datetime import timedelta

from django.utils import timezone

from strava_live.activities.models import Activity
from strava_live.database import on_database
from strava_live.parkrun.importing import KEPT_FOR as DRAFTS_KEPT_FOR
from strava_live.parkrun.result_models import ImportDraft

logger = logging.getLogger(__name__)
KEPT_FOR = timedelta(days=7)
AT_ONCE = 1000


async def forget_what_was_only_found() -> None:
    """In small bites, so that nobody who keeps or chooses waits long."""
    while await on_database(forget_some)() == AT_ONCE:
        pass


async def forget_old_drafts() -> None:
    """A results table that nobody confirmed."""
    await on_database(ImportDraft.forget_older_than)(timezone.now() - DRAFTS_KEPT_FOR)


def forget_some() -> int:
    stale = Activity.objects.filter(state=Activity.State.FOUND, seen_at__lt=timezone.now() - KEPT_FOR)
    chosen = list(stale.order_by("seen_at").values_list("pk", flat=True)[:AT_ONCE])
    # Looked at once more in the statement itself: somebody may have saved one meanwhile.
    forgotten, _ = stale.filter(pk__in=chosen).delete() if chosen else (0, {})
    if forgotten:
        logger.info("forgot what was only found", extra={"activities": forgotten})
    return len(chosen)
