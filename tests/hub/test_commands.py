"""What clients ask for: done beside their conversations, in order, and in nobody's way."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from django.db import OperationalError

from strava_live.database import for_writers, on_database
from strava_live.protocol import Close
from tests.hub.conftest import Cast
from tests.hub.telephone import eventually
from tests.live.founding import table


async def test_a_command_that_the_database_refuses_is_answered(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError

    call = cast.member().dial()
    await call.next(0)
    monkeypatch.setattr("strava_live.live.club.post", away)
    call.say('{"type":"post.create","text":"Hello","ref":"1"}')
    assert (await call.next(1))["code"] == "try_again"
    call.say('{"type":"ping"}')
    assert await call.next(2) == {"type": "pong"}


async def test_who_comes_and_posts_stands_behind_no_chunk(cast: Cast) -> None:
    """However many syncs keep the process's own threads busy."""
    async with all_waiting(on_database):
        call = cast.member().dial()
        assert (await call.next(0))["type"] == "hello"
        call.say('{"type":"post.create","text":"First!"}')
        assert (await call.next(1))["entry"]["text"] == "First!"


async def test_who_comes_stands_behind_nobody_who_waits_for_a_turn(cast: Cast) -> None:
    async with all_waiting(for_writers):
        assert (await cast.member().dial().next(0))["type"] == "hello"


async def test_ping_is_answered_while_a_command_waits_and_commands_keep_their_order(cast: Cast) -> None:
    """Also those of somebody who has said good-bye since."""
    call = cast.member(0).dial()
    await call.next(0)
    async with all_waiting(for_writers):
        for text in ("one", "two", "three"):
            call.say(f'{{"type":"post.create","text":"{text}"}}')
        call.say('{"type":"ping"}')
        assert await call.next(1) == {"type": "pong"}
        call.hang_up()
    await call.ended()
    told = sorted(await on_database(table)(cast.club.pk), key=lambda entry: int(entry["seq"]))
    assert [entry["text"] for entry in told] == ["one", "two", "three"]


async def test_who_asks_for_more_than_can_be_done_is_sent_away(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("strava_live.live.socket.MOST_WAITING", 5)
    call = cast.member(0).dial()
    await call.next(0)
    async with all_waiting(for_writers):
        for number in range(7):  # one is being done, five wait
            call.say(f'{{"type":"post.create","text":"{number}"}}')
        await eventually(lambda: call.code)
    assert call.code == Close.TOO_MANY
    await call.ended()


async def test_command_that_fails_unexpectedly_ends_this_socket_alone(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object) -> None:
        raise ZeroDivisionError

    call, other = cast.member(0).dial(), cast.member(1).dial()
    await call.next(0)
    await other.next(0)
    monkeypatch.setattr("strava_live.live.club.post", stumble)
    call.say('{"type":"post.create","text":"Hello"}')
    assert await call.ended() == Close.TRY_LATER
    other.say('{"type":"ping"}')
    assert await other.next(1) == {"type": "pong"}


@contextlib.asynccontextmanager
async def all_waiting(
    queue: Callable[[Callable[[], bool]], Callable[[], Awaitable[bool]]],
) -> AsyncIterator[None]:
    """Ten who take up its threads until the end."""
    done = threading.Event()
    taken = [asyncio.ensure_future(queue(done.wait)()) for _ in range(10)]
    try:
        yield
        assert not any(one.done() for one in taken)
    finally:
        done.set()
        await asyncio.gather(*taken)
