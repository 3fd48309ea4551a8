"""A person's /ws/bucket/ socket in this process: it shows, starts and stops sendings."""

import json
from typing import Any

import pytest
from pytest_django import Settings

from strava_live.accounts.models import User
from strava_live.bucket.connections import disconnect_bucket
from strava_live.bucket.messages import announce_sending
from strava_live.bucket.models import BucketConnection, Sending
from strava_live.bucket.sendings import start_sending
from strava_live.database import on_database
from tests.bucket.connected import connected
from tests.hub.club_cast import ClubCast
from tests.hub.in_process_socket import InProcessSocket, eventually


@pytest.fixture
async def connection(cast: ClubCast) -> BucketConnection:
    return await on_database(lambda: connected(User.objects.get(pk=cast.members[0])))()


async def bucket_socket(cast: ClubCast, member: int = 0) -> InProcessSocket:
    socket = InProcessSocket("/ws/bucket/", cast.sessions[member]).connect()
    await socket.frame(0)
    return socket


def messages(socket: InProcessSocket) -> list[dict[str, Any]]:
    frames = [json.loads(text) for text in socket.frames]
    return [message for frame in frames for message in (frame if isinstance(frame, list) else [frame])]


async def test_a_sending_is_started_shown_and_stopped(cast: ClubCast, connection: BucketConnection) -> None:
    socket, other = await bucket_socket(cast), await bucket_socket(cast, 1)
    assert messages(socket)[0]["sending"] is None

    socket.send('{"type":"sending.start"}')
    await eventually(lambda: "sending.waiting" in socket.types())
    socket.send('{"type":"sending.start","ref":"twice"}')
    await eventually(lambda: "error" in socket.types())
    socket.send('{"type":"sending.cancel"}')
    await eventually(lambda: "sending.cancelled" in socket.types())

    refused = next(message for message in messages(socket) if message["type"] == "error")
    assert (refused["code"], refused["ref"]) == ("already_sending", "twice")
    assert await Sending.objects.acount() == 1
    assert other.types() == ["hello"]


async def test_after_the_end_no_message_about_the_sending_follows(
    cast: ClubCast, connection: BucketConnection, settings: Settings
) -> None:
    settings.SOCKET_LOOK_AGAIN_S = 60
    sending = await on_database(start_sending)(cast.members[0])
    socket = await bucket_socket(cast)
    late = await Sending.objects.select_related("connection").aget(pk=sending.pk)
    socket.send('{"type":"sending.cancel"}')
    await eventually(lambda: "sending.cancelled" in socket.types())

    await announce_sending(cast.members[0], late)
    socket.send('{"type":"ping"}')
    await eventually(lambda: "pong" in socket.types())

    assert socket.types()[-2:] == ["sending.cancelled", "pong"]


async def test_lost_announcements_are_made_up_for_from_the_table(
    cast: ClubCast, connection: BucketConnection, settings: Settings
) -> None:
    settings.SOCKET_LOOK_AGAIN_S = 0.01
    socket = await bucket_socket(cast)
    sending = await Sending.objects.acreate(connection=connection)
    await eventually(lambda: "sending.waiting" in socket.types())
    await Sending.objects.filter(pk=sending.pk).aupdate(state="running", total=10, sent=4)
    await eventually(lambda: "sending.progress" in socket.types())
    assert messages(socket)[-1]["sending"]["progress"] == "4 of 10 activities sent."

    await connection.adelete()
    await eventually(lambda: "bucket.disconnected" in socket.types())


async def test_disconnecting_is_announced(cast: ClubCast, connection: BucketConnection, settings: Settings) -> None:
    settings.SOCKET_LOOK_AGAIN_S = 60
    socket = await bucket_socket(cast)

    await on_database(disconnect_bucket)(cast.members[0], delete_there=False)

    await eventually(lambda: "bucket.disconnected" in socket.types())


async def test_without_a_connection_nothing_is_started(cast: ClubCast) -> None:
    socket = await bucket_socket(cast)

    socket.send('{"type":"sending.start","ref":"a1"}')
    await eventually(lambda: "error" in socket.types())

    assert messages(socket)[-1] == {
        "type": "error",
        "code": "bucket_not_connected",
        "message": "Connect your Bucket first.",
        "ref": "a1",
    }
