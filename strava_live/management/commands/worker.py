"""manage.py worker: the process beside the web processes that does background work (strava_live/worker/)."""

import asyncio
import contextlib
import logging
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from strava_live.interpreter import exit_after, tune_interpreter
from strava_live.status.models import WorkingProcess
from strava_live.worker import run_background_work

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Handle Strava's events and imports that wait, look for changes, and delete what is old, until SIGTERM "
        "or Ctrl-C."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        tune_interpreter()
        asyncio.run(work_until_signalled())


async def work_until_signalled() -> None:
    working = asyncio.create_task(run_background_work(take_up=True, kind=WorkingProcess.ProcessKind.WORKER))

    def stop() -> None:
        exit_after(settings.WORKER_STOP_WITHIN_S)
        working.cancel()

    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop)
    logger.info("worker started")
    with contextlib.suppress(asyncio.CancelledError):
        await working
    logger.info("worker stopped")
