"""The hub, with sockets in this process."""

import asyncio
import json
import threading
import time
from itertools import pairwise

import pytest
from asgiref.sync import async_to_sync
from django.db import OperationalError
from pytest_django import Settings

from strava_live.broadcast import EncodedChange, announce_changes, announce_to_member, close_sockets, member_target
from strava_live.database import on_database
from strava_live.hub import authorizer
from strava_live.hub.client_writers import AsgiClientWriter
from strava_live.hub.hub import hub
from strava_live.hub.rooms import Room
from strava_live.hub.snapshots import SharedHello, SnapshotRequest, read_hellos
from strava_live.protocol import CheerMine, Close, EntryAdded, EntryShape, frame
from strava_live.protocol.examples import POST
from strava_live.social.posts import post
from tests.hub.club_cast import ClubCast
from tests.hub.in_process_socket import InProcessSocket, eventually
from tests.hub.unreliable import UnreliableLayer
from tests.patience import PATIENCE_S

Requests = list[tuple[str, str]]


def text_of(entry: EntryShape) -> str:
    return frame([EntryAdded(entry=entry).wire()])


async def test_eviction_while_the_membership_is_read(cast: ClubCast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The membership is read before the eviction, and the connection registers after it."""

    def read_then_evict(requests: Requests) -> list[authorizer.FeedAccess | int]:
        answers = find_members(requests)
        async_to_sync(close_sockets)(member_target(cast.club.pk, cast.members[0]), Close.NOT_ALLOWED)
        return answers

    find_members = authorizer.find_members
    monkeypatch.setattr(authorizer, "find_members", read_then_evict)
    async with asyncio.timeout(PATIENCE_S):
        first, stays = cast.member(0), cast.member(1)
        assert await first.close_code() == 4403
        assert (await stays.frame(0))["type"] == "hello"
    assert first.types() == []


async def test_eviction_while_the_snapshot_is_read(cast: ClubCast, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_then_evict(requests: list[SnapshotRequest]) -> list[SharedHello | None]:
        read = read_hellos(requests)
        async_to_sync(close_sockets)(member_target(cast.club.pk, cast.members[0]), Close.NOT_ALLOWED)
        time.sleep(0.05)
        return read

    monkeypatch.setattr(authorizer, "read_hellos", read_then_evict)
    socket = cast.member()
    assert await socket.close_code() == 4403
    assert socket.types() == []
    assert not list(hub().rooms[cast.club.pk].all_connections())


async def test_snapshot_older_than_the_first_live_change_is_read_again(
    cast: ClubCast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The snapshots of a member and a wall screen are read one after the other, and the newer one arrives first."""
    both_queued = threading.Event()

    def read_members_first(requests: list[SnapshotRequest]) -> list[SharedHello | None]:
        if not both_queued.is_set():
            both_queued.wait(PATIENCE_S)
            return read_hellos(requests)
        members = {one: hello for one in requests if one.viewer_id for hello in read_hellos([one])}
        if members:
            monkeypatch.setattr(authorizer_of_hub.snapshots, "answer", read_hellos)
            post(cast.members[0], cast.club.pk, "Between the two")
        return [members.get(one) or read_hellos([one])[0] for one in requests]

    authorizer_of_hub = hub().authorizer
    monkeypatch.setattr(authorizer_of_hub.snapshots, "answer", read_members_first)
    first = cast.member(1)
    await eventually(lambda: hub().rooms and authorizer_of_hub.snapshots.answering)
    wall = cast.wall()
    await eventually(lambda: len(authorizer_of_hub.snapshots.waiting) == 1)
    member = cast.member(0)
    await eventually(lambda: len(authorizer_of_hub.snapshots.waiting) == 2)
    await close_sockets(member_target(cast.club.pk, cast.members[1]), Close.NOT_ALLOWED)
    await eventually(lambda: first.code)
    both_queued.set()

    assert [(await socket.frame(0))["seq"] for socket in (wall, member)] == [1, 1]
    await on_database(post)(cast.members[0], cast.club.pk, "After both")
    assert [(await socket.frame(1))["entry"]["seq"] for socket in (wall, member)] == [2, 2]


async def test_stale_snapshot_is_read_again_after_growing_pauses(
    cast: ClubCast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the last pause the socket is closed with 4013, and the client reconnects later."""
    settings.HUB_STALE_SNAPSHOT_PAUSES_S = 0.02, 0.05, 0.1
    stays = cast.member(1)
    await stays.frame(0)
    await on_database(post)(cast.members[1], cast.club.pk, "Look")
    await stays.frame(1)
    read_at: list[float] = []
    stale = await on_database(read_hellos)([SnapshotRequest(cast.club.pk, None, cast.members[0])])

    def always_stale(requests: list[SnapshotRequest]) -> list[SharedHello | None]:
        read_at.append(time.monotonic())
        return stale

    hub().rooms[cast.club.pk].live_after = 99
    monkeypatch.setattr(hub().authorizer.snapshots, "answer", always_stale)
    socket = cast.member(0)

    assert await socket.close_code() == Close.TRY_LATER
    assert socket.frames == []
    pauses = [later - earlier for earlier, later in pairwise(read_at)]
    assert [pause >= least for pause, least in zip(pauses, (0.01, 0.025, 0.05), strict=True)] == [True] * 3
    stays.send('{"type":"ping"}')
    assert await stays.frame(2) == {"type": "pong"}


async def test_hello_is_the_first_message(cast: ClubCast) -> None:
    """Personal messages for a member are announced continuously while the member connects."""
    socket = cast.member()
    async with asyncio.timeout(PATIENCE_S):
        while "cheer.mine" not in socket.types():
            message = CheerMine(id=1, cheered=True)
            await asyncio.gather(announce_to_member(cast.club.pk, cast.members[0], message), asyncio.sleep(0.0002))
    assert socket.types()[0] == "hello"


async def test_sockets_open_and_receive_changes_while_the_layer_is_away(cast: ClubCast, layer: UnreliableLayer) -> None:
    layer.is_away = True
    socket, wall = cast.member(), cast.wall()
    assert (await socket.frame(0))["type"] == (await wall.frame(0))["type"] == "hello"
    await on_database(post)(cast.members[1], cast.club.pk, "Not announced")
    assert (await socket.frame(1))["entry"]["text"] == (await wall.frame(1))["entry"]["text"]

    layer.is_away = False
    await eventually(lambda: layer.groups.get(f"club.{cast.club.pk}"))
    await close_sockets(member_target(cast.club.pk, cast.members[0]), Close.NOT_ALLOWED)
    assert await socket.close_code() == 4403


async def test_socket_that_connects_while_the_process_stops_must_reconnect(cast: ClubCast) -> None:
    here = cast.member(0)
    await here.frame(0)
    await hub().close()

    late = cast.member(1)

    assert await late.close_code() == Close.GOING_AWAY
    assert late.types() == []


async def test_client_that_does_not_read_is_closed_and_delays_no_other(cast: ClubCast, settings: Settings) -> None:
    settings.SOCKET_UNSENT_MOST = 20_000
    stuck, reader = cast.member(0), cast.member(1)
    await stuck.frame(0)
    await reader.frame(0)
    stuck.reading.clear()

    for seq in range(1, 101):
        text = text_of(POST | {"id": seq, "seq": seq, "text": "x" * 1000})
        await announce_changes(cast.club.pk, [EncodedChange(seq, text, text)])
        await asyncio.sleep(0.001)
    await eventually(lambda: reader.types().count("entry.added") == 100)
    here = hub().rooms[cast.club.pk]
    writers = [writer for writer in here.members.values() if isinstance(writer, AsgiClientWriter)]
    assert sum(writer.queue.unsent_bytes for writer in writers) < 25_000
    stuck.reading.set()
    assert await stuck.close_code() == 4012


async def test_changes_in_quick_succession_are_sent_in_batches(cast: ClubCast) -> None:
    socket = cast.member()
    await socket.frame(0)
    texts = [text_of(POST | {"id": seq, "seq": seq}) for seq in range(1, 101)]
    await asyncio.gather(
        *(announce_changes(cast.club.pk, [EncodedChange(seq, text, text)]) for seq, text in enumerate(texts, start=1))
    )
    await eventually(lambda: socket.types().count("entry.added") == 100)
    frames = [json.loads(text) for text in socket.frames[1:]]
    numbers = [one["entry"]["seq"] for found in frames for one in (found if isinstance(found, list) else [found])]
    assert numbers == list(range(1, 101))
    assert len(frames) < 20


async def test_too_many_missed_changes_make_all_clients_start_over(cast: ClubCast, layer: UnreliableLayer) -> None:
    socket, wall = cast.member(), cast.wall()
    await socket.frame(0)
    await wall.frame(0)
    await on_database(post)(cast.members[1], cast.club.pk, "Look")
    entry_id = (await socket.frame(1))["entry"]["id"]
    layer.is_away = True
    await on_database(set_seq)(entry_id, 600)

    for one in (socket, wall):
        assert await one.frame(2) == {"type": "feed.reset", "seq": 600}
    again = cast.member(1)
    hello = await again.frame(0)
    assert (hello["seq"], hello["complete"], len(hello["entries"])) == (600, True, 1)
    layer.is_away = False
    await on_database(post)(cast.members[1], cast.club.pk, "Next")
    assert (await again.frame(1))["entry"]["seq"] == 601


def set_seq(entry_id: int, seq: int) -> None:
    """Give an entry and its club a number as high as after hundreds of cheers."""
    from strava_live.clubs.models import Club
    from strava_live.feed.models import Entry

    Entry.objects.filter(pk=entry_id).update(seq=seq)
    Club.objects.update(seq=seq)


async def test_sockets_of_a_deleted_club_are_closed(cast: ClubCast) -> None:
    socket, wall = cast.member(), cast.wall()
    await socket.frame(0)
    await wall.frame(0)
    await on_database(cast.club.delete)()
    assert await socket.close_code() == 4404
    assert await wall.close_code() == 4404


async def test_old_sockets_are_closed_so_that_clients_reconnect(cast: ClubCast, settings: Settings) -> None:
    settings.SOCKET_REDIAL_S = 0.0, 0.0
    settings.SOCKET_RECHECK_S = 0.1
    assert await cast.member().close_code() == 4012


async def test_socket_is_closed_with_4013_while_the_database_is_away(
    cast: ClubCast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(requests: Requests) -> list[authorizer.FeedAccess | int]:
        raise OperationalError

    monkeypatch.setattr(authorizer, "find_members", away)
    socket = cast.member()
    assert await socket.close_code() == 4013
    assert socket.frames == []


async def test_hub_keeps_nothing_of_closed_sockets(cast: ClubCast) -> None:
    sockets = [cast.member(0), cast.member(1), cast.wall()]
    for socket in sockets:
        await socket.frame(0)
    for socket in sockets:
        socket.disconnect()
        await socket.close_code()
    here = hub()
    assert not here.registry.connections
    assert not here.registry.connections_by_target
    assert not list(here.rooms[cast.club.pk].all_connections())


async def test_room_that_is_joined_while_empty_rooms_are_closed_stays_open(
    cast: ClubCast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rooms are closed. While the hub unsubscribes from the first, a member joins the second again."""
    here = hub()
    joined = here.rooms.setdefault(cast.club.pk, Room(cast.club.pk, here.process_id))
    closed_first = here.rooms.setdefault(0, Room(0, here.process_id))
    here.rooms = {0: closed_first, cast.club.pk: joined}
    closed_first.empty_since = joined.empty_since = -1_000_000.0
    sockets: list[InProcessSocket] = []

    async def unsubscribe(group: str) -> None:
        if not sockets:
            sockets.append(cast.member(0))
            await sockets[0].frame(0)

    monkeypatch.setattr(here.subscriptions, "unsubscribe", unsubscribe)
    await here.close_empty_rooms()
    await on_database(post)(cast.members[1], cast.club.pk, "Still heard?")

    assert (await sockets[0].frame(1))["entry"]["text"] == "Still heard?"
