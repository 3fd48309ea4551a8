"""Databases for sites that tests start: migrated once and then copied, because migrating takes seconds.

They hold the parkrun events that come with the site, as every deployment does after its release step. The database of
a test process itself is a copy without events. The processes of one run of bin/test share all these in the folder
TEST_DATABASES.
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from tests.services.postgres_server import PostgresServer, running_postgres

ROOT = Path(__file__).parent.parent
MIGRATE = """
import sys
import django
from django.core.management import call_command

empty_copy = sys.argv[1:]
sys.argv = ["manage.py", "migrate"]  # the settings are different for commands and for servers

django.setup()
call_command("migrate", interactive=False, verbosity=0)
if empty_copy:
    from django.db import connection
    connection.cursor().execute("VACUUM INTO %s", empty_copy)
call_command("load_parkrun_events")
"""


class MigratedDatabases:
    """Migrated databases to copy, in a folder that test processes may share. Each is made when it is first needed."""

    def __init__(self) -> None:
        shared = os.environ.get("TEST_DATABASES")
        self.own_folder = None if shared else Path(tempfile.mkdtemp())
        self.folder = self.own_folder or Path(str(shared))
        self.empty = self.folder / "empty.sqlite3"
        """An SQLite database without parkrun events."""
        self.folder.chmod(0o755)  # Postgres, which refuses to be root, reads a server's data from there

    def sqlite(self) -> Path:
        """Return the file of an SQLite database to copy."""
        file = self.folder / "migrated.sqlite3"
        with self.made_once(file) as is_missing:
            if is_missing:
                with self.made_once(self.empty) as is_first:
                    if not is_first:
                        shutil.copy(self.empty, file)
                    migrate(f"sqlite:///{file}", *([self.empty] if is_first else []))
        return file

    @contextmanager
    def copied_to(self, test_database: Path) -> Iterator[bool]:
        """Copy the SQLite database without events to `test_database`, and yield True.

        Yield False if there is none yet. The caller then migrates the database at `test_database`, which is copied.
        """
        with self.made_once(self.empty) as is_missing:
            if not is_missing:
                shutil.copy(self.empty, test_database)
            yield not is_missing
            if is_missing:
                with closing(sqlite3.connect(test_database)) as migrated:
                    migrated.execute("VACUUM INTO ?", [str(self.empty)])

    def postgres(self, server_url: str) -> str:
        """Make a migrated database on a Postgres server that tests share, and return its URL."""
        template = self.folder / "postgres_template.txt"
        with self.made_once(template) as is_missing:
            if is_missing:
                url = new_database(server_url)
                migrate(url)
                template.write_text(url)
        return new_database(server_url, like=template.read_text())

    @contextmanager
    def own_postgres(self, programs: Path, server_url: str) -> Iterator[PostgresServer]:
        """Start a Postgres server for one test alone, with a copy of a migrated database of the server `server_url`."""
        with running_postgres(programs, like=self.postgres_data(programs, server_url)) as server:
            yield server

    def postgres_data(self, programs: Path, server_url: str) -> Path:
        """Return the data folder of a stopped Postgres server to copy."""
        data = self.folder / "postgres"
        with self.made_once(data) as is_missing:
            if is_missing:
                with running_postgres(programs) as server:
                    copy_database(programs, self.postgres(server_url), server.url)
                    server.stop()
                    shutil.move(server.data, data)
        return data

    @contextmanager
    def made_once(self, path: Path) -> Iterator[bool]:
        """Yield True if this process has to make `path`. Other processes wait until it has."""
        with (self.folder / f"{path.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield not path.exists()

    def remove(self) -> None:
        if self.own_folder:
            shutil.rmtree(self.own_folder)


def migrate(url: str, *empty_copy: Path) -> None:
    """Migrate the database and load the parkrun events. Before, make the copy of an SQLite database without events."""
    environment = {**os.environ, "DATABASE_URL": url, "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "site_config.settings"}
    subprocess.run(
        [sys.executable, "-c", MIGRATE, *empty_copy], env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )


def copy_database(programs: Path, source: str, target: str) -> None:
    """Copy all tables and rows to the empty database `target`, which may be of another server."""
    dump = subprocess.run([str(programs / "pg_dump"), "--dbname", source], check=True, stdout=subprocess.PIPE)
    restore = [str(programs / "psql"), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", target]
    subprocess.run(restore, input=dump.stdout, check=True, stdout=subprocess.DEVNULL)


def new_database(server_url: str, *, like: str = "") -> str:
    """Make a Postgres database, empty or a copy of the one with the URL `like`, and return its URL."""
    server, name, template = server_url.rpartition("/")[0], f"site_{uuid.uuid4().hex}", like.rpartition("/")[2]
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template1"}"')
    return f"{server}/{name}"
