"""Direct messages on two web processes over Redis and Postgres."""

import asyncio
from collections.abc import Callable

import pytest

from tests.live.feed_client import FeedClient, following, until_all
from tests.live.two_processes import TwoProcesses, two_processes
from tests.live_site import LiveSites
from tests.services.redis_server import RedisServer

pytestmark = pytest.mark.services

WHILE_AWAY = 12


def header(two: TwoProcesses, number: int, *, at: int = 0) -> FeedClient:
    """Return the header of a member's page, connected to process `at`."""
    return FeedClient(two.urls[at], "/ws/notifications/", two.club.sessions[number])


def device(two: TwoProcesses, number: int, *, at: int = 0) -> FeedClient:
    """Return a device of a member, connected to process `at`."""
    return FeedClient(two.urls[at], "/ws/messages/", two.club.sessions[number])


async def test_nothing_is_lost_or_doubled_while_redis_restarts(
    live_sites: LiveSites, postgres_database: str, redis_server: RedisServer
) -> None:
    """Of two devices of a person one stays connected, and one is away meanwhile. Each message is also sent twice, in
    both processes, with the same `ref`. The header of the person's pages counts them all along."""
    two = two_processes(live_sites, REDIS_URL=redis_server.url, DATABASE_URL=postgres_database)
    writers = [device(two, 0), device(two, 0, at=1)]
    stays, goes = device(two, 1, at=1), device(two, 1)
    headers = [header(two, 1), header(two, 1, at=1)]
    to = two.club.members[1]

    async def write(ref: str) -> None:
        for writer in writers:
            await writer.say("message.send", to=to, text=ref, ref=ref)

    def has(count: int) -> Callable[[FeedClient], bool]:
        return lambda client: len(client.feed.messages) == count

    def counts(unread: int, messages: int) -> Callable[[FeedClient], bool]:
        return lambda client: (client.feed.unread, client.feed.messages) == (unread, messages)

    async with following(*writers, stays, *headers):
        async with following(goes):
            await write("before")
            await until_all((*writers, stays, goes), has(1))
        redis_server.stop()
        for number in range(WHILE_AWAY):
            await write(f"meanwhile {number}")
        await until_all((*writers, stays), has(1 + WHILE_AWAY))
        await until_all(headers, counts(1, 1 + WHILE_AWAY))
        redis_server.start()
        await asyncio.sleep(2)  # the hubs connect again
        await write("after")
        await until_all((*writers, stays), has(2 + WHILE_AWAY))
        await until_all(headers, counts(1, 2 + WHILE_AWAY))
        assert headers[0].feed.says() == [f"Alva B. sent you {2 + WHILE_AWAY} messages"]
        async with following(goes):
            await goes.until(lambda: len(goes.feed.messages) == 2 + WHILE_AWAY)
            last = max(goes.feed.messages)
            await goes.say("message.read", id=last)
            await until_all((stays, goes), lambda client: client.feed.unread == 0)
            await until_all(headers, counts(0, 0))
            await writers[1].until(lambda: writers[1].feed.read_by.get("them") == last)

    expected = ["before", *(f"meanwhile {number}" for number in range(WHILE_AWAY)), "after"]
    for client in (*writers, stays, goes):
        assert client.feed.texts() == expected
        assert client.times_heard("error") == 0
    assert [client.connections_made for client in (*writers, stays)] == [1, 1, 1]
