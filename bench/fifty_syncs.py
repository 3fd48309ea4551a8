"""Fifty athletes sync a thousand activities each in one process over Postgres; a socket beside them goes on pinging.

Prints how long the fifty took and the pings' median and 99th percentile: `bin/bench fifty_syncs`.
"""

import asyncio
import statistics
import sys
import time
from pathlib import Path

from simulators.process import StandIn
from tests.live.visitor import Visitor
from tests.live_site import LiveSite, LiveSites
from tests.migrated import MigratedDatabases
from tests.services.postgres_server import postgres_programs, running_postgres
from tests.services.redis_server import redis_program, running_redis
from tests.strava_of import strava_of

ATHLETES = 50
ACTIVITIES = 1000
PING_EVERY_S = 0.05


async def sync(visitor: Visitor) -> int:
    """How many activities one athlete was told of."""
    async with visitor.socket() as talk:
        await talk.next()
        await talk.say("sync.start")
        ended = await talk.until("sync.finished", "sync.failed", "error")
        assert ended["type"] == "sync.finished", ended
        return len(talk.items())


async def ping(visitor: Visitor, times: list[float]) -> None:
    async with visitor.socket() as talk:
        await talk.next()
        while True:
            began = time.perf_counter()
            await talk.say("ping")
            await talk.until("pong")
            times.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(PING_EVERY_S * 4)


def athletes(site: LiveSite, stand_in: StandIn) -> list[Visitor]:
    visitors = []
    for _ in range(ATHLETES + 1):
        visitor = Visitor(site.url)
        visitor.sign_in_with_strava(stand_in, stand_in.add_athlete(activities=ACTIVITIES))
        visitors.append(visitor)
    return visitors


async def measure(visitors: list[Visitor]) -> None:
    times: list[float] = []
    *syncing, watcher = visitors
    pinging = asyncio.create_task(ping(watcher, times))
    await asyncio.sleep(2)
    quiet, times[:] = list(times), []
    began = time.perf_counter()
    told = await asyncio.gather(*(sync(visitor) for visitor in syncing))
    took = time.perf_counter() - began
    pinging.cancel()
    print(f"{ATHLETES} athletes, {sum(told)} activities told, {took:.1f} s")
    for name, figures in (("quiet", quiet), ("during the fifty", times)):
        p99 = statistics.quantiles(figures, n=100)[98]
        median = statistics.median(figures)
        print(f"ping {name}: median {median:.1f} ms, 99th percentile {p99:.1f} ms, {len(figures)} pings")


def main() -> None:
    programs = postgres_programs(), redis_program()
    if None in programs:
        sys.exit("Postgres and Redis are needed.")
    databases = MigratedDatabases()
    postgres_at, redis_at = Path(str(programs[0])), Path(str(programs[1]))
    with running_postgres(postgres_at) as postgres, running_redis(redis_at) as redis, StandIn() as stand_in:
        stand_in.limits(overall=[10**6, 10**7], read=[10**6, 10**7], window_s=900)
        with LiveSites(databases) as live_sites:
            settings = {"WORK_IN_WEB": "1", **strava_of(stand_in)}
            site = live_sites(REDIS_URL=redis.url, DATABASE_URL=databases.postgres(postgres.url), **settings)
            site.manage("load_parkrun_events")
            site.start("web")
            asyncio.run(measure(athletes(site, stand_in)))
    databases.remove()


if __name__ == "__main__":
    main()
