"""The site on which faults are tried: two web processes and a worker over Redis and Postgres, and a Strava stand-in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.services import running_services
from simulators.process import StandIn
from tests.live.founding import FoundClub, found_clubs
from tests.live.visitor import Visitor
from tests.live_site import LiveSite, LiveSites
from tests.services.postgres_server import PostgresServer
from tests.services.redis_server import RedisServer
from tests.site_process import SiteProcess
from tests.strava_of import strava_of

MEMBERS = 16
ACTIVITIES = 4000
DRIP_MS = 20
"""The pause between two pieces of the stand-in's answers, which makes an import last."""


@dataclass
class Scene:
    """The running site with its servers, processes and people."""

    redis: RedisServer
    postgres: PostgresServer
    database: str
    site: LiveSite
    webs: list[SiteProcess]
    urls: list[str]
    club: FoundClub
    neighbours: FoundClub
    """A second club, which a lock on the first club's row must not affect."""
    athlete: Visitor
    athlete_id: int


@contextmanager
def scene() -> Iterator[Scene]:
    """Start the site, with two clubs and an athlete."""
    with running_services() as services, StandIn() as stand_in, LiveSites(services.databases) as live_sites:
        stand_in.limits(overall=[10**6, 10**7], read=[10**6, 10**7], window_s=900)
        database = services.databases.postgres(services.postgres.url)
        environment = {"DJANGO_SETTINGS_MODULE": "bench.settings", **strava_of(stand_in)}
        site = live_sites(REDIS_URL=services.redis.url, DATABASE_URL=database, **environment)
        club, neighbours = found_clubs(site, 2, members=MEMBERS, screens=2)
        webs = [site.start("web")]
        second, url = site.start_another_web()
        site.start("worker")
        athlete, athlete_id = connected_athlete(site, stand_in)
        urls = [site.url, url]
        redis, postgres = services.redis, services.postgres
        yield Scene(redis, postgres, database, site, [*webs, second], urls, club, neighbours, athlete, athlete_id)


def connected_athlete(site: LiveSite, stand_in: StandIn) -> tuple[Visitor, int]:
    """Sign in an athlete whose activities take over a minute to import. Return the visitor and the user's id."""
    strava_id = stand_in.add_athlete(activities=ACTIVITIES)
    stand_in.fault("drip", "activities", ms=DRIP_MS, athlete_id=strava_id)
    visitor = Visitor(site.url)
    visitor.sign_in_with_strava(stand_in, strava_id)
    connections = "from strava_live.accounts.models import StravaConnection"
    code = f"{connections}; print(StravaConnection.objects.get(strava_id={strava_id}).user_id)"
    return visitor, int(site.manage("shell", "-v", "0", "-c", code))
