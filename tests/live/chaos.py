"""Faults for a site of two processes: killed processes, cut connections, restarts of Redis.

Meanwhile clients follow a club's feed and twenty writers change it. The test runs this for less than a minute,
bench/faults for ten minutes.
"""

import asyncio
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.live.feed_client import FeedClient, following, until_all
from tests.live.founding import table_of
from tests.live.two_processes import TwoProcesses
from tests.live_site import ROOT
from tests.services.redis_server import RedisServer

CLIENTS, WRITERS = 12, 20


class Chaos:
    def __init__(self, two: TwoProcesses, redis: RedisServer) -> None:
        self.two, self.redis = two, redis
        self.clients = [self.client(number) for number in range(CLIENTS)]
        self.done: Counter[str] = Counter()

    def client(self, number: int) -> FeedClient:
        """Return a member or a wall screen. Each connection goes to a random process."""
        two = self.two
        is_wall = number % 3 == 0
        path = f"/ws/screens/{two.club.keys[0]}/" if is_wall else f"/ws/clubs/{two.club.slug}/"
        session = "" if is_wall else two.club.sessions[number % len(two.club.sessions)]
        return FeedClient(two.site.url, path, session, choose_url=lambda: random.choice(two.urls))

    async def run(self, seconds: float) -> None:
        """Cause every fault, in random order, until the time is over. Then compare the clients with the database."""
        until = time.monotonic() + seconds
        troubles = [self.cut_connections, self.cut_connections, self.kill_a_process, self.restart_redis]
        async with self.writers(seconds) as writing, following(*self.clients):
            while time.monotonic() < until:
                for trouble in random.sample(troubles, len(troubles)):
                    await asyncio.sleep(random.uniform(0.2, 1.5))
                    await trouble()
            assert await writing.wait() == 0
            await self.compare()

    @asynccontextmanager
    async def writers(self, seconds: float) -> AsyncIterator[asyncio.subprocess.Process]:
        words = ["-m", "tests.live.writers", str(self.two.club.pk), str(seconds), str(WRITERS)]
        writing = await asyncio.create_subprocess_exec(
            sys.executable, *words, env=self.two.site.environment, cwd=ROOT, stderr=subprocess.DEVNULL
        )
        try:
            yield writing
        finally:
            if writing.returncode is None:  # a client has raised
                writing.kill()
                await writing.wait()

    async def cut_connections(self) -> None:
        """Cut some connections without a close frame, as a phone in a tunnel does."""
        for client in random.sample(self.clients, 4):
            if client.connection is not None:
                client.connection.transport.abort()
                self.done["connection cut"] += 1

    async def kill_a_process(self) -> None:
        number = random.randrange(2)
        self.two.webs[number].kill()
        await asyncio.sleep(random.uniform(0, 1))
        port = int(self.two.urls[number].rpartition(":")[2])
        self.two.webs[number] = await asyncio.to_thread(self.two.site.start, "web", port)
        self.done["process killed"] += 1

    async def restart_redis(self) -> None:
        await asyncio.to_thread(self.redis.stop)
        await asyncio.sleep(random.uniform(0, 2))
        await asyncio.to_thread(self.redis.start)
        self.done["Redis restarted"] += 1

    async def compare(self) -> None:
        """Wait until each client has what the database has. The writers have stopped, so this takes a few seconds."""
        table = await asyncio.to_thread(table_of, self.two.site, self.two.club.pk)
        await until_all(self.clients, lambda client: client.feed.rows() == client.feed.rows_of(table))
