"""A running site with the stand-in as its Strava: as on a server, and as ./bin/dev runs it on a laptop."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.services import Services
from simulators.process import StandIn
from tests.live.webhook_site import SECRET, subscribe, webhook_settings
from tests.live_site import LiveSite, LiveSites
from tests.strava_of import lift_limits

CALL_TAKES_MS = 100
"""How long the stand-in takes to answer an API call."""


@dataclass(frozen=True)
class Running:
    """A running site that is subscribed to the stand-in's events."""

    site: LiveSite
    stand_in: StandIn


Start = Callable[[Services, LiveSites, StandIn], LiveSite]


def on_a_server(services: Services, sites: LiveSites, stand_in: StandIn) -> LiveSite:
    """Postgres, Redis, one web process and one worker."""
    database = services.databases.postgres(services.postgres.url)
    settings = webhook_settings(stand_in, signed=True)
    site = sites(REDIS_URL=services.redis.url, DATABASE_URL=database, **settings)
    site.start("web")
    site.start("worker")
    return site


def on_a_laptop(_: Services, sites: LiveSites, stand_in: StandIn) -> LiveSite:
    """SQLite and one process, which does the background work too."""
    site = sites(DEBUG="1", **webhook_settings(stand_in, signed=True))
    site.start("web")
    return site


@contextmanager
def running(services: Services, start: Start) -> Iterator[Running]:
    """Start a site and a stand-in that answers each API call after CALL_TAKES_MS, and subscribe the site."""
    with StandIn("--no-cast", "--webhook-secret", SECRET) as stand_in, LiveSites(services.databases) as sites:
        lift_limits(stand_in)
        stand_in.fault("latency", "api", ms=CALL_TAKES_MS)
        site = start(services, sites, stand_in)
        subscribe(site)
        yield Running(site, stand_in)
