"""An athlete's own socket in this process: what fails beside its conversation, and what it has no room for."""

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
from strava_live.live.sync import MOST_ANNOUNCED, SyncSocket
from strava_live.protocol import Close, SyncProgress
from strava_live.strava.payloads import Tokens
from strava_live.sync.models import SyncRun
from tests.hub.club_cast import ClubCast
from tests.hub.in_process_socket import InProcessSocket, eventually


def my_socket(cast: ClubCast) -> InProcessSocket:
    return InProcessSocket("/ws/sync/", cast.sessions[0]).connect()


async def stumble(*_: object) -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize("work", ["look", "catch_up", "enter", "pinged"])
async def test_a_socket_whose_work_fails_is_closed_so_that_its_client_dials_again(
    cast: ClubCast, settings: Settings, monkeypatch: pytest.MonkeyPatch, work: str
) -> None:
    settings.SOCKET_LOOK_AGAIN_S = 0.01 if work == "look" else 60
    monkeypatch.setattr(SyncSocket, work, stumble)
    call = my_socket(cast)
    if work != "enter":
        await call.frame(0)
    if work == "catch_up":
        await announce(athlete_group(cast.members[0]), [SyncProgress(run={})], marks=Marks(5, 6))
    call.send('{"type":"ping"}')
    assert await call.close_code() == Close.TRY_LATER


async def test_what_there_was_no_room_for_is_read_from_the_tables(
    cast: ClubCast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading is slow, and meanwhile more is announced than a socket keeps."""
    settings.SOCKET_LOOK_AGAIN_S = 60
    group, reading, go_on, catch_up = (
        athlete_group(cast.members[0]),
        asyncio.Event(),
        asyncio.Event(),
        SyncSocket.catch_up,
    )

    async def slow(socket: SyncSocket) -> None:
        reading.set()
        await go_on.wait()
        await catch_up(socket)

    monkeypatch.setattr(SyncSocket, "catch_up", slow)
    call = my_socket(cast)
    await call.frame(0)
    await announce(group, [SyncProgress(run={})], marks=Marks(5, 6))
    await asyncio.wait_for(reading.wait(), 5)
    for _ in range(2 * MOST_ANNOUNCED):
        await announce(group, [SyncProgress(run={})])
    await on_database(finished_run)(cast.members[0])
    go_on.set()
    await eventually(lambda: "sync.finished" in call.types())
    assert call.types().count("sync.progress") == 1
    await announce(group, [SyncProgress(run={})])
    await eventually(lambda: call.types().count("sync.progress") == 2)


def finished_run(athlete_id: int) -> None:
    SyncRun.objects.create(athlete_id=athlete_id, strava_id=17, state=SyncRun.State.FINISHED, started_at=timezone.now())


async def test_starting_takes_no_turn_of_the_thread_that_all_sockets_share(cast: ClubCast, settings: Settings) -> None:
    """Also while it waits for a run that is being stopped."""
    settings.SYNC_RUNS_A_PROCESS = 0
    await on_database(stopping_run)(cast.members[0])
    call, done = my_socket(cast), threading.Event()
    await call.frame(0)
    taken = asyncio.ensure_future(sync_to_async(done.wait)())
    try:
        call.send('{"type":"sync.start","ref":"mine"}')
        await asyncio.sleep(0.1)
        await on_database(SyncRun.objects.update)(state=SyncRun.State.CANCELLED)
        await eventually(lambda: "sync.waiting" in call.types())
        assert not taken.done()
    finally:
        done.set()
        await taken


def stopping_run(athlete_id: int) -> None:
    athlete = User.objects.get(pk=athlete_id)
    connect_strava(athlete, strava_id=17, tokens=Tokens("a", "r", timezone.now()), scopes="read,activity:read")
    started_at = timezone.now()
    SyncRun.objects.create(
        athlete=athlete, strava_id=17, state=SyncRun.State.RUNNING, cancel_asked=True, started_at=started_at
    )
