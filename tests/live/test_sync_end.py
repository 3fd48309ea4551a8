"""The end of a run at a socket: once, whether the announcement or the table comes first."""

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
from tests.sync.conftest import LEASE, sync_run_of

LOOK_AGAIN_S = 0.02


@pytest.fixture
def run(connections_closed: None, athlete: User, settings: Settings) -> SyncRun:
    settings.SOCKET_LOOK_AGAIN_S = LOOK_AGAIN_S
    return sync_run_of(athlete)


async def dialled(run: SyncRun) -> InProcessSocket:
    (session,) = await sync_to_async(sessions_of)([run.athlete])
    call = InProcessSocket("/ws/sync/", session).connect()
    assert (await call.frame(0))["type"] == "hello"
    return call


async def looked_again(call: InProcessSocket) -> None:
    """Long enough for the socket to look at the table many times, and to answer after that."""
    await asyncio.sleep(10 * LOOK_AGAIN_S)
    call.send('{"type":"ping"}')
    await eventually(lambda: "pong" in call.types())


async def end(run: SyncRun) -> None:
    await on_database(partial(end_run, run, LEASE, state=SyncRun.State.FINISHED))()


async def test_end_that_was_announced_is_not_sent_from_the_table_again(run: SyncRun) -> None:
    call = await dialled(run)

    await end(run)
    await eventually(lambda: "sync.finished" in call.types())
    await looked_again(call)
    call.disconnect()
    await call.close_code()

    assert call.types() == ["hello", "sync.finished", "pong"]


async def test_end_that_was_sent_from_the_table_is_not_sent_when_it_is_announced(run: SyncRun) -> None:
    call = await dialled(run)
    before = await SyncRun.objects.aget(pk=run.pk)

    await SyncRun.objects.filter(pk=run.pk).aupdate(state="finished", lease_owner="", lease_until=None)
    await eventually(lambda: "sync.finished" in call.types())
    await announce_end(await SyncRun.objects.aget(pk=run.pk))
    await announce_run(before, SyncProgress(run=before.wire()))  # by a process that was frozen meanwhile
    await looked_again(call)
    call.disconnect()
    await call.close_code()

    assert call.types() == ["hello", "sync.finished", "pong"]


async def test_end_that_hello_has_shown_is_not_sent_after_it(run: SyncRun) -> None:
    await end(run)
    call = await dialled(run)

    await announce_end(run)
    await looked_again(call)
    call.disconnect()
    await call.close_code()

    assert call.types() == ["hello", "pong"]


async def test_next_run_of_the_athlete_is_shown_from_beginning_to_end(run: SyncRun) -> None:
    await end(run)
    call = await dialled(run)

    following = await sync_to_async(sync_run_of)(run.athlete)
    await eventually(lambda: "sync.progress" in call.types())  # from the table
    await end(following)
    await eventually(lambda: "sync.finished" in call.types())
    await looked_again(call)
    call.disconnect()
    await call.close_code()

    assert call.types() == ["hello", "sync.progress", "sync.finished", "pong"]
