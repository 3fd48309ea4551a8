"""Takes up what waits, again and again: in `manage.py worker`, and in a web process when WORK_IN_WEB is on.

Each chore finds its own work in a table, so any number of processes may do this at once and none needs to be told.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from channels.db import aclose_old_connections
from django.conf import settings

from strava_live.accounts.revocations import revoke_due

logger = logging.getLogger(__name__)
CHORES: tuple[Callable[[], Awaitable[object]], ...] = (revoke_due,)


async def work_for_ever() -> None:
    """Until cancelled. A chore that fails is logged and tried again: it must not stop the others."""
    while True:
        for chore in CHORES:
            try:
                await chore()
            except Exception:
                logger.exception("a chore failed", extra={"chore": chore.__name__})
        await aclose_old_connections()
        await asyncio.sleep(settings.WORK_INTERVAL_S)
