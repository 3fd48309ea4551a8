"""A socket sends the end of a run once, whether it finds it first in an announcement or in the database."""

import asyncio
from functools import partial

import pytest
from asgiref.sync import sync_to_async
from pytest_django import Settings

from strava_live.accounts.models import User
from strava_live.database import on_database
from strava_live.protocol import SyncProgress
from strava_live.sync.models import SyncRun
from strava_live.sync.run_messages import announce_end, announce_run
from strava_live.sync.runs import end_run
from tests.hub.in_process_socket import InProcessSocket, eventually
from tests.live.founding import sessions_of
from tests.sync.runs import LEASE, sync_run_of

CHECK_EVERY_S = 0.02


@pytest.fixture
def run(connections_closed: None, athlete: User, settings: Settings) -> SyncRun:
    settings.SOCKET_LOOK_AGAIN_S = CHECK_EVERY_S
    return sync_run_of(athlete)


async def connected(run: SyncRun) -> InProcessSocket:
    (session,) = await sync_to_async(sessions_of)([run.athlete])
    socket = InProcessSocket("/ws/sync/", session).connect()
    assert (await socket.frame(0))["type"] == "hello"
    return socket


async def wait_for_checks(socket: InProcessSocket) -> None:
    """Wait until the socket has checked the database several times."""
    await asyncio.sleep(10 * CHECK_EVERY_S)
    socket.send('{"type":"ping"}')
    await eventually(lambda: "pong" in socket.types())


async def end(run: SyncRun) -> None:
    await on_database(partial(end_run, run, LEASE, state=SyncRun.RunState.FINISHED))()


async def test_announced_end_is_not_sent_again_from_the_database(run: SyncRun) -> None:
    socket = await connected(run)

    await end(run)
    await eventually(lambda: "sync.finished" in socket.types())
    await wait_for_checks(socket)
    socket.disconnect()
    await socket.close_code()

    assert socket.types() == ["hello", "sync.finished", "pong"]


async def test_end_sent_from_the_database_is_not_sent_again_when_announced(run: SyncRun) -> None:
    socket = await connected(run)
    before = await SyncRun.objects.aget(pk=run.pk)

    await SyncRun.objects.filter(pk=run.pk).aupdate(state="finished", lease_owner="", lease_until=None)
    await eventually(lambda: "sync.finished" in socket.types())
    await announce_end(await SyncRun.objects.aget(pk=run.pk))
    await announce_run(before, SyncProgress(run=before.wire()))  # late, by a process that was frozen
    await wait_for_checks(socket)
    socket.disconnect()
    await socket.close_code()

    assert socket.types() == ["hello", "sync.finished", "pong"]


async def test_end_in_hello_is_not_sent_again(run: SyncRun) -> None:
    await end(run)
    socket = await connected(run)

    await announce_end(run)
    await wait_for_checks(socket)
    socket.disconnect()
    await socket.close_code()

    assert socket.types() == ["hello", "pong"]


async def test_next_run_of_the_athlete_is_sent_from_start_to_end(run: SyncRun) -> None:
    await end(run)
    socket = await connected(run)

    following = await sync_to_async(sync_run_of)(run.athlete)
    await eventually(lambda: "sync.progress" in socket.types())  # from the database
    await end(following)
    await eventually(lambda: "sync.finished" in socket.types())
    await wait_for_checks(socket)
    socket.disconnect()
    await socket.close_code()

    assert socket.types() == ["hello", "sync.progress", "sync.finished", "pong"]
