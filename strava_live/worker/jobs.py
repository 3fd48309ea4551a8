"""Repeat the regular jobs of a process, each in an asyncio task of its own.

A job that hangs or fails delays no other job. Each job has its own pause. The bell, an announcement that there is work
(bell.py), ends the pause of jobs with `hears_bell`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from strava_live.formats import utc_iso

logger = logging.getLogger(__name__)
REST_S = 0.25
"""How many seconds of a pause the bell cannot cut off. So a bell that rings all the time makes a task run its job at
most four times a second."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something that a process does again and again. `work` does it once."""

    name: str
    work: Callable[[], Awaitable[object]]
    pause: str
    """The name of the setting that says how many seconds the job rests before it is done again."""
    hears_bell: bool = False
    """Whether the bell ends the job's pause."""
    begins_with_pause: bool = False
    at_once: int = 1
    """How many tasks repeat the job side by side. If one of several hangs, the others go on."""


class Jobs:
    """The jobs of one process, and when each last succeeded."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.jobs = jobs
        self.succeeded_at: dict[str, datetime] = {}
        """When each job last succeeded, by its name. A job that has not succeeded yet is missing."""
        self.bells: list[asyncio.Event] = []
        """One for each task that repeats a job with `hears_bell`. Setting it ends the pause of the task."""

    async def repeat_all(self) -> None:
        """Repeat all jobs until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for job in self.jobs:
                for _ in range(job.at_once):
                    tasks.create_task(self.repeat(job), name=job.name)

    def ring(self) -> None:
        """End the pause of the jobs with `hears_bell`."""
        for bell in self.bells:
            bell.set()

    async def repeat(self, job: Job) -> None:
        bell = asyncio.Event()
        if job.hears_bell:
            self.bells.append(bell)
        if job.begins_with_pause:
            await asyncio.sleep(getattr(settings, job.pause))
        while True:
            bell.clear()
            await self.run(job)
            raise_if_cancelled()
            pause = getattr(settings, job.pause)
            await asyncio.sleep(min(REST_S, pause))
            with suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), max(0.0, pause - REST_S))

    async def run(self, job: Job) -> None:
        """Run a job once. Cancel it after settings.JOB_WITHIN_S seconds. Log its failure."""
        try:
            async with asyncio.timeout(settings.JOB_WITHIN_S):
                await job.work()
        except Exception:
            last = self.succeeded_at.get(job.name)
            details = {
                "job": job.name,
                "last_success_s_ago": round((timezone.now() - last).total_seconds()) if last else None,
            }
            logger.exception("a job failed", extra=details)
        else:
            self.succeeded_at[job.name] = timezone.now()

    def successes(self) -> dict[str, str]:
        """Return when each job last succeeded, as ISO 8601 in UTC."""
        return {name: utc_iso(at) for name, at in self.succeeded_at.items()}


def raise_if_cancelled() -> None:
    """Raise CancelledError if this task was cancelled and what it awaited has returned nevertheless.

    Some code returns as usual although it was cancelled. asgiref does so while it waits for a thread.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
