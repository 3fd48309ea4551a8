"""manage.py worker: the worker process of the Procfile."""

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
    help = "Continue waiting runs and do the regular work, until SIGTERM or Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        settle_in()
        asyncio.run(work_until_signalled())


async def work_until_signalled() -> None:
    working = asyncio.create_task(work_for_ever(take_up=True))
    for stop in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(stop, working.cancel)
    logger.info("worker started")
    with contextlib.suppress(asyncio.CancelledError):
        await working
    logger.info("worker stopped")
