"""A backup is restored while pages are open: none goes on with numbers that the table no longer has."""

import json

import pytest
from django.core.management import call_command
from pytest_django import Settings

from strava_live.clubs.models import Club
from strava_live.database import on_database
from strava_live.feed.models import Entry
from strava_live.feed.posts import post
from strava_live.hub.hub import hub
from strava_live.protocol import Close
from tests.hub.conftest import Cast
from tests.hub.telephone import Phone, eventually
from tests.live.founding import table


@pytest.fixture(autouse=True)
def quick_looks(settings: Settings) -> None:
    settings.HUB_LOOK_S = 0.1


def restore(seq: int) -> None:
    """The tables as they stood at this number."""
    Entry.objects.filter(seq__gt=seq).delete()
    Club.objects.update(seq=seq, entry_count=seq)
    call_command("restored")


async def posted(cast: Cast, *texts: str) -> None:
    for text in texts:
        await on_database(post)(cast.members[1], cast.club.pk, text)


async def test_open_sockets_start_over_after_a_backup_was_restored(cast: Cast) -> None:
    call, wall = cast.member(0).dial(), cast.wall().dial()
    before = (await call.next(0))["epoch"]
    await wall.next(0)
    await posted(cast, "one", "two", "three")
    await call.next(3)

    await on_database(restore)(1)

    for one in (call, wall):
        assert await one.ended() == Close.GOING_AWAY
        assert json.loads(one.frames[-1]) == {"type": "feed.reset", "seq": 1}
    again = cast.member(0, f"?after={before}:3").dial()
    hello = await again.next(0)
    assert (hello["seq"], hello["complete"], len(hello["entries"])) == (1, False, 1)
    assert hello["epoch"] != before


async def test_client_that_knows_higher_numbers_follows_the_restored_table(cast: Cast) -> None:
    """It dials with a bare number, as the protocol allows."""
    phone, wall = Phone("/ws/clubs/striders/", cast.sessions[0]), Phone(f"/ws/screens/{cast.key}/")
    await posted(cast, "one", "two", "three")
    for client in (phone, wall):
        await client.stand_at(3)

    await on_database(restore)(1)
    await posted(cast, "another two")

    for client in (phone, wall):
        await client.stand_at(2)
        assert client.feed.rows() == client.feed.rows_of(await on_database(table)(cast.club.pk))
    await posted(cast, "another three", "four")
    for client in (phone, wall):
        await client.stand_at(4)
        assert client.feed.rows() == client.feed.rows_of(await on_database(table)(cast.club.pk))


async def test_who_comes_between_a_restore_and_the_next_look_dials_again(cast: Cast) -> None:
    await posted(cast, "one", "two")
    stays = cast.member(0).dial()
    await stays.next(0)
    here = hub()
    for task in here.tasks:  # nothing looks until it is asked to
        task.cancel()
    await on_database(restore)(1)

    early = cast.member(1).dial()
    assert await early.ended() == Close.GOING_AWAY
    assert early.frames == []
    await here.look()
    assert await stays.ended() == Close.GOING_AWAY
    assert not here.rooms
    assert (await cast.member(1).dial().next(0))["seq"] == 1


async def test_number_of_the_present_epoch_is_replayed(cast: Cast) -> None:
    await posted(cast, "one", "two")
    epoch = (await cast.member(0).dial().next(0))["epoch"]
    for after, seqs, complete in (
        (f"{epoch}:1", [2], True),
        ("1", [2], True),
        ("another:1", [1, 2], False),
        (f"{epoch}:", [1, 2], False),
        (":1", [1, 2], False),
        (f"{epoch}:9", [1, 2], False),
    ):
        hello = await cast.member(0, f"?after={after}").dial().next(0)
        assert ([entry["seq"] for entry in hello["entries"]], hello["complete"]) == (seqs, complete), after


async def test_each_club_gets_an_epoch_of_its_own(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    other = await on_database(Club.objects.create)(slug="other", name="Other")
    before = {cast.club.epoch, other.epoch}

    await on_database(call_command)("restored")

    after = set(await on_database(lambda: list(Club.objects.values_list("epoch", flat=True)))())
    assert len(before | after) == 4
    assert "2 clubs have a new epoch." in capsys.readouterr().out


async def test_empty_room_of_an_earlier_epoch_is_closed(cast: Cast) -> None:
    call = cast.member(0).dial()
    await call.next(0)
    call.hang_up()
    await call.ended()
    await on_database(restore)(0)
    await eventually(lambda: not hub().rooms)
