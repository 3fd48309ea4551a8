"""Fixtures for all tests: people, the stand-ins, running sites, and the services that bin/test started.

A site is the real site in processes of its own (tests/live_site.py).
"""

import gc
import importlib.util
import os
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path

import hypothesis
import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client, TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker, Settings

from simulators.bucket_process import BucketStandIn
from simulators.process import StandIn
from simulators.push_process import PushStandIn
from strava_live.accounts.models import User
from strava_live.accounts.strava_app import budget
from strava_live.bucket import bucket_app
from strava_live.bucket_client.request_pace import RequestPace
from strava_live.leaky_bucket import Rate
from strava_live.parkrun.catalogue import catalogue
from tests import people
from tests.bucket_of import bucket_of
from tests.emptied_tables import empty_tables
from tests.fork_server import ForkServer
from tests.live_site import LiveSite, LiveSites
from tests.migrated import MigratedDatabases
from tests.parkrun.loaded_events import loaded_events
from tests.push_of import PRIVATE_KEY
from tests.services.postgres_server import PostgresServer
from tests.services.started import started
from tests.strava_of import strava_of

# Tests speak to this machine alone, without TLS, but each client of httpx reads all certificates first. That takes 20
# ms for a machine's own list, and 2 ms for the list of httpx.
os.environ.pop("SSL_CERT_FILE", None)
# httpx imports this package several times for each request. If it is missing, Python looks through all folders each
# time, unless it is known to be missing.
if importlib.util.find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup"}

# A property test must not fail because it takes long: the machine may be busy.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")
TransactionTestCase._fixture_teardown = empty_tables  # type: ignore[attr-defined]


@pytest.hookimpl(trylast=True)  # after the order has been shuffled
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("TEST_ON") == "postgres":
        choose_for_postgres(config, items)
    if worker := getattr(config, "workerinput", None):
        items[:] = deal_to_workers(items, worker["workercount"])


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Import modules and collect tests without garbage collections, which find nothing among so many new objects.

    What exists by then, such as every module, is exempt from later collections: it lives until the process ends.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def choose_for_postgres(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep only the tests that use the test's own database and are not marked `once`. The pass on SQLite runs all."""
    chosen = [item for item in items if touches_database(item) and not item.get_closest_marker("once")]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def deal_to_workers(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Share out the modules with a browser among the workers, then those with services, then the others.

    So each worker begins with its long modules, whose tests wait for other processes. The short ones at the end keep
    the processors busy until all workers are done. A worker that is done takes tests from the end of another's.
    """
    modules = [list(module) for _, module in groupby(items, key=lambda item: item.path)]
    kinds = groupby(sorted(modules, key=kind_of), key=kind_of)
    dealt = [list(of_kind) for _, of_kind in kinds]
    parts = [[module for of_kind in dealt for module in of_kind[number::workers]] for number in range(workers)]
    return [item for part in parts for module in part for item in module]


def kind_of(module: list[pytest.Item]) -> int:
    marked = [any(item.get_closest_marker(name) for item in module) for name in ("browser", "services")]
    return marked.index(True) if any(marked) else len(marked)


def touches_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & DATABASE_FIXTURES)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
    migrated_databases: MigratedDatabases,
) -> Iterator[None]:
    """Set up this process's own database. It replaces a fixture of pytest-django, which always migrates.

    On SQLite only the first process migrates, and the others copy its database. On Postgres there is only one process.
    """
    with django_db_blocker.unblock(), ExitStack() as stack:
        has_copy = False
        if connection.vendor == "sqlite":
            has_copy = stack.enter_context(migrated_databases.copied_to(Path(connection.settings_dict["TEST"]["NAME"])))
        databases = setup_databases(verbosity=0, interactive=False, keepdb=has_copy)
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            teardown_databases(databases, verbosity=0)
        else:  # the server is deleted with its databases; a thread may still be connected to this one
            connections.close_all()


@pytest.fixture(autouse=True)
def clear_memory() -> None:
    """Clear what this process holds in memory, before each test: rate limits, calls to services, and parkrun events."""
    cache.clear()
    budget.cache_clear()
    bucket_app.PACE = RequestPace()
    catalogue.expire()


@pytest.fixture
def limit_clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """The clock of the rate limits, which stands still unless a test changes `limit_clock["now"]`."""
    seconds = {"now": 1000.0}
    monkeypatch.setattr("site_config.cache.microseconds", lambda: round(seconds["now"] * 1_000_000))
    return seconds


@pytest.fixture
def few_posts(settings: Settings, limit_clock: dict[str, float]) -> None:
    """A member may post 20 times at once, then once every 10 seconds by `limit_clock`."""
    settings.POST_RATE = Rate(20, 200)


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
    """The parkrun events of the bundled list, loaded into the test's database."""
    loaded_events.load()
    catalogue.expire()
    yield
    catalogue.expire()  # the events in memory are those of a database that is rolled back


@pytest.fixture
async def connections_closed(transactional_db: None) -> AsyncIterator[None]:
    """Close the database connections of the thread in which the asynchronous ORM works, at the end of a test.

    Postgres refuses to drop the test database while one is open.
    """
    yield
    await sync_to_async(connections.close_all)()


@pytest.fixture(scope="session")
def stand_in_process() -> Iterator[StandIn]:
    with StandIn("--callback-domain", "testserver") as running:
        yield running


@pytest.fixture
def stand_in(stand_in_process: StandIn, settings: Settings) -> Iterator[StandIn]:
    """The stand-in for Strava, without faults. The test's settings send the site to it."""
    settings.STRAVA_OAUTH_URL = stand_in_process.oauth_url
    settings.STRAVA_API_URL = stand_in_process.api_url
    yield stand_in_process
    stand_in_process.clear_faults()


@pytest.fixture(scope="session")
def bucket_process() -> Iterator[BucketStandIn]:
    with BucketStandIn("--callback-domain", "testserver") as running:
        yield running


@pytest.fixture
def bucket(bucket_process: BucketStandIn, settings: Settings) -> Iterator[BucketStandIn]:
    """The stand-in for Bucket, without faults and stored Things. The test's settings send the site to it.

    Its people and their consents are those of earlier tests: a test may add a person of its own.
    """
    settings.BUCKET_CLIENT_ID = bucket_process.client_id
    settings.BUCKET_OAUTH_URL = bucket_process.oauth_url
    settings.BUCKET_USERINFO_URL = bucket_process.userinfo_url
    settings.BUCKET_API_URL = bucket_process.api_url
    yield bucket_process
    bucket_process.reset()
    bucket_process.clear()


@pytest.fixture(scope="session")
def push_process() -> Iterator[PushStandIn]:
    with PushStandIn() as running:
        yield running


@pytest.fixture
def push_service(push_process: PushStandIn, settings: Settings) -> Iterator[PushStandIn]:
    """The stand-in for push services, without browsers, messages and faults. The test's settings let the site call
    it."""
    settings.VAPID_PRIVATE_KEY = PRIVATE_KEY
    settings.PUSH_EXTRA_HOSTS = [push_process.host]
    yield push_process
    push_process.clear()


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The URL of a Redis database of this test process alone: 0 to 7 in the pass on SQLite, from 8 on Postgres."""
    server = started("TEST_REDIS_URL", "Redis").rpartition("/")[0]
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return f"{server}/{8 + worker if os.environ.get('TEST_ON') == 'postgres' else worker}"


@pytest.fixture(scope="session")
def postgres_url() -> str:
    return started("TEST_POSTGRES_URL", "Postgres")


@pytest.fixture(scope="session")
def browser_program() -> str:
    return started("TEST_BROWSER", "a browser")


@pytest.fixture(scope="session")
def headless_program(browser_program: str) -> str:
    """A browser that shows no notifications: the headless shell, which is quicker, or else the whole browser."""
    return os.environ.get("TEST_HEADLESS_BROWSER", browser_program)


@pytest.fixture(scope="session")
def migrated_databases() -> Iterator[MigratedDatabases]:
    databases = MigratedDatabases()
    yield databases
    databases.remove()


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


@pytest.fixture
def postgres_database(postgres_url: str, migrated_databases: MigratedDatabases) -> str:
    """The URL of a migrated Postgres database that only this test uses."""
    return migrated_databases.postgres(postgres_url)


@pytest.fixture
def own_postgres(postgres_url: str, migrated_databases: MigratedDatabases) -> Iterator[PostgresServer]:
    """A Postgres server that only this test uses, so that it may stop and start the server."""
    programs = Path(started("TEST_POSTGRES_PROGRAMS", "Postgres"))
    with migrated_databases.own_postgres(programs, postgres_url) as server:
        yield server


@pytest.fixture(scope="session")
def shared_site(
    migrated_databases: MigratedDatabases,
    fork_server: ForkServer,
    stand_in_process: StandIn,
    bucket_process: BucketStandIn,
) -> Iterator[LiveSite]:
    """One process over SQLite, as on a laptop, for tests that do not trouble it: each test has clubs and athletes of
    its own."""
    with LiveSites(migrated_databases, fork_server.start) as sites:
        yield sites.running(**strava_of(stand_in_process), **bucket_of(bucket_process))


@pytest.fixture(scope="module")
def module_sites(migrated_databases: MigratedDatabases, fork_server: ForkServer) -> Iterator[LiveSites]:
    """For tests that cause no faults and can share a site."""
    with LiveSites(migrated_databases, fork_server.start) as sites:
        yield sites


@pytest.fixture
def live_sites(migrated_databases: MigratedDatabases, fork_server: ForkServer) -> Iterator[LiveSites]:
    with LiveSites(migrated_databases, fork_server.start) as sites:
        yield sites
