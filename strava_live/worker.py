"""Takes up what waits, again and again: in `manage.py worker`, and in a web process when WORK_IN_WEB is on.

Each chore finds its own work in a table, so any number of processes may do this at once and none needs to be told.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from django.conf import settings

from strava_live.accounts.revocations import revoke_due
from strava_live.accounts.tokens import finish_refreshes
from strava_live.idempotency.keys import purge_answered_forms
from strava_live.sync.purge import purge_drafts, purge_found_activities, purge_removals
from strava_live.sync.runner import runner

LAST_WORDS_S = 20.0  # a host kills what has not ended 30 seconds after SIGTERM

logger = logging.getLogger(__name__)
CHORES: tuple[Callable[[], Awaitable[object]], ...] = (
    revoke_due,
    purge_found_activities,
    purge_drafts,
    purge_removals,
    purge_answered_forms,
)


async def work_for_ever(*, take_up: bool) -> None:
    """Until cancelled. Runs that were started here are looked after in any case; others only when asked to take up."""
    try:
        async with asyncio.TaskGroup() as working:
            working.create_task(runner().serve(take_up=take_up))
            if take_up:
                working.create_task(do_chores())
    finally:
        await finish_refreshes(LAST_WORDS_S)


async def do_chores() -> None:
    """A chore that fails is logged and tried again: it must not stop the others."""
    while True:
        for chore in CHORES:
            try:
                await chore()
            except Exception:
                logger.exception("a chore failed", extra={"chore": chore.__name__})
        await asyncio.sleep(settings.WORK_INTERVAL_S)
