"""A site of two web processes over Redis and Postgres, and a club on it."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import started
from tests.live.feed_client import FeedClient
from tests.live.founding import FoundClub, found_club
from tests.live_site import LiveSite, LiveSites
from tests.migrated import MigratedDatabases
from tests.services.redis_server import RedisServer, running_redis


@dataclass
class TwoProcesses:
    site: LiveSite
    club: FoundClub
    webs: list[subprocess.Popen[bytes]]
    urls: list[str]

    def member(self, number: int, *, at: int = 0) -> FeedClient:
        """A member of the club, at one of the two processes."""
        return FeedClient(self.urls[at], f"/ws/clubs/{self.club.slug}/", self.club.sessions[number])

    def screen(self, number: int = 0, *, at: int = 0) -> FeedClient:
        return FeedClient(self.urls[at], f"/ws/screens/{self.club.keys[number]}/")

    def run(self, code: str) -> str:
        """In a process that has the site's settings and database, and serves nobody."""
        return self.site.manage("shell", "-v", "0", "-c", code)


@pytest.fixture
def two(live_sites: LiveSites, redis_url: str, postgres_database: str) -> TwoProcesses:
    return two_processes(live_sites, REDIS_URL=redis_url, DATABASE_URL=postgres_database)


def two_processes(live_sites: LiveSites, **environment: str) -> TwoProcesses:
    site = live_sites(DJANGO_SETTINGS_MODULE="tests.live_settings", **environment)
    club = found_club(site, members=4, screens=2)
    first = site.start("web")
    second, url = site.start_another_web()
    return TwoProcesses(site, club, [first, second], [site.url, url])


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """One that only this test has, and may stop and start."""
    with running_redis(Path(started("TEST_REDIS_PROGRAM", "Redis"))) as server:
        yield server


@pytest.fixture(scope="module")
def module_sites(migrated_databases: MigratedDatabases) -> Iterator[LiveSites]:
    """For tests that do not trouble the site they speak to, and share it."""
    with LiveSites(migrated_databases) as sites:
        yield sites
