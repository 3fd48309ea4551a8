"""Who may stay no longer is closed out, whether or not Redis carries the announcement. With the real 180 seconds
between regular rechecks: nothing here waits for those."""

from collections.abc import Callable

import pytest
from asgiref.sync import async_to_sync
from django.contrib.sessions.models import Session
from pytest_django import Settings

from strava_live.broadcast import (
    EVICTIONS,
    close_sockets,
    member_target,
    person_target,
    send,
    session_target,
    unsent_evictions,
)
from strava_live.clubs.keys import put_up_screen, revoke_screen
from strava_live.clubs.models import Club, Membership, Screen
from strava_live.database import on_database
from strava_live.hub import authorizer
from strava_live.hub.hub import Hub, hub
from strava_live.membership.leaving import leave
from strava_live.protocol import Close
from tests.hub.conftest import Cast
from tests.hub.telephone import Call, eventually
from tests.hub.unreliable import UnreliableLayer

Knocks = list[tuple[str, str]]


@pytest.fixture(autouse=True)
def quick_looks(settings: Settings) -> None:
    settings.HUB_LOOK_S, settings.HUB_ECHO_WITHIN_S = 0.1, 0.2
    assert settings.SOCKET_RECHECK_S == 180


async def answers(call: Call) -> None:
    before = len(call.frames)
    call.say('{"type":"ping"}')
    await eventually(lambda: any("pong" in frame for frame in call.frames[before:]))


def rejoin(club: Club, user_id: int) -> None:
    Membership.objects.create(club=club, user_id=user_id)


async def looked(times: int = 2) -> None:
    """The hub has read the tables so often since."""
    for _ in range(times):
        await hub().look()


async def test_removed_member_and_revoked_screen_go_while_the_layer_is_away(cast: Cast, layer: UnreliableLayer) -> None:
    removed, stays, wall = cast.member(0).dial(), cast.member(1).dial(), cast.wall().dial()
    for call in (removed, stays, wall):
        await call.next(0)
    layer.is_away = True

    await on_database(leave)(cast.club.pk, cast.members[0])
    assert await removed.ended() == Close.NOT_ALLOWED
    screen = await on_database(Screen.objects.get)()
    await on_database(revoke_screen)(cast.club.pk, screen.pk)
    assert await wall.ended() == Close.NOT_ALLOWED
    await answers(stays)


async def test_removal_is_noticed_by_the_clubs_number_alone(
    cast: Cast, layer: UnreliableLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a hub that hears itself well: the process that removed the member could not announce it."""
    call = cast.member(0).dial()
    await call.next(0)

    async def lost(*_: object) -> bool:
        return True

    monkeypatch.setattr("strava_live.broadcast.send", lost)
    await on_database(leave)(cast.club.pk, cast.members[0])

    assert await call.ended() == Close.NOT_ALLOWED


async def test_one_who_was_authorized_by_a_table_read_just_before_is_rechecked(
    cast: Cast, layer: UnreliableLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub has seen the higher number before the connection is there, which was authorized before it."""
    stays = cast.member(1).dial()
    await stays.next(0)
    layer.is_away = True

    def read_and_overtaken(knocks: Knocks) -> list[authorizer.Admitted | int]:
        read = members(knocks)
        leave(cast.club.pk, cast.members[0])
        async_to_sync(looked)()
        return read

    members = authorizer.members
    hub().authorizer.members.answer = read_and_overtaken
    removed = cast.member(0).dial()

    assert await removed.ended() == Close.NOT_ALLOWED
    await answers(stays)


async def test_who_has_joined_again_stays_whatever_arrives_late(cast: Cast, layer: UnreliableLayer) -> None:
    """Also while others are evicted, and when announcements come after the new connection."""
    await on_database(leave)(cast.club.pk, cast.members[0])
    await on_database(rejoin)(cast.club, cast.members[0])
    call, goes = cast.member(0).dial(), cast.member(1).dial()
    await call.next(0)
    await goes.next(0)

    await close_sockets(member_target(cast.club.pk, cast.members[0]), Close.NOT_ALLOWED, 1)
    await on_database(leave)(cast.club.pk, cast.members[1])
    assert await goes.ended() == Close.NOT_ALLOWED
    await looked()
    again = cast.member(0).dial()
    await again.next(0)
    for one in (call, again):
        await answers(one)


async def test_new_key_stays_when_the_old_one_is_revoked(cast: Cast, layer: UnreliableLayer) -> None:
    old = cast.wall().dial()
    await old.next(0)
    screen = await on_database(Screen.objects.get)()
    layer.is_away = True
    await on_database(revoke_screen)(cast.club.pk, screen.pk)
    new_screen = await on_database(put_up_screen)(cast.club.pk)
    new = Call(f"/ws/screens/{new_screen.secret.reveal()}/").dial()
    await new.next(0)

    assert await old.ended() == Close.NOT_ALLOWED
    await looked()
    await answers(new)


async def test_failed_recheck_is_done_again(
    cast: Cast, layer: UnreliableLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = cast.member(0).dial()
    await call.next(0)
    layer.is_away = True
    recheck = Hub.recheck
    failures: list[object] = []

    async def stumble(here: Hub, connections: object) -> None:
        if connections and len(failures) < 2:
            failures.append(connections)
            raise ZeroDivisionError
        await recheck(here, connections)  # type: ignore[arg-type]

    monkeypatch.setattr(Hub, "recheck", stumble)
    await on_database(leave)(cast.club.pk, cast.members[0])

    assert await call.ended() == Close.NOT_ALLOWED
    assert len(failures) == 2


def sign_out(session: str) -> Callable[[], object]:
    return lambda: Session.objects.filter(pk=session).delete()


async def test_signed_out_while_the_layer_is_away(cast: Cast, layer: UnreliableLayer) -> None:
    """Of members, and of sockets that belong to no club."""
    call, mine, stays = cast.member(0).dial(), Call("/ws/sync/", cast.sessions[0]).dial(), cast.member(1).dial()
    for one in (call, mine, stays):
        await one.next(0)
    layer.is_away = True

    await on_database(sign_out(cast.sessions[0]))()
    await close_sockets(session_target(cast.sessions[0]), Close.NOT_SIGNED_IN)

    assert (await call.ended(), await mine.ended()) == (Close.NOT_SIGNED_IN, Close.NOT_SIGNED_IN)
    await answers(stays)


async def test_signed_out_between_two_pings_that_came_back(cast: Cast, layer: UnreliableLayer) -> None:
    """The layer was away for a moment in which no ping was sent, and says that it has connected again."""
    call = cast.member(0).dial()
    await call.next(0)
    await eventually(lambda: hub().echo.heard > 1)
    await on_database(sign_out(cast.sessions[0]))()
    await looked()
    assert call.code is None

    hub().hear({"type": "reconnected"})

    assert await call.ended() == Close.NOT_SIGNED_IN


async def test_eviction_that_could_not_be_published_is_published_later(cast: Cast, layer: UnreliableLayer) -> None:
    """As by a process that alone has no connection: no other has reason to doubt what it hears."""
    unsent_evictions.clear()
    call = cast.member(0).dial()
    await call.next(0)
    layer.is_away = True
    await close_sockets(person_target(cast.members[0]), Close.GOING_AWAY)
    assert len(unsent_evictions) == 1
    layer.is_away = False

    assert await call.ended() == Close.GOING_AWAY
    assert not unsent_evictions


async def test_process_that_hears_itself_rechecks_nobody(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor one that is pinged by others."""
    call = cast.member(0).dial()
    await call.next(0)
    await eventually(lambda: hub().echo.heard > 1)
    monkeypatch.setattr(hub(), "recheck", None)
    await send(EVICTIONS, {"type": "ping", "process": "another", "number": 999})
    heard = hub().echo.heard

    await eventually(lambda: hub().echo.heard > heard + 3)

    assert hub().echo.doubts() == 0
    await answers(call)


async def test_a_ping_that_was_lost_is_one_doubt(cast: Cast, layer: UnreliableLayer) -> None:
    here = hub()
    await eventually(lambda: here.echo.heard > 1)
    doubts = here.echo.doubts()
    layer.is_away = True
    await eventually(lambda: here.echo.is_deaf)
    layer.is_away = False
    await eventually(lambda: not here.echo.is_deaf and here.echo.count > doubts)
    settled = here.echo.count
    await eventually(lambda: here.rechecked_for == settled)
    await looked()
    assert here.echo.doubts() == settled
