"""What every test may ask for: the people, the stand-in for Strava, and the real services that bin/test started."""

import os
from collections.abc import AsyncIterator, Iterator
from itertools import groupby
from pathlib import Path

import hypothesis
import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.db import connections
from django.test import Client
from pytest_django import Settings

from simulators.process import StandIn
from strava_live.accounts.models import User
from strava_live.parkrun.catalogue import catalogue
from tests import people
from tests.live_site import LiveSite, LiveSites
from tests.migrated import MigratedDatabases
from tests.parkrun.loaded_events import loaded_events
from tests.services.postgres_server import PostgresServer
from tests.strava_of import strava_of

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup"}

# A busy machine is slow: no property test may fail for the time that it takes.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")


@pytest.hookimpl(trylast=True)  # after the order has been shuffled
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("TEST_ON") == "postgres":
        choose_for_postgres(config, items)
    if worker := getattr(config, "workerinput", None):
        items[:] = dealt(items, worker["workercount"])


def choose_for_postgres(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On Postgres only what touches the database runs again; processes with databases of their own have run already."""
    chosen = [item for item in items if touches_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def dealt(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Put long modules first in each worker's part: a worker that is done steals from the end of other parts."""
    modules = [list(module) for _, module in groupby(items, key=lambda item: item.path)]
    lengthy = [module for module in modules if module[0].get_closest_marker("services")]
    quick = [module for module in modules if not module[0].get_closest_marker("services")]
    parts = [[*lengthy[number::workers], *quick[number::workers]] for number in range(workers)]
    return [item for part in parts for module in part for item in module]


def touches_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & DATABASE_FIXTURES)


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What a process holds in memory outlives a test: counted limits, and the parkrun events of its database."""
    cache.clear()
    catalogue.expire()


@pytest.fixture
def athlete(db: None) -> User:
    return people.athlete()


@pytest.fixture
def clubmate(db: None) -> User:
    return people.clubmate()


@pytest.fixture
def captain(db: None) -> User:
    return people.captain()


@pytest.fixture
def stranger(db: None) -> User:
    return people.stranger()


@pytest.fixture
def operator(db: None) -> User:
    return people.operator()


@pytest.fixture
def as_athlete(athlete: User) -> Client:
    client = Client()
    client.force_login(athlete)
    return client


@pytest.fixture
def events(db: None) -> Iterator[None]:
    """The catalogue's, in this test's database."""
    loaded_events.load()
    catalogue.expire()
    yield
    catalogue.expire()  # what this test loaded is gone with it


@pytest.fixture
async def connections_closed(transactional_db: None) -> AsyncIterator[None]:
    """For tests that await the ORM, which has a thread of its own: Postgres drops no database with a connection."""
    yield
    await sync_to_async(connections.close_all)()


@pytest.fixture(scope="session")
def stand_in_process() -> Iterator[StandIn]:
    with StandIn("--callback-domain", "testserver") as running:
        yield running


@pytest.fixture
def stand_in(stand_in_process: StandIn, settings: Settings) -> Iterator[StandIn]:
    """The stand-in for Strava, and the site pointed at it."""
    settings.STRAVA_OAUTH_URL = stand_in_process.oauth_url
    settings.STRAVA_API_URL = stand_in_process.api_url
    yield stand_in_process
    stand_in_process.clear_faults()


@pytest.fixture(scope="session")
def redis_url() -> str:
    """For each of the processes that run tests side by side, a database of its own: 0 to 7 in pass 1, then pass 2's."""
    server = started("TEST_REDIS_URL", "Redis").rpartition("/")[0]
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return f"{server}/{8 + worker if os.environ.get('TEST_ON') == 'postgres' else worker}"


@pytest.fixture(scope="session")
def postgres_url() -> str:
    return started("TEST_POSTGRES_URL", "Postgres")


@pytest.fixture(scope="session")
def browser_program() -> str:
    return started("TEST_BROWSER", "a browser")


def started(variable: str, service: str) -> str:
    if variable not in os.environ:
        pytest.skip(f"needs {service}: run bin/test, which starts it")
    return os.environ[variable]


@pytest.fixture(scope="session")
def migrated_databases() -> Iterator[MigratedDatabases]:
    databases = MigratedDatabases()
    yield databases
    databases.remove()


@pytest.fixture
def postgres_database(postgres_url: str, migrated_databases: MigratedDatabases) -> str:
    """The URL of a migrated Postgres database for this test alone."""
    return migrated_databases.postgres(postgres_url)


@pytest.fixture
def own_postgres(migrated_databases: MigratedDatabases) -> Iterator[PostgresServer]:
    """A server that only this test has, and may stop and start."""
    with migrated_databases.own_postgres(Path(started("TEST_POSTGRES_PROGRAMS", "Postgres"))) as server:
        yield server


@pytest.fixture(scope="session")
def shared_site(migrated_databases: MigratedDatabases, stand_in_process: StandIn) -> Iterator[LiveSite]:
    """One process over SQLite, as on a laptop, for tests that do not trouble it: each has clubs and athletes of its
    own."""
    with LiveSites(migrated_databases) as sites:
        site = sites(**strava_of(stand_in_process))
        site.start("web")
        yield site


@pytest.fixture
def live_sites(migrated_databases: MigratedDatabases) -> Iterator[LiveSites]:
    with LiveSites(migrated_databases) as sites:
        yield sites
