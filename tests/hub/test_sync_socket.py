"""An athlete's /ws/sync/ socket in this process: failing tasks, and a full queue of announcements."""

import asyncio
import threading

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from pytest_django import Settings

from strava_live.accounts.connections import connect_strava
from strava_live.accounts.models import User
from strava_live.broadcast import Marks, announce, athlete_group
from strava_live.database import on_database
from strava_live.live.personal import MAX_ANNOUNCEMENTS
from strava_live.live.sync import SyncSocket
from strava_live.protocol import Close, SyncProgress
from strava_live.protocol.examples import RUN
from strava_live.strava.payloads import Tokens
from strava_live.sync.models import SyncRun
from tests.hub.club_cast import ClubCast
from tests.hub.in_process_socket import InProcessSocket, eventually
from tests.patience import PATIENCE_S


def sync_socket(cast: ClubCast) -> InProcessSocket:
    return InProcessSocket("/ws/sync/", cast.sessions[0]).connect()


async def fail(*_: object) -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize("work", ["check_database", "catch_up", "open", "on_ping"])
async def test_socket_with_a_failing_task_is_closed_so_that_its_client_reconnects(
    cast: ClubCast, settings: Settings, monkeypatch: pytest.MonkeyPatch, work: str
) -> None:
    settings.SOCKET_LOOK_AGAIN_S = 0.01 if work == "check_database" else 60
    monkeypatch.setattr(SyncSocket, work, fail)
    socket = sync_socket(cast)
    if work != "open":
        await socket.frame(0)
    if work == "catch_up":
        await announce(athlete_group(cast.members[0]), [SyncProgress(run=RUN)], marks=Marks(5, 6))
    socket.send('{"type":"ping"}')
    assert await socket.close_code() == Close.TRY_LATER


async def test_changes_that_overflow_the_queue_are_read_from_the_database(
    cast: ClubCast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a slow catch-up runs, more is announced than the queue holds."""
    settings.SOCKET_LOOK_AGAIN_S = 60
    group, reading, may_continue, catch_up = (
        athlete_group(cast.members[0]),
        asyncio.Event(),
        asyncio.Event(),
        SyncSocket.catch_up,
    )

    async def catch_up_slowly(sync_socket: SyncSocket) -> None:
        reading.set()
        await may_continue.wait()
        await catch_up(sync_socket)

    monkeypatch.setattr(SyncSocket, "catch_up", catch_up_slowly)
    socket = sync_socket(cast)
    await socket.frame(0)
    await announce(group, [SyncProgress(run=RUN)], marks=Marks(5, 6))
    await asyncio.wait_for(reading.wait(), PATIENCE_S)
    for _ in range(2 * MAX_ANNOUNCEMENTS):
        await announce(group, [SyncProgress(run=RUN)])
    await on_database(finished_run)(cast.members[0])
    may_continue.set()
    await eventually(lambda: "sync.finished" in socket.types())
    assert socket.types().count("sync.progress") == 1
    await announce(group, [SyncProgress(run=RUN)])
    await eventually(lambda: socket.types().count("sync.progress") == 2)


def finished_run(athlete_id: int) -> None:
    finished = SyncRun.RunState.FINISHED
    SyncRun.objects.create(athlete_id=athlete_id, strava_id=17, state=finished, started_at=timezone.now())


async def test_starting_a_run_does_not_use_the_shared_thread(cast: ClubCast, settings: Settings) -> None:
    """Django runs all `sync_to_async` work in one thread. Here it is busy, and a previous run is still stopping."""
    settings.SYNC_RUNS_A_PROCESS = 0
    await on_database(stopping_run)(cast.members[0])
    socket, done = sync_socket(cast), threading.Event()
    await socket.frame(0)
    busy = asyncio.ensure_future(sync_to_async(done.wait)())
    try:
        socket.send('{"type":"sync.start","ref":"mine"}')
        await asyncio.sleep(0.1)
        await on_database(SyncRun.objects.update)(state=SyncRun.RunState.CANCELLED)
        await eventually(lambda: "sync.waiting" in socket.types())
        assert not busy.done()
    finally:
        done.set()
        await busy


def stopping_run(athlete_id: int) -> None:
    athlete = User.objects.get(pk=athlete_id)
    connect_strava(athlete, strava_id=17, tokens=Tokens("a", "r", timezone.now()), scopes="read,activity:read")
    started_at = timezone.now()
    SyncRun.objects.create(
        athlete=athlete, strava_id=17, state=SyncRun.RunState.RUNNING, cancel_asked=True, started_at=started_at
    )
