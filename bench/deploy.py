"""Replace two web processes behind nginx one after the other, ten times: `bin/bench deploy`.

Meanwhile 200 sockets follow a club, eight members read and post over HTTP, and three athletes import activities (each
import is a run, a row that a process leases). No answer may be lost and no post stored twice, each process must exit
within ten seconds, and no run may be without a process for longer than a lease. `python -m bench.deploy ROUNDS` sets
the number of rounds.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import AsyncExitStack, ExitStack
from typing import ClassVar

import httpx

from bench.deployment.people import Member, RunWatch
from bench.deployment.router import running_nginx
from bench.record import Record
from bench.services import running_services
from simulators.process import StandIn
from tests.live.feed_client import FeedClient, following, until_all
from tests.live.founding import FoundClub, found_club, table_of
from tests.live.visitor import Visitor
from tests.live_site import LiveSite, LiveSites
from tests.services.redis_server import free_port
from tests.strava_of import strava_of

ROUNDS, SOCKETS, MEMBERS, ATHLETES, ACTIVITIES = 10, 200, 8, 3, 4000
GONE_WITHIN_S, LEASE_S = 10.0, 20.0
SETTLED_S = 2.0
"""Pause between restarting one process and stopping the next."""


class Deployment:
    """The two web processes."""

    def __init__(self, site: LiveSite, ports: list[int], database: str) -> None:
        self.site, self.ports = site, ports
        self.webs = [site.start("web", port) for port in ports]
        self.database = database
        self.gone_after: list[float] = []

    async def replace(self, number: int) -> None:
        process, port = self.webs[number], self.ports[number]
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(process.wait, 60)
        except subprocess.TimeoutExpired:
            process.kill()
        self.gone_after.append(time.monotonic() - began)
        self.webs[number] = await asyncio.to_thread(self.site.start, "web", port)
        await asyncio.sleep(SETTLED_S)


class Follower(FeedClient):
    """A feed client that counts the close codes of its sockets."""

    codes: ClassVar[Counter[int | None]] = Counter()

    async def follow_once(self) -> None:
        await super().follow_once()
        self.codes[self.code] += 1


def start_syncs(site: LiveSite, stand_in: StandIn) -> None:
    """Start imports that are slow enough to last until all processes have been replaced."""
    for _ in range(ATHLETES):
        strava_id = stand_in.add_athlete(activities=ACTIVITIES)
        stand_in.fault("drip", "activities", ms=40, athlete_id=strava_id)
        visitor = Visitor(site.url)
        visitor.sign_in_with_strava(stand_in, strava_id)
        visitor.post("/sync/start/", "/sync/")


async def deploy(deployment: Deployment, club: FoundClub, rounds: int) -> tuple[list[Member], RunWatch]:
    """Replace each process `rounds` times while people use the site, and check that all sockets have every entry."""
    site, over = deployment.site, asyncio.Event()
    members = [Member(site.url, club, number) for number in range(MEMBERS)]
    watch = RunWatch(deployment.database)
    clients = [Follower(site.url, f"/ws/clubs/{club.slug}/", club.sessions[MEMBERS + one]) for one in range(SOCKETS)]
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(following(*clients))
        acting = [asyncio.create_task(one.act(over)) for one in members]
        acting.append(asyncio.create_task(watch.watch(over)))
        for _ in range(rounds):
            for number in range(len(deployment.webs)):
                await deployment.replace(number)
        over.set()
        await asyncio.gather(*acting)
        table = await asyncio.to_thread(table_of, site, club.pk)
        await until_all(clients, lambda client: client.feed.rows() == client.feed.rows_of(table), patience_s=30)
    return members, watch


def report(record: Record, deployment: Deployment, club: FoundClub, members: list[Member], watch: RunWatch) -> int:
    posted = sum(len(member.posted) for member in members)
    lost = [line for member in members for line in member.lost]
    kept = Counter(row["text"] for row in table_of(deployment.site, club.pk))
    twice = [text for text, count in kept.items() if count > 1]
    slowest = max(deployment.gone_after)
    print(f"{posted:,} posts and as many pages; {watch.taken_over} runs taken over by another process")
    print(f"{SOCKETS} followers equal the table, after close codes {dict(Follower.codes)}")
    print("\n".join(lost[:10]))
    record.add("seconds until a process was gone", deployment.gone_after)
    record.goal("answers lost", len(lost), 0)
    record.goal("posts stored twice", len(twice), 0)
    record.goal("posts missing", posted - len(kept), 0)
    record.goal(f"slowest end of {len(deployment.gone_after)} processes, s", slowest, GONE_WITHIN_S)
    record.goal("longest time without a lease of a run, s", watch.longest_s, LEASE_S)
    return record.finish()


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    record = Record("deploy")
    port, ports = free_port(), [free_port(), free_port()]
    with ExitStack() as stack:
        services = stack.enter_context(running_services())
        stand_in = stack.enter_context(StandIn("--callback-domain", "localhost"))
        stand_in.limits(overall=[100_000, 1_000_000], read=[100_000, 1_000_000], window_s=900)
        database = services.databases.postgres(services.postgres.url)
        url = f"http://localhost:{port}"
        environment = {"SITE_URL": url, "TRUSTED_PROXIES": "1", "WORK_IN_WEB": "1", **strava_of(stand_in)}
        environment["DJANGO_SETTINGS_MODULE"] = "bench.settings"
        site = stack.enter_context(LiveSites(services.databases))(
            DATABASE_URL=database, REDIS_URL=services.redis.url, **environment
        )
        site.url = url
        club = found_club(site, members=MEMBERS + SOCKETS)
        deployment = Deployment(site, ports, database)
        stack.enter_context(running_nginx(port, ports))
        httpx.get(f"{url}/healthz").raise_for_status()
        start_syncs(site, stand_in)
        members, watch = asyncio.run(deploy(deployment, club, rounds))
        return report(record, deployment, club, members, watch)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings")
    sys.exit(main())
