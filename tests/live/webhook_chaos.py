"""Kill the web process and the worker of a site, without a chance to finish anything, during a flood of events.

Meanwhile a member and a wall follow the club's feed. The test does this for a few rounds, bench/webhook_chaos for
twenty.
"""

import asyncio
import random
import time

from simulators.process import StandIn
from tests.live.connected_clubs import ConnectedClub
from tests.live.feed_client import FeedClient, following, until_all
from tests.live.flood import Flood, all_sent, send_shuffled
from tests.live.founding import table_of
from tests.live.webhook_site import differences, in_site, until, until_handled
from tests.live_site import LiveSite
from tests.site_process import SiteProcess

RETRY_S = 8.0
"""The seconds between two of the three attempts to deliver an event. A killed web process answers again before the
third attempt."""
LATE_S = 0.5


class WebhookChaos:
    def __init__(self, site: LiveSite, stand_in: StandIn, club: ConnectedClub, *, seed: int) -> None:
        """Take a site that is subscribed to the stand-in's events. Its web process is the only one running so far."""
        self.site, self.stand_in, self.club = site, stand_in, club
        self.chance = random.Random(seed)
        self.flood = Flood(stand_in, club.athletes, seed=seed)
        self.running: dict[str, SiteProcess] = {"web": site.processes[-1], "worker": site.start("worker")}
        self.clients = [
            FeedClient(site.url, f"/ws/clubs/{club.slug}/", club.sessions[0]),
            FeedClient(site.url, f"/ws/screens/{club.keys[0]}/"),
        ]
        self.kills: list[str] = []
        self.takeovers_s: list[float] = []
        """How long after each kill the killed process had no run left."""

    async def run(self, rounds: int, *, events: int, seconds: float) -> None:
        """In each round, cause `events` in `seconds` and kill a process. Then compare everything.

        A round that kills the web process begins only when all earlier events are delivered. Otherwise the stand-in,
        like Strava, would give up events that met a killed process in all three attempts.
        """
        send_shuffled(self.stand_in, late_s=LATE_S, retry_s=RETRY_S)
        async with following(*self.clients):
            for number in range(rounds):
                if number % 2:
                    await all_sent(self.stand_in)
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self.flood.run(events, seconds))
                    tasks.create_task(self.kill(("worker", "web")[number % 2], self.chance.uniform(0, seconds)))
            await all_sent(self.stand_in)
            given_up = self.stand_in.webhooks_summary()["given_up"]
            assert not given_up, f"{given_up} events met a process that was down in all three attempts"
            await until_handled(self.site)
            wrong = await asyncio.to_thread(differences, self.site, self.stand_in, self.club)
            assert not wrong, "\n".join(wrong)
            table = await asyncio.to_thread(table_of, self.site, self.club.pk)
            await until_all(self.clients, lambda client: client.feed.rows() == client.feed.rows_of(table))

    async def kill(self, name: str, after_s: float) -> None:
        """Kill a process, wait until another has taken over its runs, and start it again."""
        await asyncio.sleep(after_s)
        owner = await asyncio.to_thread(in_site, self.site, "lease_owner", name)
        self.running[name].kill()
        killed_at = time.monotonic()
        self.kills.append(name)
        await asyncio.to_thread(self.running[name].wait)
        starting = asyncio.create_task(asyncio.to_thread(self.site.start, name))
        await until(lambda: in_site(self.site, "runs_of", owner) == "0")
        self.takeovers_s.append(time.monotonic() - killed_at)
        self.running[name] = await starting
