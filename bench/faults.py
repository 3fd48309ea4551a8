"""Ten minutes of chaos on two daphne processes over Redis and Postgres: `bin/bench faults`.

Processes are killed -9 and started again, Redis is restarted and lines are cut, while twenty write at once. Every
client checks each message on the way (tests/live/feed_client.py); at the end each must hold exactly the table's
entries, in order. The same chaos rages for a minute in the tests. `python -m bench.faults SECONDS` takes another time.
"""

import asyncio
import os
import sys
import time
from contextlib import ExitStack, suppress

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.site_settings"
django.setup()  # the chaos stands among the tests, whose fixtures know the models

from tests.live.chaos import Chaos  # noqa: E402
from tests.live.founding import table_of  # noqa: E402
from tests.live.two_processes import two_processes  # noqa: E402
from tests.live_site import LiveSites  # noqa: E402
from tests.migrated import MigratedDatabases  # noqa: E402
from tests.services.__main__ import collect_static_files  # noqa: E402
from tests.services.postgres_server import postgres_programs, running_postgres  # noqa: E402
from tests.services.redis_server import redis_program, running_redis  # noqa: E402

SECONDS = 600.0
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
        sockets = sum(client.dialled for client in self.chaos.clients)
        done = ", ".join(f"{what} {count}×" for what, count in sorted(self.chaos.done.items()))
        seconds = time.monotonic() - self.began
        print(f"{seconds:5.0f} s: {self.heard:,} messages over {sockets:,} sockets; {done}", flush=True)


async def rage(chaos: Chaos, seconds: float) -> None:
    watch = Watch(chaos)
    keeping = asyncio.create_task(watch.keep())
    try:
        await chaos.rage(seconds)
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
        watch.tell()


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    redis_at, postgres_at = redis_program(), postgres_programs()
    if redis_at is None or postgres_at is None:
        sys.exit("Redis and Postgres are needed.")
    collect_static_files()
    with ExitStack() as stack:
        redis = stack.enter_context(running_redis(redis_at))
        postgres = stack.enter_context(running_postgres(postgres_at))
        databases = MigratedDatabases()
        stack.callback(databases.remove)
        live_sites = stack.enter_context(LiveSites(databases))
        two = two_processes(live_sites, REDIS_URL=redis.url, DATABASE_URL=databases.postgres(postgres.url))
        chaos = Chaos(two, redis)
        asyncio.run(rage(chaos, seconds))
        entries = len(table_of(two.site, two.club.pk))
    print(f"{len(chaos.clients)} clients hold exactly the {entries:,} entries of the table, in order: reached")
    return 0


if __name__ == "__main__":
    sys.exit(main())
