"""Databases for sites that tests start: migrated once and then copied, because migrating takes seconds.

Like those of every deployment they contain the parkrun events that come with the site.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.services.postgres_server import PostgresServer, running_postgres

ROOT = Path(__file__).parent.parent


class MigratedDatabases:
    """The migrated databases to copy. Each is made when it is first needed."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.folder.chmod(0o755)  # Postgres, which refuses to be root, reads a server's data from there
        self.postgres_template = ""

    def sqlite(self) -> Path:
        """Return the file of an SQLite database to copy."""
        file = self.folder / "migrated.sqlite3"
        if not file.exists():
            migrate(f"sqlite:///{file}")
        return file

    def postgres(self, server_url: str) -> str:
        """Make a migrated database on a Postgres server that tests share, and return its URL."""
        if not self.postgres_template:
            self.postgres_template = new_database(server_url)
            migrate(self.postgres_template)
        return new_database(server_url, like=self.postgres_template)

    @contextmanager
    def own_postgres(self, programs: Path) -> Iterator[PostgresServer]:
        """Start a Postgres server with a migrated database, for one test alone."""
        with running_postgres(programs, like=self.postgres_data(programs)) as server:
            yield server

    def postgres_data(self, programs: Path) -> Path:
        """Return the data folder of a stopped Postgres server to copy."""
        data = self.folder / "postgres"
        if not data.exists():
            with running_postgres(programs) as server:
                migrate(server.url)
                server.stop()
                shutil.move(server.data, data)
        return data

    def remove(self) -> None:
        shutil.rmtree(self.folder)


def migrate(url: str) -> None:
    environment = {**os.environ, "DATABASE_URL": url, "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "site_config.settings"}
    for command in (["migrate", "--no-input", "--verbosity", "0"], ["load_parkrun_events"]):
        subprocess.run(
            [sys.executable, "manage.py", *command], env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )


def new_database(server_url: str, *, like: str = "") -> str:
    """Make a Postgres database, empty or a copy of the one with the URL `like`, and return its URL."""
    server, name, template = server_url.rpartition("/")[0], f"site_{uuid.uuid4().hex}", like.rpartition("/")[2]
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template1"}"')
    return f"{server}/{name}"
