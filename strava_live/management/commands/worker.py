"""manage.py worker: the process beside the web processes that does background work (strava_live/worker.py)."""

import asyncio
import contextlib
import logging
import signal
from typing import Any

from django.core.management.base import BaseCommand

from strava_live.interpreter import tune_interpreter
from strava_live.worker import run_background_work

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Continue imports from Strava that wait, and do the regular chores, until SIGTERM or Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        tune_interpreter()
        asyncio.run(work_until_signalled())


async def work_until_signalled() -> None:
    working = asyncio.create_task(run_background_work(take_up=True))
    for stop in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(stop, working.cancel)
    logger.info("worker started")
    with contextlib.suppress(asyncio.CancelledError):
        await working
    logger.info("worker stopped")
