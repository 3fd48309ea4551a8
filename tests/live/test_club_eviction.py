"""Evictions (the server closes sockets of a person or screen) happen promptly even if Redis is away at that moment.

With the settings of a deployment: the regular recheck comes every 180 seconds, and no test waits for it.
"""

import asyncio
import signal

import pytest

from tests.live.feed_client import FeedClient, following, until_all
from tests.live.two_processes import TwoProcesses, two_processes
from tests.live.visitor import Talk, Visitor
from tests.live_site import LiveSites
from tests.patience import PATIENCE_S
from tests.services.redis_server import RedisServer

pytestmark = pytest.mark.services
AS_DEPLOYED = {"DJANGO_SETTINGS_MODULE": "site_config.settings"}
"""Regular rechecks are three minutes apart, much longer than PATIENCE_S."""


@pytest.fixture
def two(live_sites: LiveSites, postgres_database: str, redis_server: RedisServer) -> TwoProcesses:
    return two_processes(live_sites, REDIS_URL=redis_server.url, DATABASE_URL=postgres_database, **AS_DEPLOYED)


def visitor_of(two: TwoProcesses, number: int, *, at: int) -> Visitor:
    visitor = Visitor(two.urls[at])
    visitor.jar.set("sessionid", two.club.sessions[number], domain="localhost.local")
    return visitor


async def closed(*clients: FeedClient) -> list[int | None]:
    await until_all(clients, lambda client: client.code is not None, PATIENCE_S)
    return [client.code for client in clients]


async def code_of(talk: Talk) -> int | None:
    return await asyncio.wait_for(talk.closed(), PATIENCE_S)


async def remove(two: TwoProcesses, member: int, screen: int) -> None:
    """Remove a member and revoke a screen, in a process that serves no sockets."""
    await asyncio.to_thread(
        two.run,
        "from strava_live.clubs.keys import revoke_screen\n"
        "from strava_live.membership.leaving import leave\n"
        f"leave({two.club.pk}, {two.club.members[member]})\n"
        f"revoke_screen({two.club.pk}, {two.club.screens[screen]})\n",
    )


async def assert_open(*clients: FeedClient) -> None:
    for client in clients:
        pongs = client.times_heard("pong")
        await client.say("ping")
        await client.until(lambda client=client, pongs=pongs: client.times_heard("pong") > pongs)  # type: ignore[misc]
        assert client.connections_made == 1


async def test_removed_and_revoked_and_signed_out_while_redis_is_killed(
    two: TwoProcesses, redis_server: RedisServer
) -> None:
    removed, signed_out, stays = two.member(0, at=1), two.member(1, at=1), two.member(2, at=1)
    revoked, wall = two.screen(0, at=1), two.screen(1, at=1)

    async with (
        following(removed, signed_out, stays, revoked, wall),
        visitor_of(two, 1, at=1).socket() as mine,
        visitor_of(two, 2, at=1).socket() as theirs,
    ):
        redis_server.stop()
        await remove(two, member=0, screen=0)
        out = await asyncio.to_thread(visitor_of(two, 1, at=0).post, "/accounts/logout/", "/settings/")
        redis_server.start()

        assert out.status_code == 302
        assert await closed(removed, revoked, signed_out) == [4403, 4403, 4401]
        assert await code_of(mine) == 4401
        await assert_open(stays, wall)
        await theirs.say("ping")
        await theirs.until("pong")


async def test_removed_and_revoked_and_signed_out_while_redis_is_frozen(
    two: TwoProcesses, redis_server: RedisServer
) -> None:
    removed, signed_out, stays = two.member(0, at=1), two.member(1, at=1), two.member(2, at=1)
    revoked, wall = two.screen(0, at=1), two.screen(1, at=1)
    assert redis_server.process is not None

    async with (
        following(removed, signed_out, stays, revoked, wall),
        visitor_of(two, 1, at=1).socket() as mine,
    ):
        redis_server.process.send_signal(signal.SIGSTOP)
        try:
            await remove(two, member=0, screen=0)
            assert await closed(removed, revoked) == [4403, 4403]
            await asyncio.to_thread(visitor_of(two, 1, at=0).post, "/accounts/logout/", "/settings/")
            assert (await closed(signed_out), await code_of(mine)) == ([4401], 4401)
            await assert_open(stays, wall)
        finally:
            redis_server.process.send_signal(signal.SIGCONT)
