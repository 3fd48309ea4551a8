"""Fixtures: a site of two web processes, a Redis of its own, and sites that the tests of a module share."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from simulators.process import StandIn
from tests.live.founding import found_club
from tests.live.two_processes import TwoProcesses, two_processes
from tests.live_site import LiveSite, LiveSites
from tests.migrated import MigratedDatabases
from tests.services.redis_server import RedisServer, running_redis
from tests.services.started import started
from tests.strava_of import lift_limits


@pytest.fixture
def site(shared_site: LiveSite, stand_in_process: StandIn) -> LiveSite:
    """The shared site, with a stand-in for Strava that has no faults and limits that no test reaches."""
    stand_in_process.clear_faults()
    lift_limits(stand_in_process)
    return shared_site


@pytest.fixture
def own_two(live_sites: LiveSites, redis_url: str, postgres_database: str) -> TwoProcesses:
    """Two web processes of a site that a test may kill or stop."""
    return two_processes(live_sites, REDIS_URL=redis_url, DATABASE_URL=postgres_database)


@pytest.fixture(scope="module")
def steady_two(
    module_sites: LiveSites, redis_url: str, postgres_url: str, migrated_databases: MigratedDatabases
) -> TwoProcesses:
    return two_processes(module_sites, REDIS_URL=redis_url, DATABASE_URL=migrated_databases.postgres(postgres_url))


@pytest.fixture
def two(steady_two: TwoProcesses) -> TwoProcesses:
    """Two web processes that several tests share, with a club of this test alone."""
    return replace(steady_two, club=found_club(steady_two.site, members=4, screens=2))


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """A Redis for one test, which may stop and start it."""
    with running_redis(Path(started("TEST_REDIS_PROGRAM", "Redis"))) as server:
        yield server
