"""Start Redis and Postgres for a benchmark, and make databases in that Postgres."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

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
