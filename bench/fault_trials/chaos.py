"""Chaos on two daphne processes: kill and restart them, restart Redis and cut connections, while twenty threads write.

Every client checks each message that it receives (tests/live/feed_client.py). At the end each client must have exactly
the entries of the database, in order. The tests do the same for less than a minute.
"""

import asyncio
import time
from contextlib import suppress

from bench.services import running_services
from tests.live.chaos import Chaos
from tests.live.founding import table_of
from tests.live.two_processes import two_processes
from tests.live_site import LiveSites

PRINT_EVERY_S = 30.0


class Progress:
    """Print the progress regularly, and drop the messages that clients have checked, to save memory."""

    def __init__(self, chaos: Chaos) -> None:
        self.chaos = chaos
        self.received = 0
        self.began = time.monotonic()

    async def run(self) -> None:
        while True:
            await asyncio.sleep(PRINT_EVERY_S)
            self.print_progress()

    def print_progress(self) -> None:
        for client in self.chaos.clients:
            self.received += len(client.heard)
            client.heard.clear()
        sockets = sum(client.connections_made for client in self.chaos.clients)
        done = ", ".join(f"{what} {count}×" for what, count in sorted(self.chaos.done.items()))
        seconds = time.monotonic() - self.began
        print(f"{seconds:5.0f} s: {self.received:,} messages over {sockets:,} sockets; {done}", flush=True)


async def run_with_progress(chaos: Chaos, seconds: float) -> None:
    progress = Progress(chaos)
    printing = asyncio.create_task(progress.run())
    try:
        await chaos.run(seconds)
    finally:
        printing.cancel()
        with suppress(asyncio.CancelledError):
            await printing
        progress.print_progress()


def run_chaos(seconds: float) -> None:
    with running_services() as services, LiveSites(services.databases) as live_sites:
        two = two_processes(
            live_sites, REDIS_URL=services.redis.url, DATABASE_URL=services.databases.postgres(services.postgres.url)
        )
        chaos = Chaos(two, services.redis)
        asyncio.run(run_with_progress(chaos, seconds))
        entries = len(table_of(two.site, two.club.pk))
    print(f"{len(chaos.clients)} clients hold exactly the {entries:,} entries of the table, in order: reached")
