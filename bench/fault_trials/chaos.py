"""Chaos on two daphne processes: killed -9 and started again, Redis restarted, lines cut, while twenty write at once.

Every client checks each message on the way (tests/live/feed_client.py); at the end each must hold exactly the table's
entries, in order. The same chaos rages for a minute in the tests.
"""

import asyncio
import time
from contextlib import suppress

from bench.services import running_services
from tests.live.chaos import Chaos
from tests.live.founding import table_of
from tests.live.two_processes import two_processes
from tests.live_site import LiveSites

TOLD_EVERY_S = 30.0


class Watch:
    """Says how it goes, and lets go of what the clients have heard and checked."""

    def __init__(self, chaos: Chaos) -> None:
        self.chaos = chaos
        self.heard = 0
        self.began = time.monotonic()

    async def keep(self) -> None:
        while True:
            await asyncio.sleep(TOLD_EVERY_S)
            self.tell()

    def tell(self) -> None:
        for client in self.chaos.clients:
            self.heard += len(client.heard)
            client.heard.clear()
        sockets = sum(client.connections_made for client in self.chaos.clients)
        done = ", ".join(f"{what} {count}×" for what, count in sorted(self.chaos.done.items()))
        seconds = time.monotonic() - self.began
        print(f"{seconds:5.0f} s: {self.heard:,} messages over {sockets:,} sockets; {done}", flush=True)


async def rage(chaos: Chaos, seconds: float) -> None:
    watch = Watch(chaos)
    keeping = asyncio.create_task(watch.keep())
    try:
        await chaos.run(seconds)
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
        watch.tell()


def rage_for(seconds: float) -> None:
    with running_services() as services, LiveSites(services.databases) as live_sites:
        two = two_processes(
            live_sites, REDIS_URL=services.redis.url, DATABASE_URL=services.databases.postgres(services.postgres.url)
        )
        chaos = Chaos(two, services.redis)
        asyncio.run(rage(chaos, seconds))
        entries = len(table_of(two.site, two.club.pk))
    print(f"{len(chaos.clients)} clients hold exactly the {entries:,} entries of the table, in order: reached")
