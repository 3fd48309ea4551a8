"""The header's /ws/notifications/ sockets in this process: counts, the newest notifications, and what is read."""

import json
from functools import partial
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from strava_live.accounts.models import User
from strava_live.database import on_database
from strava_live.feed.models import Entry
from strava_live.membership.leaving import leave
from strava_live.notifications.header import read_header
from strava_live.notifications.models import Notification
from strava_live.notifications.noting import note, take_back
from strava_live.notifications.open_pages import has_page_open
from strava_live.notifications.reading import mark_read
from strava_live.social.posts import delete_post, post
from tests.hub.club_cast import ClubCast
from tests.hub.in_process_socket import InProcessSocket, eventually
from tests.hub.unreliable import UnreliableLayer

PATH = "/ws/notifications/"


async def header(cast: ClubCast, member: int = 0) -> InProcessSocket:
    socket = InProcessSocket(PATH, cast.sessions[member]).connect()
    await socket.frame(0)
    return socket


def messages(socket: InProcessSocket) -> list[dict[str, Any]]:
    frames = [json.loads(text) for text in socket.frames]
    return [message for frame in frames for message in (frame if isinstance(frame, list) else [frame])]


def counts(socket: InProcessSocket) -> tuple[int, int]:
    last = [message for message in messages(socket) if "unread" in message][-1]
    return last["unread"], last["messages"]


@pytest.fixture
def cast(transactional_db: None, layer: UnreliableLayer, athlete: User, clubmate: User, captain: User) -> ClubCast:
    return ClubCast(athlete, clubmate, captain)


@pytest.fixture
async def entry(cast: ClubCast) -> Entry:
    return await on_database(post)(cast.members[0], cast.club.pk, "Who is coming?")


async def cheered(cast: ClubCast, entry: Entry, by: int = 1) -> None:
    """Notify member 0 that another member, 1 or 2, has cheered for their entry."""
    noting = partial(note, cast.members[0], "cheer", f"cheer.{entry.pk}", actor_id=cast.members[by], entry=entry)
    await on_database(noting)()


async def test_notification_is_added_joined_taken_back_and_removed(cast: ClubCast, entry: Entry) -> None:
    socket, other = await header(cast), await header(cast, 1)
    assert messages(socket)[0] | {"server_time": ""} == {
        "type": "hello",
        "protocol": 1,
        "server_time": "",
        "unread": 0,
        "messages": 0,
        "notifications": [],
    }
    await cheered(cast, entry)
    await eventually(lambda: counts(socket) == (1, 0))
    added = next(message for message in messages(socket) if message["type"] == "notification.added")["notification"]
    assert (added["says"], added["url"], added["read"]) == (
        "Bruno C. cheered your post",
        f"/clubs/striders/#entry-{entry.pk}",
        False,
    )
    await cheered(cast, entry, by=2)
    await eventually(lambda: "notification.changed" in socket.types())
    assert messages(socket)[-1]["notification"]["says"] == "Carol D. and Bruno C. cheered your post"
    assert counts(socket) == (1, 0)
    for by in (1, 2):
        await on_database(take_back)(cast.members[0], f"cheer.{entry.pk}", cast.members[by])
    await eventually(lambda: counts(socket) == (0, 0))
    assert messages(socket)[-2] == {"type": "notification.removed", "id": added["id"]}
    assert other.types() == ["hello"]


async def test_reading_on_one_device_clears_the_others(cast: ClubCast, entry: Entry) -> None:
    await cheered(cast, entry)
    phone, laptop = await header(cast), await header(cast)
    assert counts(laptop) == (1, 0)
    [shown] = messages(phone)[0]["notifications"]
    stranger = await header(cast, 1)
    stranger.send(json.dumps({"type": "notification.read", "id": shown["id"]}))
    stranger.send(json.dumps({"type": "notification.read", "all": True}))
    stranger.send('{"type":"ping"}')
    phone.send(json.dumps({"type": "notification.read", "ref": "which"}))
    await eventually(lambda: "error" in phone.types())
    assert counts(phone) == (1, 0)

    phone.send(json.dumps({"type": "notification.read", "id": shown["id"]}))
    await eventually(lambda: counts(laptop) == (0, 0))

    assert messages(laptop)[-2] == {"type": "notification.changed", "notification": shown | {"read": True}}
    assert counts(phone) == (0, 0)


async def test_removed_entry_takes_its_notifications(cast: ClubCast, entry: Entry) -> None:
    await cheered(cast, entry)
    socket = await header(cast)
    await on_database(delete_post)(cast.members[0], entry.pk)
    await eventually(lambda: counts(socket) == (0, 0))
    assert "notification.removed" in socket.types()
    assert await Notification.objects.acount() == 0


async def test_member_who_leaves_takes_what_they_caused(cast: ClubCast, entry: Entry) -> None:
    await cheered(cast, entry)
    await cheered(cast, entry, by=2)
    socket = await header(cast)
    await on_database(leave)(cast.club.pk, cast.members[1])
    await eventually(lambda: "notification.changed" in socket.types())
    assert messages(socket)[-1]["notification"]["count"] == 1


async def test_lost_announcements_are_made_up_for_from_the_table(
    cast: ClubCast, entry: Entry, layer: UnreliableLayer, settings: Settings
) -> None:
    settings.SOCKET_LOOK_AGAIN_S = 0.05
    socket = await header(cast)
    layer.is_away = True
    await cheered(cast, entry)
    await eventually(lambda: counts(socket) == (1, 0))
    await on_database(partial(mark_read, cast.members[0], all_of_them=True))()
    await eventually(lambda: counts(socket) == (0, 0))
    again = await header(cast)
    assert (counts(again), messages(again)[0]["notifications"][0]["read"]) == ((0, 0), True)


async def test_a_look_at_the_database_is_quiet_if_nothing_has_changed(
    cast: ClubCast, entry: Entry, settings: Settings
) -> None:
    await cheered(cast, entry)
    settings.SOCKET_LOOK_AGAIN_S = 0.02
    socket = await header(cast)
    for number in range(1, 6):
        socket.send('{"type":"ping"}')
        await eventually(lambda: socket.types().count("pong") == number)  # noqa: B023 - awaited here
    assert set(socket.types()) == {"hello", "pong"}


async def test_page_counts_as_open_while_it_can_be_seen(cast: ClubCast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("strava_live.live.notifications.HIDDEN_FOR_S", 0.0)
    monkeypatch.setattr("strava_live.live.notifications.LEFT_FOR_S", 0.0)
    person = cast.members[0]
    assert not has_page_open(person)
    one, other = await header(cast), await header(cast)
    assert has_page_open(person)
    assert not has_page_open(cast.members[1])
    one.send('{"type":"page.visible","visible":false}')
    other.disconnect()
    await eventually(lambda: not has_page_open(person))
    one.send('{"type":"ping"}')
    await eventually(lambda: "pong" in one.types())
    assert not has_page_open(person)
    one.send('{"type":"page.visible","visible":true}')
    await eventually(lambda: has_page_open(person))


async def test_hello_costs_two_queries(cast: ClubCast, entry: Entry) -> None:
    async def queries() -> int:
        def counted() -> int:
            with CaptureQueriesContext(connections["default"]) as found:
                read_header(cast.members[0])
            return len(found)

        return await on_database(counted)()

    empty = await queries()
    for by in (1, 2):
        await cheered(cast, entry, by=by)
    assert (empty, await queries()) == (2, 2)
