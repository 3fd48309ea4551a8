"""Start and stop a sync: the same checks, waits and announcements for every caller."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from strava_live.accounts.connections import connect_strava
from strava_live.accounts.models import User
from strava_live.database import on_database
from strava_live.strava.payloads import Tokens
from strava_live.sync.models import SyncRun
from strava_live.sync.run_task import RunTask
from strava_live.sync.runner import runner
from strava_live.sync.runs import CannotStart
from strava_live.sync.start_and_stop import start_sync, stop_sync
from tests.sync.announced import listening_to
from tests.sync.runs import sync_run_of

R = TypeVar("R")


def write(work: Callable[[], R], /) -> Awaitable[R]:
    return on_database(work)()


@pytest.fixture
def connected(connections_closed: None, athlete: User) -> User:
    connect_strava(athlete, strava_id=17, tokens=Tokens("a", "r", timezone.now()), scopes="read,activity:read")
    return athlete


@pytest.fixture
def endless_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    async def read(_: RunTask) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(RunTask, "read", read)


async def test_start_without_a_runner_announces_that_the_run_waits(connected: User) -> None:
    async with listening_to(connected.pk) as announced:
        run = await start_sync(connected, write=write)

    assert announced.types() == ["sync.waiting"]
    assert announced.messages[0]["reason"] == "busy"
    assert (await SyncRun.objects.aget()).pk == run.pk


async def test_start_in_a_process_with_a_free_slot_executes_the_run(connected: User, endless_reading: None) -> None:
    here = runner()
    async with listening_to(connected.pk) as announced:
        run = await start_sync(connected, write=write)
        assert list(here.tasks) == [run.pk]
        _, task = here.tasks[run.pk]
        await stop_sync(connected.pk, write=write)
        await asyncio.wait([task])

    assert announced.types() == ["sync.cancelled"]


async def test_start_after_a_stop_waits_for_the_end_of_the_stopped_run(connected: User) -> None:
    stopping = await sync_to_async(sync_run_of)(connected)
    await SyncRun.objects.aupdate(cancel_asked=True)

    starting = asyncio.create_task(start_sync(connected, write=write))
    await asyncio.sleep(0.1)
    await SyncRun.objects.filter(pk=stopping.pk).aupdate(state="cancelled", lease_owner="")

    assert (await starting).pk != stopping.pk


async def test_second_start_is_refused(connected: User) -> None:
    await start_sync(connected, write=write)

    with pytest.raises(CannotStart):
        await start_sync(connected, write=write)


async def test_stop_without_a_run_returns_none(connected: User) -> None:
    assert await stop_sync(connected.pk, write=write) is None
