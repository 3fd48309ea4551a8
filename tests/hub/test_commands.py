"""What clients ask for: done beside their conversations, in order, and in nobody's way."""

import pytest
from django.db import OperationalError
from pytest_django import Settings

from strava_live.broadcast import member_target
from strava_live.clubs.models import Club, Membership
from strava_live.database import for_writers, on_database
from strava_live.hub.hub import hub
from strava_live.protocol import Close
from strava_live.write_queue import club_key, writers
from tests.busy_threads import all_waiting
from tests.hub.conftest import Cast
from tests.hub.telephone import Call, eventually
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


async def test_surplus_commands_are_to_be_sent_again_and_the_socket_stays(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clients do not dial again after 4429, and it is not they who are slow."""
    monkeypatch.setattr("strava_live.live.socket.MOST_WAITING", 5)
    call = cast.member(0).dial()
    await call.next(0)
    async with all_waiting(for_writers):
        call.say('{"type":"post.create","text":"is being done"}')
        await eventually(lambda: writers.running)
        for number in range(1, 7):  # five wait
            call.say(f'{{"type":"post.create","text":"{number}","ref":"{number}"}}')
        error = await call.next(1)
        assert (error["code"], error["ref"]) == ("try_again", "6")
    await eventually(lambda: call.kinds().count("entry.added") == 6)
    assert call.code is None


async def test_commands_that_wait_too_long_are_to_be_sent_again(cast: Cast, settings: Settings) -> None:
    """The first waits for another write of the club, the others for the first."""
    settings.WRITE_PATIENCE_S = 0.05
    call = cast.member(0).dial()
    await call.next(0)
    async with writers.slot([club_key("striders")]):
        for number in range(3):
            call.say(f'{{"type":"post.create","text":"{number}","ref":"{number}"}}')
        errors = [await call.next(number) for number in (1, 2, 3)]
    assert [(error["code"], error["ref"]) for error in errors] == [("try_again", str(number)) for number in range(3)]
    settings.WRITE_PATIENCE_S = 5.0
    call.say('{"type":"post.create","text":"again"}')
    assert (await call.next(4))["entry"]["text"] == "again"


async def test_who_waits_for_a_club_takes_no_thread_from_other_clubs(cast: Cast) -> None:
    await on_database(found_harriers)(cast.members[1])
    blocked = [cast.member(0).dial() for _ in range(4)]
    beside = Call("/ws/clubs/harriers/", cast.sessions[1]).dial()
    for call in (*blocked, beside):
        await call.next(0)
    async with writers.slot([club_key("striders")]):
        for call in blocked:
            call.say('{"type":"post.create","text":"blocked"}')
        beside.say('{"type":"post.create","text":"beside"}')
        assert (await beside.next(1))["entry"]["text"] == "beside"
        assert [call.kinds() for call in blocked] == [["hello"]] * 4


@pytest.mark.parametrize("code", [Close.NOT_ALLOWED, Close.TOO_MANY])
async def test_what_still_waits_when_the_server_closes_the_socket_is_not_done(cast: Cast, code: int) -> None:
    call = cast.member(0).dial()
    await call.next(0)
    async with all_waiting(for_writers):
        for text in ("begun", "two", "three"):
            call.say(f'{{"type":"post.create","text":"{text}"}}')
        await eventually(lambda: writers.running)
        if code == Close.TOO_MANY:
            for _ in range(100):
                call.say('{"type":"ping"}')
        else:
            hub().evict_named(member_target(cast.club.pk, cast.members[0]), code, None)
        await eventually(lambda: call.code)
    assert await call.ended() == code
    assert [entry["text"] for entry in await on_database(table)(cast.club.pk)] == ["begun"]


async def test_what_waits_for_its_club_when_the_server_closes_the_socket_is_not_done(cast: Cast) -> None:
    call = cast.member(0).dial()
    await call.next(0)
    async with writers.slot([club_key("striders")]):
        call.say('{"type":"post.create","text":"waits"}')
        await eventually(lambda: writers.waiting)
        hub().evict_named(member_target(cast.club.pk, cast.members[0]), Close.NOT_ALLOWED, None)
    assert await call.ended() == Close.NOT_ALLOWED
    assert await on_database(table)(cast.club.pk) == []


async def test_an_error_carries_the_ref_of_its_command(cast: Cast) -> None:
    call = cast.member(0).dial()
    await call.next(0)
    for number, command in enumerate(
        (
            '{"type":"cheer","id":99,"ref":"r"}',
            '{"type":"cheer","id":"x","ref":"r"}',
            '{"type":"post.create","text":" ","ref":"r"}',
            '{"type":"nothing","ref":"r"}',
        ),
        start=1,
    ):
        call.say(command)
        assert (await call.next(number))["ref"] == "r"
    call.say('{"type":"cheer","id":99}')
    assert "ref" not in await call.next(5)
    call.say(f'{{"type":"cheer","id":99,"ref":"{"x" * 65}"}}')
    assert (await call.next(6))["code"] == "bad_message"


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


def found_harriers(user_id: int) -> None:
    club = Club.objects.create(slug="harriers", name="Harriers")
    Membership.objects.create(club=club, user_id=user_id)
