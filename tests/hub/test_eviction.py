"""Evictions (the server closes sockets of a person or screen) work whether the channel layer delivers them or not.

The regular recheck keeps its real pause of 180 seconds, so that no test passes because of it.
"""

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
from tests.hub.club_cast import ClubCast
from tests.hub.in_process_socket import InProcessSocket, eventually
from tests.hub.unreliable import UnreliableLayer

Requests = list[tuple[str, str]]


@pytest.fixture(autouse=True)
def frequent_checks(settings: Settings) -> None:
    settings.HUB_LOOK_S, settings.HUB_ECHO_WITHIN_S = 0.1, 0.2
    assert settings.SOCKET_RECHECK_S == 180


async def assert_open(socket: InProcessSocket) -> None:
    """Check that a ping is answered."""
    before = len(socket.frames)
    socket.send('{"type":"ping"}')
    await eventually(lambda: any("pong" in frame for frame in socket.frames[before:]))


def rejoin(club: Club, user_id: int) -> None:
    Membership.objects.create(club=club, user_id=user_id)


async def check_database(times: int = 2) -> None:
    for _ in range(times):
        await hub().check_database()


async def test_removed_member_and_revoked_screen_are_closed_while_the_layer_is_away(
    cast: ClubCast, layer: UnreliableLayer
) -> None:
    removed, stays, wall = cast.member(0), cast.member(1), cast.wall()
    for socket in (removed, stays, wall):
        await socket.frame(0)
    layer.is_away = True

    await on_database(leave)(cast.club.pk, cast.members[0])
    assert await removed.close_code() == Close.NOT_ALLOWED
    screen = await on_database(Screen.objects.get)()
    await on_database(revoke_screen)(cast.club.pk, screen.pk)
    assert await wall.close_code() == Close.NOT_ALLOWED
    await assert_open(stays)


async def test_removal_is_found_by_the_eviction_number(
    cast: ClubCast, layer: UnreliableLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The announcement fails in another process. The channel layer works for this one, so its hub notices no loss."""
    socket = cast.member(0)
    await socket.frame(0)

    async def lost(*_: object) -> bool:
        return True

    monkeypatch.setattr("strava_live.broadcast.send", lost)
    await on_database(leave)(cast.club.pk, cast.members[0])

    assert await socket.close_code() == Close.NOT_ALLOWED


async def test_member_authorized_just_before_the_removal_is_rechecked(
    cast: ClubCast, layer: UnreliableLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub reads the club's raised number of evictions after the connection is authorized, before it registers."""
    stays = cast.member(1)
    await stays.frame(0)
    layer.is_away = True

    def read_then_remove(requests: Requests) -> list[authorizer.FeedAccess | int]:
        read = find_members(requests)
        leave(cast.club.pk, cast.members[0])
        async_to_sync(check_database)()
        return read

    find_members = authorizer.find_members
    hub().authorizer.members.answer = read_then_remove
    removed = cast.member(0)

    assert await removed.close_code() == Close.NOT_ALLOWED
    await assert_open(stays)


async def test_member_who_has_joined_again_stays_despite_late_evictions(cast: ClubCast, layer: UnreliableLayer) -> None:
    """The old eviction arrives after the new connection, and then another member is evicted."""
    await on_database(leave)(cast.club.pk, cast.members[0])
    await on_database(rejoin)(cast.club, cast.members[0])
    socket, removed = cast.member(0), cast.member(1)
    await socket.frame(0)
    await removed.frame(0)

    await close_sockets(member_target(cast.club.pk, cast.members[0]), Close.NOT_ALLOWED, 1)
    await on_database(leave)(cast.club.pk, cast.members[1])
    assert await removed.close_code() == Close.NOT_ALLOWED
    await check_database()
    again = cast.member(0)
    await again.frame(0)
    for one in (socket, again):
        await assert_open(one)


async def test_screen_with_a_new_key_stays_when_the_old_key_is_revoked(cast: ClubCast, layer: UnreliableLayer) -> None:
    old = cast.wall()
    await old.frame(0)
    screen = await on_database(Screen.objects.get)()
    layer.is_away = True
    await on_database(revoke_screen)(cast.club.pk, screen.pk)
    new_screen = await on_database(put_up_screen)(cast.club.pk)
    new = InProcessSocket(f"/ws/screens/{new_screen.secret.reveal()}/").connect()
    await new.frame(0)

    assert await old.close_code() == Close.NOT_ALLOWED
    await check_database()
    await assert_open(new)


async def test_failed_recheck_is_repeated(
    cast: ClubCast, layer: UnreliableLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = cast.member(0)
    await socket.frame(0)
    layer.is_away = True
    recheck = Hub.recheck
    failures: list[object] = []

    async def fail_twice(here: Hub, connections: object) -> None:
        if connections and len(failures) < 2:
            failures.append(connections)
            raise ZeroDivisionError
        await recheck(here, connections)  # type: ignore[arg-type]

    monkeypatch.setattr(Hub, "recheck", fail_twice)
    await on_database(leave)(cast.club.pk, cast.members[0])

    assert await socket.close_code() == Close.NOT_ALLOWED
    assert len(failures) == 2


def sign_out(session: str) -> Callable[[], object]:
    return lambda: Session.objects.filter(pk=session).delete()


async def test_sign_out_closes_club_and_sync_sockets_while_the_layer_is_away(
    cast: ClubCast, layer: UnreliableLayer
) -> None:
    socket, mine, stays = cast.member(0), InProcessSocket("/ws/sync/", cast.sessions[0]).connect(), cast.member(1)
    for one in (socket, mine, stays):
        await one.frame(0)
    layer.is_away = True

    await on_database(sign_out(cast.sessions[0]))()
    await close_sockets(session_target(cast.sessions[0]), Close.NOT_SIGNED_IN)

    assert (await socket.close_code(), await mine.close_code()) == (Close.NOT_SIGNED_IN, Close.NOT_SIGNED_IN)
    await assert_open(stays)


async def test_sign_out_between_two_received_pings_is_found_after_a_reconnection(
    cast: ClubCast, layer: UnreliableLayer
) -> None:
    """The channel layer was away for less than the pause between pings, and reports that it has reconnected."""
    socket = cast.member(0)
    await socket.frame(0)
    await eventually(lambda: hub().layer_monitor.received > 1)
    await on_database(sign_out(cast.sessions[0]))()
    await check_database()
    assert socket.code is None

    hub().handle_event({"type": "reconnected"})

    assert await socket.close_code() == Close.NOT_SIGNED_IN


async def test_eviction_that_could_not_be_published_is_published_later(cast: ClubCast, layer: UnreliableLayer) -> None:
    """If only the publishing process is cut off, the hubs of other processes note no loss."""
    unsent_evictions.clear()
    socket = cast.member(0)
    await socket.frame(0)
    layer.is_away = True
    await close_sockets(person_target(cast.members[0]), Close.GOING_AWAY)
    assert len(unsent_evictions) == 1
    layer.is_away = False

    assert await socket.close_code() == Close.GOING_AWAY
    assert not unsent_evictions


async def test_no_recheck_while_all_pings_arrive(cast: ClubCast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pings of other processes do not count."""
    socket = cast.member(0)
    await socket.frame(0)
    await eventually(lambda: hub().layer_monitor.received > 1)
    monkeypatch.setattr(hub(), "recheck", None)
    await send(EVICTIONS, {"type": "ping", "process": "other", "number": 999})
    received = hub().layer_monitor.received

    await eventually(lambda: hub().layer_monitor.received > received + 3)

    assert hub().layer_monitor.check() == 0
    await assert_open(socket)


async def test_lost_ping_causes_a_recheck_and_no_more_later(cast: ClubCast, layer: UnreliableLayer) -> None:
    here = hub()
    await eventually(lambda: here.layer_monitor.received > 1)
    losses = here.layer_monitor.check()
    layer.is_away = True
    await eventually(lambda: here.layer_monitor.is_overdue)
    layer.is_away = False
    await eventually(lambda: not here.layer_monitor.is_overdue and here.layer_monitor.possible_losses > losses)
    settled = here.layer_monitor.possible_losses
    await eventually(lambda: here.losses_handled == settled)
    await check_database()
    assert here.layer_monitor.check() == settled
