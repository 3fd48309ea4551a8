"""A club's feed on two web processes over Redis and Postgres."""

import asyncio
from collections.abc import Callable
from functools import partial

import pytest

from strava_live.protocol import Close
from tests.live.feed_client import FeedClient, following, until_all
from tests.live.two_processes import TwoProcesses, two_processes
from tests.live_site import LiveSites
from tests.services.redis_server import RedisServer

pytestmark = pytest.mark.services

POSTS = 20


def is_at(seq: int) -> Callable[[FeedClient], bool]:
    return lambda client: client.feed.seq == seq


def heard_errors(client: FeedClient, times: int) -> bool:
    return client.times_heard("error") == times


async def test_post_in_one_process_is_received_in_both(two: TwoProcesses) -> None:
    """bench/latency.py measures how soon."""
    writer, other, wall = two.member(0), two.member(1, at=1), two.screen(at=1)

    async with following(writer, other, wall):
        for number in range(POSTS):
            await writer.say("post.create", text=f"post {number}", ref=f"r{number}")
            await until_all((writer, other, wall), is_at(number + 1))

    assert writer.feed.rows() == other.feed.rows() == wall.feed.rows()
    assert all("id" not in entry["athlete"] for entry in wall.feed.entries.values())


async def test_cheer_is_counted_for_all_and_confirmed_to_all_own_sockets(two: TwoProcesses) -> None:
    phone, laptop, other, wall = two.member(0), two.member(0, at=1), two.member(1, at=1), two.screen(at=1)

    async with following(phone, laptop, other, wall):
        await other.say("post.create", text="Look", ref="1")
        entry = (await phone.until_heard("entry.added"))["entry"]
        await phone.say("cheer", id=entry["id"])
        await until_all((phone, laptop, other, wall), lambda client: [row[3] for row in client.feed.rows()] == [1])
        await laptop.until_heard("cheer.mine", id=entry["id"], cheered=True)
        await phone.until_heard("cheer.mine", id=entry["id"], cheered=True)

    assert other.feed.cheered == wall.feed.cheered == {}
    async with following(again := two.member(0)):
        assert again.feed.entries[entry["id"]]["cheered"] is True


async def test_evictions_of_one_process_close_sockets_in_another(two: TwoProcesses) -> None:
    """Sign-out, removal and revocation, each in a process without sockets."""
    signed_out, removed, revoked = two.member(0, at=1), two.member(1, at=1), two.screen(0, at=1)
    stays, wall_stays = two.member(2, at=1), two.screen(1, at=1)

    async with following(signed_out, removed, revoked, stays, wall_stays):
        await asyncio.to_thread(
            two.run,
            "from asgiref.sync import async_to_sync\n"
            "from strava_live.broadcast import close_sockets, session_target\n"
            "from strava_live.membership.leaving import leave\n"
            "from strava_live.clubs.keys import revoke_screen\n"
            "from django.contrib.sessions.models import Session\n"
            f"Session.objects.filter(pk='{two.club.sessions[0]}').delete()\n"
            f"async_to_sync(close_sockets)(session_target('{two.club.sessions[0]}'), {Close.NOT_SIGNED_IN})\n"
            f"leave({two.club.pk}, {two.club.members[1]})\n"
            f"revoke_screen({two.club.pk}, {two.club.screens[0]})\n",
        )
        await until_all((signed_out, removed, revoked), lambda client: client.code is not None)
        assert (signed_out.code, removed.code, revoked.code) == (4401, 4403, 4403)
        await stays.say("ping")
        await stays.until_heard("pong")
        assert (stays.connections_made, wall_stays.connections_made) == (1, 1)


async def test_changes_without_announcement_are_found_by_the_recheck(
    live_sites: LiveSites, redis_url: str, postgres_database: str
) -> None:
    """Rows changed directly: a new password, an inactive account, a deleted membership, a revoked key."""
    quick = {"DJANGO_SETTINGS_MODULE": "tests.quick_recheck_settings"}
    two = two_processes(live_sites, REDIS_URL=redis_url, DATABASE_URL=postgres_database, **quick)
    clients = [two.member(0), two.member(1), two.member(2), two.screen(0)]
    stays, wall_stays = two.member(3), two.screen(1)

    async with following(*clients, stays, wall_stays):
        await asyncio.to_thread(
            two.run,
            "from strava_live.accounts.models import User\n"
            "from strava_live.clubs.models import Membership, Screen\n"
            "from django.utils import timezone\n"
            f"User.objects.filter(pk={two.club.members[0]}).update(password='another')\n"
            f"User.objects.filter(pk={two.club.members[1]}).update(is_active=False)\n"
            f"Membership.objects.filter(user={two.club.members[2]}).delete()\n"
            f"Screen.objects.filter(pk={two.club.screens[0]}).update(revoked_at=timezone.now())\n",
        )
        await until_all(clients, lambda client: client.code is not None)
        assert [client.code for client in clients] == [4401, 4401, 4403, 4403]
        await wall_stays.say("ping")
        await wall_stays.until_heard("pong")
        assert (stays.connections_made, wall_stays.connections_made) == (1, 1)


async def test_watchers_are_counted_over_processes_and_a_killed_process_expires(own_two: TwoProcesses) -> None:
    two = own_two
    phone, laptop, other, wall = two.member(0), two.member(0, at=1), two.member(1, at=1), two.screen(at=1)

    async with following(phone):
        assert phone.feed.watching == {"members": 1, "screens": 0}
        async with following(laptop, other, wall):
            await phone.until(lambda: phone.feed.watching == {"members": 2, "screens": 1})
            await other.until(lambda: other.feed.watching == {"members": 2, "screens": 1})
            two.webs[1].kill()
            await phone.until(lambda: phone.feed.watching == {"members": 1, "screens": 0})


async def test_new_watcher_receives_the_count_after_another_leaves(two: TwoProcesses) -> None:
    """Both happen between two publications of the counts, so that the count is unchanged for all other watchers."""
    leaves = two.member(0)
    async with following(leaves):
        await leaves.until(lambda: leaves.feed.watching == {"members": 1, "screens": 0})
        await leaves.until_heard("watching")
        async with following(stays := two.member(1)):
            assert stays.feed.watching["members"] == 2
            assert leaves.connection
            leaves.choose_url = lambda: "http://localhost:1"
            leaves.connection.transport.abort()
            await stays.until(lambda: stays.feed.watching["members"] == 1)


async def test_watchers_of_a_stopped_process_are_not_counted(
    live_sites: LiveSites, redis_url: str, postgres_database: str
) -> None:
    """A report of watchers is valid for half an hour here, but a process that stops reports none."""
    patient = {"DJANGO_SETTINGS_MODULE": "tests.patient_settings"}
    two = two_processes(live_sites, REDIS_URL=redis_url, DATABASE_URL=postgres_database, **patient)
    phone, other, wall = two.member(0), two.member(1, at=1), two.screen(at=1)

    async with following(phone, other, wall):
        await phone.until(lambda: phone.feed.watching == {"members": 2, "screens": 1})
        two.webs[1].terminate()
        await phone.until(lambda: phone.feed.watching == {"members": 1, "screens": 0})


async def test_feeds_catch_up_when_redis_is_back(
    live_sites: LiveSites, postgres_database: str, redis_server: RedisServer
) -> None:
    two = two_processes(live_sites, REDIS_URL=redis_server.url, DATABASE_URL=postgres_database)
    writer, other, wall = two.member(0), two.member(1, at=1), two.screen(at=1)

    async with following(writer, other, wall):
        await writer.say("post.create", text="before", ref="1")
        await wall.until_heard("entry.added")
        redis_server.stop()
        for number in range(3):  # stored all the same, without an error
            await writer.say("post.create", text=f"meanwhile {number}", ref=f"m{number}")
            await writer.say("cheer", id=2**62)  # its error comes after all earlier commands
            await writer.until(partial(heard_errors, writer, number + 1))
        late = two.member(2, at=1)
        async with following(late):
            assert late.feed.seq == 4
        redis_server.start()
        await until_all((writer, other, wall), is_at(4))
        await asyncio.sleep(2)
        await writer.say("post.create", text="after", ref="2")
        await until_all((writer, other, wall), is_at(5))

    assert writer.feed.rows() == other.feed.rows() == wall.feed.rows()
    assert [text for _, _, text, _ in wall.feed.rows()] == ["before", *(f"meanwhile {n}" for n in range(3)), "after"]
    assert [client.connections_made for client in (writer, other, wall)] == [1, 1, 1]
    errors = [message["code"] for _, message in writer.heard if message["type"] == "error"]
    assert errors == 3 * ["unknown_entry"], "only the expected errors"
