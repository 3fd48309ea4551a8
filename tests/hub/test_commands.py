"""Commands of clients: carried out in order, while messages are received, without delaying other sockets."""

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings

from strava_live.broadcast import member_target
from strava_live.clubs.models import Club, Membership
from strava_live.database import for_writers, on_database
from strava_live.feed.models import Entry
from strava_live.hub.hub import hub
from strava_live.protocol import Close
from strava_live.social.posts import post
from strava_live.write_queue import club_key, writers
from tests.busy_threads import all_threads_busy
from tests.hub.club_cast import ClubCast
from tests.hub.in_process_socket import InProcessSocket, eventually
from tests.live.founding import table


async def test_command_that_fails_in_the_database_is_answered_with_try_again(
    cast: ClubCast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError

    socket = cast.member()
    await socket.frame(0)
    monkeypatch.setattr("strava_live.live.club.post", away)
    socket.send('{"type":"post.create","text":"Hello","ref":"1"}')
    assert (await socket.frame(1))["code"] == "try_again"
    socket.send('{"type":"ping"}')
    assert await socket.frame(2) == {"type": "pong"}


async def test_new_socket_and_its_post_do_not_wait_for_syncs(cast: ClubCast) -> None:
    """All database threads for background work, such as syncs, are busy."""
    async with all_threads_busy(on_database):
        socket = cast.member()
        assert (await socket.frame(0))["type"] == "hello"
        socket.send('{"type":"post.create","text":"First!"}')
        assert (await socket.frame(1))["entry"]["text"] == "First!"


async def test_new_socket_does_not_wait_for_writes(cast: ClubCast) -> None:
    async with all_threads_busy(for_writers):
        assert (await cast.member().frame(0))["type"] == "hello"


async def test_ping_is_answered_while_a_command_waits_and_commands_keep_their_order(cast: ClubCast) -> None:
    """Commands of a client that has disconnected are carried out too."""
    socket = cast.member(0)
    await socket.frame(0)
    async with all_threads_busy(for_writers):
        for text in ("one", "two", "three"):
            socket.send(f'{{"type":"post.create","text":"{text}"}}')
        socket.send('{"type":"ping"}')
        assert await socket.frame(1) == {"type": "pong"}
        socket.disconnect()
    await socket.close_code()
    rows = sorted(await on_database(table)(cast.club.pk), key=lambda entry: int(entry["seq"]))
    assert [entry["text"] for entry in rows] == ["one", "two", "three"]


async def test_command_beyond_the_queue_must_be_sent_again_and_the_socket_stays(
    cast: ClubCast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is slow. The socket is not closed with 4429, after which clients do not reconnect."""
    monkeypatch.setattr("strava_live.live.socket.MAX_QUEUED", 5)
    socket = cast.member(0)
    await socket.frame(0)
    async with all_threads_busy(for_writers):
        socket.send('{"type":"post.create","text":"running"}')
        await eventually(lambda: writers.running)
        for number in range(1, 7):  # five fit the queue
            socket.send(f'{{"type":"post.create","text":"{number}","ref":"{number}"}}')
        error = await socket.frame(1)
        assert (error["code"], error["ref"]) == ("try_again", "6")
    await eventually(lambda: socket.types().count("entry.added") == 6)
    assert socket.code is None


async def test_post_over_the_rate_is_refused_in_words_and_may_be_sent_again(
    cast: ClubCast, few_posts: None, limit_clock: dict[str, float]
) -> None:
    socket = cast.member(0)
    for number in range(21):
        socket.send(f'{{"type":"post.create","text":"Hello","ref":"{number}"}}')
    await eventually(lambda: "error" in socket.types())
    [error] = [one for one in socket.messages() if one["type"] == "error"]
    assert (error["code"], error["ref"]) == ("too_many_requests", "20")
    assert "a lot of posts" in error["message"]
    limit_clock["now"] += 10
    for number in (0, 20):  # the first is stored already
        socket.send(f'{{"type":"post.create","text":"Hello","ref":"{number}"}}')
    await eventually(lambda: socket.types().count("entry.added") == 21)
    assert socket.types().count("error") == 1


async def test_commands_that_wait_too_long_must_be_sent_again(cast: ClubCast, settings: Settings) -> None:
    """The first command waits for another write to the club. The others wait for the first."""
    settings.WRITE_PATIENCE_S = 0.05
    socket = cast.member(0)
    await socket.frame(0)
    async with writers.slot([club_key("striders")]):
        for number in range(3):
            socket.send(f'{{"type":"post.create","text":"{number}","ref":"{number}"}}')
        errors = [await socket.frame(number) for number in (1, 2, 3)]
    assert [(error["code"], error["ref"]) for error in errors] == [("try_again", str(number)) for number in range(3)]
    settings.WRITE_PATIENCE_S = 5.0
    socket.send('{"type":"post.create","text":"again"}')
    assert (await socket.frame(4))["entry"]["text"] == "again"


async def test_commands_that_wait_for_a_club_do_not_delay_other_clubs(cast: ClubCast) -> None:
    await on_database(found_harriers)(cast.members[1])
    blocked = [cast.member(0) for _ in range(4)]
    beside = InProcessSocket("/ws/clubs/harriers/", cast.sessions[1]).connect()
    for socket in (*blocked, beside):
        await socket.frame(0)
    async with writers.slot([club_key("striders")]):
        for socket in blocked:
            socket.send('{"type":"post.create","text":"blocked"}')
        beside.send('{"type":"post.create","text":"beside"}')
        assert (await beside.frame(1))["entry"]["text"] == "beside"
        assert [socket.types() for socket in blocked] == [["hello"]] * 4


@pytest.mark.parametrize("code", [Close.NOT_ALLOWED, Close.TOO_MANY])
async def test_queued_commands_are_dropped_when_the_server_closes_the_socket(cast: ClubCast, code: int) -> None:
    socket = cast.member(0)
    await socket.frame(0)
    async with all_threads_busy(for_writers):
        for text in ("running", "two", "three"):
            socket.send(f'{{"type":"post.create","text":"{text}"}}')
        await eventually(lambda: writers.running)
        if code == Close.TOO_MANY:
            for _ in range(100):
                socket.send('{"type":"ping"}')
        else:
            hub().evict_target(member_target(cast.club.pk, cast.members[0]), code, None)
        await eventually(lambda: socket.code)
    assert await socket.close_code() == code
    assert [entry["text"] for entry in await on_database(table)(cast.club.pk)] == ["running"]


async def test_command_in_the_write_queue_is_dropped_when_the_server_closes_the_socket(cast: ClubCast) -> None:
    socket = cast.member(0)
    await socket.frame(0)
    async with writers.slot([club_key("striders")]):
        socket.send('{"type":"post.create","text":"waits"}')
        await eventually(lambda: writers.waiting)
        hub().evict_target(member_target(cast.club.pk, cast.members[0]), Close.NOT_ALLOWED, None)
    assert await socket.close_code() == Close.NOT_ALLOWED
    assert await on_database(table)(cast.club.pk) == []


async def test_error_carries_the_ref_of_its_command(cast: ClubCast) -> None:
    socket = cast.member(0)
    await socket.frame(0)
    for number, command in enumerate(
        (
            '{"type":"cheer","id":99,"ref":"r"}',
            '{"type":"cheer","id":"x","ref":"r"}',
            '{"type":"post.create","text":" ","ref":"r"}',
            '{"type":"nothing","ref":"r"}',
        ),
        start=1,
    ):
        socket.send(command)
        assert (await socket.frame(number))["ref"] == "r"
    socket.send('{"type":"cheer","id":99}')
    assert "ref" not in await socket.frame(5)
    socket.send(f'{{"type":"cheer","id":99,"ref":"{"x" * 65}"}}')
    assert (await socket.frame(6))["code"] == "bad_message"


async def test_cheer_for_a_hidden_post_is_refused_in_words(cast: ClubCast) -> None:
    entry = await on_database(post)(cast.members[1], cast.club.pk, "Rude")
    await on_database(Entry.objects.filter(pk=entry.pk).update)(hidden_at=timezone.now())
    socket = cast.member(0)
    socket.send(f'{{"type":"cheer","id":{entry.pk},"ref":"r"}}')
    refused = await socket.frame(1)
    assert (refused["code"], refused["message"]) == ("post_hidden", "A captain has hidden this post.")
    socket.send(f'{{"type":"uncheer","id":{entry.pk}}}')
    assert (await socket.frame(2))["type"] == "cheer.mine"


async def test_command_that_fails_unexpectedly_closes_only_its_own_socket(
    cast: ClubCast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    socket, other = cast.member(0), cast.member(1)
    await socket.frame(0)
    await other.frame(0)
    monkeypatch.setattr("strava_live.live.club.post", fail)
    socket.send('{"type":"post.create","text":"Hello"}')
    assert await socket.close_code() == Close.TRY_LATER
    other.send('{"type":"ping"}')
    assert await other.frame(1) == {"type": "pong"}


def found_harriers(user_id: int) -> None:
    club = Club.objects.create(slug="harriers", name="Harriers")
    Membership.objects.create(club=club, user_id=user_id)
