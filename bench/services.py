"""Start Redis and Postgres for a benchmark, and make databases in that Postgres."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tests.live_site import ROOT, LiveSites
from tests.migrated import MigratedDatabases
from tests.services.__main__ import collect_static_files
from tests.services.postgres_server import PostgresServer, postgres_programs, running_postgres
from tests.services.redis_server import RedisServer, redis_program, running_redis


@dataclass(frozen=True)
class Services:
    redis: RedisServer
    postgres: PostgresServer
    databases: MigratedDatabases


@contextmanager
def running_services() -> Iterator[Services]:
    redis_at, postgres_at = redis_program(), postgres_programs()
    if redis_at is None or postgres_at is None:
        sys.exit("Redis and Postgres are needed.")
    collect_static_files()
    with ExitStack() as stack:
        redis = stack.enter_context(running_redis(redis_at))
        postgres = stack.enter_context(running_postgres(postgres_at))
        databases = MigratedDatabases()
        stack.callback(databases.remove)
        yield Services(redis, postgres, databases)


def run_on_postgres(module: str, **environment: str) -> int:
    """Run a module of bench/ in a process of its own, with an empty database in Postgres. Return its exit code."""
    programs = postgres_programs()
    if programs is None:
        sys.exit("Postgres is needed.")
    collect_static_files()
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres(programs))
        databases = MigratedDatabases()
        stack.callback(databases.remove)
        live_sites = stack.enter_context(LiveSites(databases))
        site = live_sites(DATABASE_URL=databases.postgres(postgres.url))
        words = [sys.executable, "-m", module]
        return subprocess.run(words, env=site.environment | environment, cwd=ROOT, check=False).returncode
