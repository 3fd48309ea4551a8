"""Background work: imports from Strava (runs) and chores. `manage.py worker` does it.

With the setting WORK_IN_WEB, web processes do it too. Runs and chores are found in tables, so any number of processes
may work on them at the same time.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from django.conf import settings

from strava_live.accounts.revocations import revoke_due
from strava_live.accounts.tokens import finish_refreshes
from strava_live.idempotency.keys import purge_answered_forms
from strava_live.parkrun.simulation import follow_simulated_saturdays
from strava_live.sync.purge import purge_drafts, purge_found_activities, purge_removals
from strava_live.sync.runner import runner

FINISH_REFRESHES_S = 20.0
"""How long an ending process waits for refreshes of tokens. Hosts kill it 30 seconds after SIGTERM."""

logger = logging.getLogger(__name__)
CHORES: tuple[Callable[[], Awaitable[object]], ...] = (
    revoke_due,
    purge_found_activities,
    purge_drafts,
    purge_removals,
    purge_answered_forms,
)


async def run_background_work(*, take_up: bool) -> None:
    """Work until cancelled. Without `take_up`, only read from Strava for runs that were started in this process."""
    try:
        async with asyncio.TaskGroup() as working:
            working.create_task(runner().serve(take_up=take_up))
            if settings.OCCASION_URL:  # every process judges what it reads, so every process needs it
                working.create_task(follow_simulated_saturdays())
            if take_up:
                working.create_task(do_chores())
    finally:
        await finish_refreshes(FINISH_REFRESHES_S)


async def do_chores() -> None:
    """Run all chores every settings.WORK_INTERVAL_S. A chore that fails is logged and does not stop the others."""
    while True:
        for chore in CHORES:
            try:
                await chore()
            except Exception:
                logger.exception("a chore failed", extra={"chore": chore.__name__})
        await asyncio.sleep(settings.WORK_INTERVAL_S)
