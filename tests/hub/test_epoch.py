"""A backup is restored while pages are open: all clients read the feed again, with the numbers of the backup."""

import json

import pytest
from django.core.management import call_command
from pytest_django import Settings

from strava_live.clubs.models import Club
from strava_live.database import on_database
from strava_live.feed.models import Entry
from strava_live.hub.hub import hub
from strava_live.protocol import Close
from strava_live.social.posts import post
from tests.hub.club_cast import ClubCast
from tests.hub.in_process_socket import ReconnectingReader, eventually
from tests.live.founding import table


@pytest.fixture(autouse=True)
def frequent_checks(settings: Settings) -> None:
    settings.HUB_LOOK_S = 0.1


def restore(seq: int) -> None:
    """Put the database back to the state at the number `seq`, as restoring a backup does."""
    Entry.objects.filter(seq__gt=seq).delete()
    Club.objects.update(seq=seq, entry_count=seq)
    call_command("restored")


async def posted(cast: ClubCast, *texts: str) -> None:
    for text in texts:
        await on_database(post)(cast.members[1], cast.club.pk, text)


async def test_open_sockets_start_over_after_a_backup_was_restored(cast: ClubCast) -> None:
    socket, wall = cast.member(0), cast.wall()
    before = (await socket.frame(0))["epoch"]
    await wall.frame(0)
    await posted(cast, "one", "two", "three")
    await socket.frame(3)

    await on_database(restore)(1)

    for one in (socket, wall):
        assert await one.close_code() == Close.GOING_AWAY
        assert json.loads(one.frames[-1]) == {"type": "feed.reset", "seq": 1}
    again = cast.member(0, f"?after={before}:3")
    hello = await again.frame(0)
    assert (hello["seq"], hello["complete"], len(hello["entries"])) == (1, False, 1)
    assert hello["epoch"] != before


async def test_client_with_a_higher_number_gets_the_restored_feed(cast: ClubCast) -> None:
    """The client reconnects with a number but without an epoch, as the protocol allows."""
    phone, wall = (
        ReconnectingReader("/ws/clubs/striders/", cast.sessions[0]),
        ReconnectingReader(f"/ws/screens/{cast.key}/"),
    )
    await posted(cast, "one", "two", "three")
    for client in (phone, wall):
        await client.read_until(3)

    await on_database(restore)(1)
    await posted(cast, "new two")

    for client in (phone, wall):
        await client.read_until(2)
        assert client.feed.rows() == client.feed.rows_of(await on_database(table)(cast.club.pk))
    await posted(cast, "new three", "four")
    for client in (phone, wall):
        await client.read_until(4)
        assert client.feed.rows() == client.feed.rows_of(await on_database(table)(cast.club.pk))


async def test_connection_between_a_restore_and_the_next_check_must_reconnect(cast: ClubCast) -> None:
    await posted(cast, "one", "two")
    stays = cast.member(0)
    await stays.frame(0)
    here = hub()
    for task in here.tasks:  # so that the database is checked only by the call below
        task.cancel()
    await on_database(restore)(1)

    early = cast.member(1)
    assert await early.close_code() == Close.GOING_AWAY
    assert early.frames == []
    await here.check_database()
    assert await stays.close_code() == Close.GOING_AWAY
    assert not here.rooms
    assert (await cast.member(1).frame(0))["seq"] == 1


async def test_number_of_the_current_epoch_is_replayed(cast: ClubCast) -> None:
    await posted(cast, "one", "two")
    epoch = (await cast.member(0).frame(0))["epoch"]
    for after, seqs, complete in (
        (f"{epoch}:1", [2], True),
        ("1", [2], True),
        ("another:1", [1, 2], False),
        (f"{epoch}:", [1, 2], False),
        (":1", [1, 2], False),
        (f"{epoch}:9", [1, 2], False),
    ):
        hello = await cast.member(0, f"?after={after}").frame(0)
        assert ([entry["seq"] for entry in hello["entries"]], hello["complete"]) == (seqs, complete), after


async def test_each_club_gets_an_epoch_of_its_own(cast: ClubCast, capsys: pytest.CaptureFixture[str]) -> None:
    other = await on_database(Club.objects.create)(slug="other", name="Other")
    before = {cast.club.epoch, other.epoch}

    await on_database(call_command)("restored")

    after = set(await on_database(lambda: list(Club.objects.values_list("epoch", flat=True)))())
    assert len(before | after) == 4
    assert "2 clubs have a new epoch." in capsys.readouterr().out


async def test_empty_room_of_an_earlier_epoch_is_closed(cast: ClubCast) -> None:
    socket = cast.member(0)
    await socket.frame(0)
    socket.disconnect()
    await socket.close_code()
    await on_database(restore)(0)
    await eventually(lambda: not hub().rooms)
