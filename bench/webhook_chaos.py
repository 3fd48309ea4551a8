"""Twenty kills (SIGKILL) of web process and worker during a flood of Strava's events: `bin/bench webhook_chaos`.

Afterwards the site must have exactly what the stand-in has, and a member's and a wall's feed exactly what the site has.
Another process must take over a killed process's runs within a lease and twice LOOK_EVERY_S.

    python -m bench.webhook_chaos [ROUNDS] [SEED]
"""

import asyncio
import sys
from statistics import median

from bench.record import Record
from bench.services import running_services
from simulators.process import StandIn
from tests.live.connected_clubs import connected_club
from tests.live.webhook_chaos import WebhookChaos
from tests.live.webhook_site import subscribe, webhook_settings
from tests.live_site import LiveSites
from tests.strava_of import lift_limits

ROUNDS, EVENTS, SECONDS, ATHLETES = 20, 600, 3.0, 40
"""In each round, so many events are sent in so many seconds, and one process is killed."""
LEASE_S, LOOK_EVERY_S = 2.0, 0.2
"""SYNC_LEASE_S and SYNC_LOOK_EVERY_S of tests/live_settings: the length of a lease, and how often a process looks for
runs without one."""


def main(words: list[str]) -> int:
    rounds, seed = (*map(int, words), *(ROUNDS, 14)[len(words) :])
    record = Record("webhook_chaos")
    with running_services() as services, StandIn("--no-cast") as stand_in, LiveSites(services.databases) as sites:
        lift_limits(stand_in)
        stand_in.fault("latency", "api", ms=100)
        database = services.databases.postgres(services.postgres.url)
        settings = {"DJANGO_SETTINGS_MODULE": "tests.live_settings", **webhook_settings(stand_in)}
        site = sites(REDIS_URL=services.redis.url, DATABASE_URL=database, **settings)
        site.start("web")
        subscribe(site)
        chaos = WebhookChaos(site, stand_in, connected_club(site, stand_in, members=ATHLETES), seed=seed)
        asyncio.run(chaos.run(rounds, events=EVENTS, seconds=SECONDS))
        sent = stand_in.webhooks_summary()
    print(f"{len(chaos.kills)} kills; {sent['events']} events, sent {sent['deliveries']} times; the site is right")
    for kind in ("web", "worker"):
        took = [seconds for name, seconds in zip(chaos.kills, chaos.takeovers_s, strict=True) if name == kind]
        print(f"{kind} killed: taken over after {median(took):.2f} s (median); a lease is {LEASE_S:g} s")
        record.add(f"{kind} killed: taken over after, s", took)
    record.goal("events given up", sent["given_up"], 0)
    record.goal("slowest takeover, s", max(chaos.takeovers_s), LEASE_S + 2 * LOOK_EVERY_S)
    return record.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
