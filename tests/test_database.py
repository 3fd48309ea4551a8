"""Which database errors are temporary, so that trying again helps. The errors come from real connections."""

import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler
from pytest_django import DjangoDbBlocker, Settings

from site_config import environment
from strava_live.database import is_temporary, retry_pauses
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.services


@pytest.fixture(autouse=True)
def databases_of_its_own(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def one_connection(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[BaseDatabaseWrapper]:
    """A connection to Postgres from a pool of one connection."""
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    config = environment.database("DATABASE_URL", default=Path("unused"))
    config["CONN_HEALTH_CHECKS"] = True
    config["OPTIONS"] = {
        "pool": {"min_size": 0, "max_size": 1, "timeout": PATIENCE_S},
        "options": "-c lock_timeout=100ms -c statement_timeout=500ms",
    }
    handler = ConnectionHandler({"default": dict(connections["default"].settings_dict), "one": config})
    wrapper = handler["one"]
    yield wrapper
    wrapper.close()
    wrapper.close_pool()  # type: ignore[attr-defined]


def error_of(wrapper: BaseDatabaseWrapper, statement: str) -> DatabaseError:
    with pytest.raises(DatabaseError) as caught, wrapper.cursor() as cursor:
        cursor.execute(statement)
    return caught.value


def test_lock_timeout_is_temporary(one_connection: BaseDatabaseWrapper, postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as other:
        other.execute("CREATE TABLE IF NOT EXISTS locked (id int)")
        other.commit()
        other.execute("LOCK TABLE locked")

        assert is_temporary(error_of(one_connection, "SELECT * FROM locked"))

        other.execute("DROP TABLE locked")


def test_statement_timeout_is_temporary(one_connection: BaseDatabaseWrapper) -> None:
    assert is_temporary(error_of(one_connection, "SELECT pg_sleep(60)"))


def test_exhausted_pool_is_temporary(one_connection: BaseDatabaseWrapper) -> None:
    one_connection.ensure_connection()
    one_connection.pool.timeout = 0.1  # type: ignore[attr-defined]

    assert is_temporary(error_of(one_connection.copy(), "SELECT 1"))


def test_connection_closed_by_postgres_is_temporary(one_connection: BaseDatabaseWrapper, postgres_url: str) -> None:
    with one_connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [backend])

    assert is_temporary(error_of(one_connection, "SELECT 1"))


def test_broken_connection_is_temporary(one_connection: BaseDatabaseWrapper) -> None:
    one_connection.ensure_connection()
    with socket.socket(fileno=os.dup(one_connection.connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)

    assert is_temporary(error_of(one_connection, "SELECT 1"))


def test_errors_of_the_statement_are_not_temporary(one_connection: BaseDatabaseWrapper) -> None:
    assert not is_temporary(error_of(one_connection, "SELECT 1/0"))
    assert not is_temporary(error_of(one_connection, "SELECT nothing"))
    assert not is_temporary(IntegrityError())
    assert not is_temporary(None)


def test_pause_between_attempts_doubles_up_to_two_seconds() -> None:
    assert list(islice(retry_pauses(), 7)) == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0])


def test_sqlite_overwrites_what_is_deleted(settings: Settings) -> None:
    """Otherwise a deleted person's rows could be read in the file. Some builds of SQLite do so without being asked."""
    options = settings.DATABASES["default"]["OPTIONS"]
    if "init_command" not in options:
        pytest.skip("the settings are those of Postgres")
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("PRAGMA secure_delete=OFF")

        connection.executescript(options["init_command"])

        assert connection.execute("PRAGMA secure_delete").fetchone() == (1,)


def test_locked_sqlite_database_is_temporary(tmp_path: Path) -> None:
    config = dict(connections["default"].settings_dict)
    config |= {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "one.sqlite3"), "OPTIONS": {"timeout": 0}}
    wrapper = ConnectionHandler({"default": config})["default"]
    with sqlite3.connect(config["NAME"], isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")

        assert is_temporary(error_of(wrapper, "BEGIN IMMEDIATE"))

        other.execute("ROLLBACK")
    other.close()
    assert not is_temporary(error_of(wrapper, "SELECT * FROM nothing"))
    wrapper.close()
