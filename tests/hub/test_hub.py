"""The hub in one process, with sockets that no server of ours serves."""

import asyncio
import json
import threading
import time
from itertools import pairwise

import pytest
from asgiref.sync import async_to_sync
from django.db import OperationalError
from pytest_django import Settings

from strava_live.broadcast import News, announce_news, announce_to_member, close_sockets, member_target
from strava_live.database import on_database
from strava_live.feed.posts import post
from strava_live.hub import authorizer
from strava_live.hub.hub import hub
from strava_live.hub.rooms import Room
from strava_live.hub.snapshots import Asked, Hello, hellos
from strava_live.protocol import CheerMine, Close
from tests.hub.conftest import Cast
from tests.hub.telephone import Call, eventually
from tests.hub.unreliable import UnreliableLayer
from tests.patience import PATIENCE_S

Knocks = list[tuple[str, str]]


async def test_shown_out_while_the_table_was_read(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table still had them as a member; by the time they come in, they are none."""

    def read_and_overtaken(knocks: Knocks) -> list[authorizer.Admitted | int]:
        answers = members(knocks)
        async_to_sync(close_sockets)(member_target(cast.club.pk, cast.members[0]), Close.NOT_ALLOWED)
        return answers

    members = authorizer.members
    monkeypatch.setattr(authorizer, "members", read_and_overtaken)
    async with asyncio.timeout(PATIENCE_S):
        first, stays = cast.member(0).dial(), cast.member(1).dial()
        assert await first.ended() == 4403
        assert (await stays.next(0))["type"] == "hello"
    assert first.kinds() == []


async def test_shown_out_while_the_snapshot_was_read(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_and_overtaken(asked: list[Asked]) -> list[Hello | None]:
        read = hellos(asked)
        async_to_sync(close_sockets)(member_target(cast.club.pk, cast.members[0]), Close.NOT_ALLOWED)
        time.sleep(0.05)
        return read

    monkeypatch.setattr(authorizer, "hellos", read_and_overtaken)
    call = cast.member().dial()
    assert await call.ended() == 4403
    assert call.kinds() == []
    assert not list(hub().rooms[cast.club.pk].everybody())


async def test_snapshot_that_is_older_than_what_the_room_began_with_is_read_anew(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a member and a wall who come together the member's is read first, and the wall's arrives first."""
    both_wait = threading.Event()

    def one_after_another(asked: list[Asked]) -> list[Hello | None]:
        if not both_wait.is_set():
            both_wait.wait(5)
            return hellos(asked)
        members = {one: hello for one in asked if one.viewer_id for hello in hellos([one])}
        if members:
            monkeypatch.setattr(doorman_of_hub.snapshots, "answer", hellos)
            post(cast.members[0], cast.club.pk, "Between the two")
        return [members.get(one) or hellos([one])[0] for one in asked]

    doorman_of_hub = hub().authorizer
    monkeypatch.setattr(doorman_of_hub.snapshots, "answer", one_after_another)
    held_up = cast.member(1).dial()
    await eventually(lambda: hub().rooms and doorman_of_hub.snapshots.answering)
    wall = cast.wall().dial()
    await eventually(lambda: len(doorman_of_hub.snapshots.waiting) == 1)
    member = cast.member(0).dial()
    await eventually(lambda: len(doorman_of_hub.snapshots.waiting) == 2)
    await close_sockets(member_target(cast.club.pk, cast.members[1]), Close.NOT_ALLOWED)
    await eventually(lambda: held_up.code)
    both_wait.set()

    assert [(await call.next(0))["seq"] for call in (wall, member)] == [1, 1]
    await on_database(post)(cast.members[0], cast.club.pk, "After both")
    assert [(await call.next(1))["entry"]["seq"] for call in (wall, member)] == [2, 2]


async def test_snapshot_that_stays_older_than_the_room_is_asked_for_less_and_less_often(
    cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not for ever: the client is to try again later."""
    settings.HUB_STALE_SNAPSHOT_PAUSES_S = 0.02, 0.05, 0.1
    stays = cast.member(1).dial()
    await stays.next(0)
    await on_database(post)(cast.members[1], cast.club.pk, "Look")
    await stays.next(1)
    asked_at: list[float] = []
    stale = await on_database(hellos)([Asked(cast.club.pk, None, cast.members[0])])

    def always_stale(asked: list[Asked]) -> list[Hello | None]:
        asked_at.append(time.monotonic())
        return stale

    hub().rooms[cast.club.pk].begins_at = 99
    monkeypatch.setattr(hub().authorizer.snapshots, "answer", always_stale)
    call = cast.member(0).dial()

    assert await call.ended() == Close.TRY_LATER
    assert call.frames == []
    pauses = [later - earlier for earlier, later in pairwise(asked_at)]
    assert [pause >= least for pause, least in zip(pauses, (0.01, 0.025, 0.05), strict=True)] == [True] * 3
    stays.say('{"type":"ping"}')
    assert await stays.next(2) == {"type": "pong"}


async def test_hello_comes_first_whatever_is_told_meanwhile(cast: Cast) -> None:
    """Also what is told to one person only, from the moment on in which the club is heard here."""
    call = cast.member().dial()
    async with asyncio.timeout(PATIENCE_S):
        while "cheer.mine" not in call.kinds():
            told = CheerMine(id=1, cheered=True)
            await asyncio.gather(announce_to_member(cast.club.pk, cast.members[0], told), asyncio.sleep(0.0002))
    assert call.kinds()[0] == "hello"


async def test_sockets_open_and_are_told_while_the_layer_is_away(cast: Cast, layer: UnreliableLayer) -> None:
    layer.is_away = True
    call, wall = cast.member().dial(), cast.wall().dial()
    assert (await call.next(0))["type"] == (await wall.next(0))["type"] == "hello"
    await on_database(post)(cast.members[1], cast.club.pk, "Nobody could announce this")
    assert (await call.next(1))["entry"]["text"] == (await wall.next(1))["entry"]["text"]

    layer.is_away = False
    await eventually(lambda: layer.groups.get(f"club.{cast.club.pk}"))
    await close_sockets(member_target(cast.club.pk, cast.members[0]), Close.NOT_ALLOWED)
    assert await call.ended() == 4403


async def test_who_comes_while_the_process_is_being_stopped_is_sent_to_another(cast: Cast) -> None:
    here = cast.member(0).dial()
    await here.next(0)
    await hub().close()

    late = cast.member(1).dial()

    assert await late.ended() == Close.GOING_AWAY
    assert late.kinds() == []


async def test_who_does_not_read_is_told_to_redial_and_delays_nobody(cast: Cast, settings: Settings) -> None:
    settings.SOCKET_UNSENT_MOST = 20_000
    stuck, reader = cast.member(0).dial(), cast.member(1).dial()
    await stuck.next(0)
    await reader.next(0)
    stuck.reads.clear()

    for seq in range(1, 101):
        text = json.dumps({"type": "entry.added", "entry": {"id": seq, "seq": seq, "text": "x" * 1000}})
        await announce_news(cast.club.pk, [News(seq, text, text)])
        await asyncio.sleep(0.001)
    await eventually(lambda: reader.kinds().count("entry.added") == 100)
    here = hub().rooms[cast.club.pk]
    assert sum(getattr(line, "unsent", 0) for line in here.members.values()) < 25_000
    stuck.reads.set()
    assert await stuck.ended() == 4012


async def test_what_comes_while_much_is_told_goes_together(cast: Cast) -> None:
    call = cast.member().dial()
    await call.next(0)
    made = [json.dumps({"type": "entry.added", "entry": {"seq": seq}}) for seq in range(1, 101)]
    await asyncio.gather(
        *(announce_news(cast.club.pk, [News(seq, text, text)]) for seq, text in enumerate(made, start=1))
    )
    await eventually(lambda: call.kinds().count("entry.added") == 100)
    told = [json.loads(frame) for frame in call.frames[1:]]
    numbers = [one["entry"]["seq"] for frame in told for one in (frame if isinstance(frame, list) else [frame])]
    assert numbers == list(range(1, 101))
    assert len(told) < 20


async def test_more_than_anybody_is_told_one_by_one_starts_everybody_anew(cast: Cast, layer: UnreliableLayer) -> None:
    call, wall = cast.member().dial(), cast.wall().dial()
    await call.next(0)
    await wall.next(0)
    await on_database(post)(cast.members[1], cast.club.pk, "Look")
    entry_id = (await call.next(1))["entry"]["id"]
    layer.is_away = True
    await on_database(changed_by_hand)(entry_id, 600)

    for one in (call, wall):
        assert await one.next(2) == {"type": "feed.reset", "seq": 600}
    again = cast.member(1).dial()
    hello = await again.next(0)
    assert (hello["seq"], hello["complete"], len(hello["entries"])) == (600, True, 1)
    layer.is_away = False
    await on_database(post)(cast.members[1], cast.club.pk, "And on")
    assert (await again.next(1))["entry"]["seq"] == 601


def changed_by_hand(entry_id: int, seq: int) -> None:
    """As if it had been cheered for hundreds of times."""
    from strava_live.clubs.models import Club
    from strava_live.feed.models import Entry

    Entry.objects.filter(pk=entry_id).update(seq=seq)
    Club.objects.update(seq=seq)


async def test_a_club_that_is_gone_has_no_sockets(cast: Cast) -> None:
    call, wall = cast.member().dial(), cast.wall().dial()
    await call.next(0)
    await wall.next(0)
    await on_database(cast.club.delete)()
    assert await call.ended() == 4404
    assert await wall.ended() == 4404


async def test_everybody_redials_some_day(cast: Cast, settings: Settings) -> None:
    settings.SOCKET_REDIAL_S = 0.0, 0.0
    settings.SOCKET_RECHECK_S = 0.1
    assert await cast.member().dial().ended() == 4012


async def test_a_database_that_does_not_answer_lets_nobody_in_for_good(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(knocks: Knocks) -> list[authorizer.Admitted | int]:
        raise OperationalError

    monkeypatch.setattr(authorizer, "members", away)
    call = cast.member().dial()
    assert await call.ended() == 4013
    assert call.frames == []


async def test_nothing_is_left_of_who_has_gone(cast: Cast) -> None:
    calls = [cast.member(0).dial(), cast.member(1).dial(), cast.wall().dial()]
    for call in calls:
        await call.next(0)
    for call in calls:
        call.hang_up()
        await call.ended()
    here = hub()
    assert not here.connections
    assert not here.named
    assert not list(here.rooms[cast.club.pk].everybody())


async def test_room_that_is_entered_while_empty_ones_are_closed_stays_open(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two were empty long enough. Leaving the first takes a moment, in which somebody comes to the other."""
    here = hub()
    entered = here.rooms.setdefault(cast.club.pk, Room(cast.club.pk, here.process))
    left_first = here.rooms.setdefault(0, Room(0, here.process))
    here.rooms = {0: left_first, cast.club.pk: entered}
    left_first.empty_since = entered.empty_since = -1_000_000.0
    calls: list[Call] = []

    async def leave(group: str) -> None:
        if not calls:
            calls.append(cast.member(0).dial())
            await calls[0].next(0)

    monkeypatch.setattr(here.subscriptions, "leave", leave)
    await here.close_empty_rooms()
    await on_database(post)(cast.members[1], cast.club.pk, "Still heard?")

    assert (await calls[0].next(1))["entry"]["text"] == "Still heard?"
