"""A running site of two web processes and a worker, with many clubs whose members are connected to the stand-in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.fanout_peers.frames import handshake
from bench.services import Services
from bench.webhooks.crowd import Address
from bench.webhooks.sites import CALL_TAKES_MS
from simulators.process import StandIn
from tests.live.connected_clubs import ConnectedClub, connected_clubs
from tests.live.webhook_site import in_site, subscribe, webhook_settings
from tests.live_site import LiveSite, LiveSites

MEMBERS = 20
CALLS = [10**7, 10**8]
"""The stand-in's limits, which no trial reaches."""


@dataclass(frozen=True)
class Scene:
    services: Services
    site: LiveSite
    stand_in: StandIn
    urls: list[str]
    """The addresses of the two web processes."""
    clubs: list[ConnectedClub]
    subscription: int

    @property
    def pids(self) -> dict[str, int]:
        """The processes of the site, its services and the stand-in by name."""
        web, second, worker = (process.pid for process in self.site.processes)
        postgres, redis = self.services.postgres.process, self.services.redis.process
        assert postgres is not None
        assert redis is not None
        pids = {"web 1": web, "web 2": second, "worker": worker, "Postgres": postgres.pid, "Redis": redis.pid}
        return pids | {"stand-in": self.stand_in.process.pid}

    def addresses(self) -> Iterator[Address]:
        """Yield a member's socket and a wall's for each club, one to each web process."""
        ports = [int(url.rpartition(":")[2]) for url in self.urls]
        for number, club in enumerate(self.clubs):
            members, walls = ports[number % 2], ports[(number + 1) % 2]
            cookie = f"sessionid={club.sessions[0]}"
            yield Address(members, handshake(members, f"/ws/clubs/{club.slug}/", cookie))
            yield Address(walls, handshake(walls, f"/ws/screens/{club.keys[0]}/"))


@contextmanager
def scene(services: Services, clubs: int) -> Iterator[Scene]:
    with StandIn("--no-cast") as stand_in, LiveSites(services.databases) as sites:
        stand_in.limits(overall=CALLS, read=CALLS, window_s=900)
        stand_in.fault("latency", "api", ms=CALL_TAKES_MS)
        database = services.databases.postgres(services.postgres.url)
        settings = webhook_settings(stand_in, signed=True)
        site = sites(REDIS_URL=services.redis.url, DATABASE_URL=database, **settings)
        site.start("web")
        _, second = site.start_another_web()
        site.start("worker")
        subscribe(site)
        stand_in.webhooks(mode="lose")  # the trial sends the events itself, to both web processes
        founded = connected_clubs(site, stand_in, clubs, members=MEMBERS)
        subscription = int(in_site(site, "subscription_id"))
        yield Scene(services, site, stand_in, [site.url, second], founded, subscription)
