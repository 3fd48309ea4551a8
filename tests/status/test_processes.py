"""The rows of processes that do background work."""

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from strava_live.status.models import WorkingProcess
from strava_live.status.processes import ThisProcess, purge_processes, remove_row, renew_row

pytestmark = pytest.mark.django_db(transaction=True)


def process(name: str) -> ThisProcess:
    return ThisProcess(name, WorkingProcess.ProcessKind.WORKER, takes_up=True, started_at=timezone.now())


def test_process_renews_its_row_and_removes_it() -> None:
    worker = process("a")
    renew_row(worker, {})
    first = WorkingProcess.objects.get()
    renew_row(worker, {"revocations": "2026-11-27T09:00:00Z"})
    renewed = WorkingProcess.objects.get()

    assert (renewed.kind, renewed.takes_up, renewed.started_at) == ("worker", True, first.started_at)
    assert renewed.seen_at > first.seen_at
    assert renewed.jobs == {"revocations": "2026-11-27T09:00:00Z"}

    remove_row(worker)
    assert not WorkingProcess.objects.exists()


def test_row_of_a_killed_process_is_deleted_after_a_day() -> None:
    for name, hours in (("killed", 25), ("asleep", 23)):
        renew_row(process(name), {})
        WorkingProcess.objects.filter(name=name).update(seen_at=timezone.now() - timedelta(hours=hours))

    async_to_sync(purge_processes)()

    assert [row.name for row in WorkingProcess.objects.all()] == ["asleep"]
