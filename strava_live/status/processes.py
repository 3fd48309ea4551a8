"""The row of each process that does background work. The process renews it while it runs, so that /status/ shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from strava_live.database import delete_in_batches
from strava_live.status.models import WorkingProcess

ENDED_AFTER = timedelta(days=1)
"""How long a row is kept after its last renewal, if its process was killed and could not remove it."""


@dataclass(frozen=True, slots=True)
class ThisProcess:
    """What the row of a process says about the process. The fields are those of `WorkingProcess`."""

    name: str
    kind: WorkingProcess.ProcessKind
    takes_up: bool
    started_at: datetime


def renew_row(process: ThisProcess, jobs: Mapping[str, str]) -> None:
    """Note that the process runs. `jobs` says when each of its jobs last succeeded, as ISO 8601 in UTC."""
    seen = {"seen_at": timezone.now(), "jobs": dict(jobs)}
    if WorkingProcess.objects.filter(name=process.name).update(**seen):
        return
    WorkingProcess.objects.create(
        name=process.name,
        kind=process.kind,
        takes_up=process.takes_up,
        started_at=process.started_at,
        **seen,
    )


def remove_row(process: ThisProcess) -> None:
    WorkingProcess.objects.filter(name=process.name).delete()


async def purge_processes() -> None:
    """Delete the rows that have not been renewed for a day."""
    await delete_in_batches(WorkingProcess.objects.filter(seen_at__lt=timezone.now() - ENDED_AFTER))
