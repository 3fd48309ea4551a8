"""Fifty athletes import a thousand activities each in one web process, while other sockets ping the process.

`bin/bench fifty_syncs` prints how long the fifty imports took, and how long the pings waited for their answers.
"""

import asyncio
import statistics
import sys
import time
from multiprocessing import Event, Pipe, Process
from multiprocessing.connection import Connection
from typing import Any

from bench.record import Record, spread
from bench.services import running_services
from simulators.process import StandIn
from tests.live.visitor import Visitor
from tests.live_site import LiveSite, LiveSites
from tests.strava_of import lift_limits, strava_of

ATHLETES = 50
ACTIVITIES = 1000
SOCKETS = 8
PING_EVERY_S = 0.2  # more often would exceed the message limit and close the socket


async def sync(visitor: Visitor) -> int:
    """Import a visitor's activities and return how many arrived over the socket."""
    async with visitor.socket() as talk:
        await talk.next()
        await talk.say("sync.start")
        ended = await talk.until("sync.finished", "sync.failed", "error")
        assert ended["type"] == "sync.finished", ended
        return len(talk.items())


def athletes(site: LiveSite, stand_in: StandIn) -> list[Visitor]:
    """Sign in the fifty athletes, and one more whose sockets ping."""
    visitors = []
    for _ in range(ATHLETES + 1):
        visitor = Visitor(site.url)
        visitor.sign_in_with_strava(stand_in, stand_in.add_athlete(activities=ACTIVITIES))
        visitors.append(visitor)
    return visitors


def ping_in_another_process(url: str, cookies: dict[str, str], times: Connection, stop: Any) -> None:
    """Ping the site from a process of its own until `stop`, and send the times over the pipe `times`.

    In this benchmark's main process the messages of the fifty imports would delay the pings.
    """
    watcher = Visitor(url)
    watcher.jar.update(cookies)

    async def ping(late_s: float) -> list[tuple[float, float]]:
        await asyncio.sleep(late_s)
        taken = []
        async with watcher.socket() as talk:
            await talk.next()
            while not stop.is_set():
                began = time.perf_counter()
                await talk.say("ping")
                await talk.until("pong")
                taken.append((time.time(), (time.perf_counter() - began) * 1000))
                await asyncio.sleep(PING_EVERY_S)
        return taken

    async def ping_all() -> list[tuple[float, float]]:
        taken = await asyncio.gather(*(ping(PING_EVERY_S * number / SOCKETS) for number in range(SOCKETS)))
        return [one for socket in taken for one in socket]

    times.send(asyncio.run(ping_all()))


async def measure(record: Record, visitors: list[Visitor]) -> None:
    """Let all athletes import at the same time while another process pings, and record the times."""
    *syncing, watcher = visitors
    here, there = Pipe()
    stop = Event()
    arguments = (watcher.url, dict(watcher.jar), there, stop)
    pinging = Process(target=ping_in_another_process, args=arguments)
    pinging.start()
    await asyncio.sleep(4)
    at, began = time.time(), time.perf_counter()
    received = await asyncio.gather(*(sync(visitor) for visitor in syncing))
    took = time.perf_counter() - began
    stop.set()
    pings = here.recv()
    pinging.join()
    quiet = [ms for when, ms in pings if when < at - 1]
    times = [ms for when, ms in pings if when >= at]
    print(f"{ATHLETES} athletes, {sum(received)} activities received, {took:.1f} s")
    record.add("seconds for all fifty", [took])
    for name, figures in (("quiet", quiet), ("during the fifty", times)):
        record.add(f"ping ms, {name}", figures)
        p99 = statistics.quantiles(figures, n=100)[98]
        print(f"ping {name}: median {spread(figures)} ms, 99th percentile {p99:.1f} ms, {len(figures)} pings")
    record.goal("99th percentile of a ping during the fifty, ms", statistics.quantiles(times, n=100)[98], 100)


def main() -> int:
    record = Record("fifty_syncs", sockets=True)
    with running_services() as services, StandIn() as stand_in, LiveSites(services.databases) as live_sites:
        lift_limits(stand_in)
        database = services.databases.postgres(services.postgres.url)
        settings = {"WORK_IN_WEB": "1", **strava_of(stand_in)}
        site = live_sites(REDIS_URL=services.redis.url, DATABASE_URL=database, **settings)
        site.start("web")
        asyncio.run(measure(record, athletes(site, stand_in)))
    return record.finish()


if __name__ == "__main__":
    sys.exit(main())
