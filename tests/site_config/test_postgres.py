"""Connections to Postgres: the pool notices lost ones without asking, and repeated statements are prepared."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection
from psycopg_pool import ConnectionPool

from site_config.postgres import PooledConnection
from tests.live_site import LiveSites

pytestmark = pytest.mark.services
LAST_QUERY = "SELECT query FROM pg_stat_activity WHERE pid = %s"


@pytest.fixture
def pool(postgres_url: str) -> Iterator[ConnectionPool[Any]]:
    """A pool of one connection, which it checks each time it gives it out."""
    check = ConnectionPool.check_connection
    with ConnectionPool[Any](
        postgres_url,
        connection_class=PooledConnection,
        min_size=1,
        max_size=1,
        kwargs={"autocommit": True},
        check=check,
    ) as pool:
        yield pool


@pytest.fixture
def other(postgres_url: str) -> Iterator[Connection[Any]]:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        yield connection


def backend_of(pool: ConnectionPool[Any]) -> int:
    with pool.connection() as connection:
        return int(connection.execute("SELECT pg_backend_pid()").fetchone()[0])


def test_check_of_an_idle_connection_asks_postgres_nothing(pool: ConnectionPool[Any], other: Connection[Any]) -> None:
    backend = backend_of(pool)

    with pool.connection():
        asked = other.execute(LAST_QUERY, [backend]).fetchone()

    assert asked == ("SELECT pg_backend_pid()",)


def test_connection_that_postgres_has_ended_is_replaced(pool: ConnectionPool[Any], other: Connection[Any]) -> None:
    backend = backend_of(pool)
    other.execute("SELECT pg_terminate_backend(%s, 10000)", [backend])  # waits until it has ended

    assert backend_of(pool) != backend


REPEATED = """
from django.db import connection
from strava_live.clubs.models import Club
for number in range(4):
    list(Club.objects.filter(pk=number))
with connection.cursor() as cursor:
    cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%club%'")
    print(cursor.fetchone()[0])
"""


def test_statement_that_the_site_repeats_is_prepared_once(live_sites: LiveSites, postgres_database: str) -> None:
    site = live_sites(DATABASE_URL=postgres_database)

    assert site.manage("shell", "-v", "0", "-c", REPEATED).strip() == "1"
