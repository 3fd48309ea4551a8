"""Run the regular tasks of the hub, such as comparing its rooms with the database."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from django.conf import settings
from django.db import DatabaseError

logger = logging.getLogger(__name__)


async def run_every(pause_setting: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run `work` repeatedly, sleeping in between for the seconds of a setting. Log errors and go on."""
    while True:
        await asyncio.sleep(getattr(settings, pause_setting))
        try:
            await work()
        except DatabaseError as error:
            logger.warning("the database does not answer", extra={"work": work.__name__, "reason": repr(error)})
        except Exception:
            logger.exception("a regular task of the hub failed", extra={"work": work.__name__})
