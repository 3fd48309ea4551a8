"""manage.py worker: the Procfile's worker."""

import asyncio
import contextlib
import logging
import signal
from typing import Any

from django.core.management.base import BaseCommand

from strava_live.interpreter import settle_in
from strava_live.worker import work_for_ever

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Takes up what waits, until it is told to stop (SIGTERM or Ctrl-C)."

    def handle(self, *args: Any, **options: Any) -> None:
        settle_in()
        asyncio.run(work_until_told())


async def work_until_told() -> None:
    working = asyncio.create_task(work_for_ever(take_up=True))
    for told in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(told, working.cancel)
    logger.info("worker started")
    with contextlib.suppress(asyncio.CancelledError):
        await working
    logger.info("worker stopped")
