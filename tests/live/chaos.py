"""A bad day for a site of two processes: killed and started again, cut lines, a Redis that comes and goes.

Clients follow a club's feed through it, and twenty write to it. Used by the test, for some seconds, and by
bench/faults, for longer.
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
        """Members and walls; each time they dial whichever process comes first."""
        two = self.two
        at_a_wall = number % 3 == 0
        path = f"/ws/screens/{two.club.keys[0]}/" if at_a_wall else f"/ws/clubs/{two.club.slug}/"
        session = "" if at_a_wall else two.club.sessions[number % len(two.club.sessions)]
        return FeedClient(two.site.url, path, session, dial=lambda: random.choice(two.urls))

    async def rage(self, seconds: float) -> None:
        """Raises what a client finds wrong; at the end each holds what the table holds. Each trouble comes about, in
        another order each time, and again until the seconds are over."""
        until = time.monotonic() + seconds
        troubles = [self.cut_lines, self.cut_lines, self.kill_a_process, self.restart_redis]
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
            if writing.returncode is None:  # a client has found something wrong
                writing.kill()
                await writing.wait()

    async def cut_lines(self) -> None:
        """As a tunnel does: nobody says good-bye."""
        for client in random.sample(self.clients, 4):
            if client.connection is not None:
                client.connection.transport.abort()
                self.done["line cut"] += 1

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
        """Nobody has written since; whatever is still missing comes within seconds."""
        table = await asyncio.to_thread(table_of, self.two.site, self.two.club.pk)
        await until_all(self.clients, lambda client: client.feed.told() == client.feed.should_be(table))
