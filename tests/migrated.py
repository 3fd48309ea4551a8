"""Databases for processes of their own, migrated once and copied after that: migrating takes seconds."""

import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

import psycopg

ROOT = Path(__file__).parent.parent


class MigratedDatabases:
    """Makes each kind when it is first wanted."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.postgres_template = ""

    def sqlite(self) -> Path:
        """A file to copy."""
        file = self.folder / "migrated.sqlite3"
        if not file.exists():
            migrate(f"sqlite:///{file}")
        return file

    def postgres(self, server_url: str) -> str:
        """The URL of a new database that nobody else has."""
        if not self.postgres_template:
            self.postgres_template = empty_database(server_url)
            migrate(on_server(server_url, self.postgres_template))
        return on_server(server_url, empty_database(server_url, template=self.postgres_template))

    def remove(self) -> None:
        shutil.rmtree(self.folder)


def migrate(url: str) -> None:
    environment = {**os.environ, "DATABASE_URL": url, "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "site_config.settings"}
    command = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
    subprocess.run(command, env=environment, cwd=ROOT, check=True)


def empty_database(server_url: str, *, template: str = "template1") -> str:
    name = f"site_{uuid.uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return name


def on_server(server_url: str, name: str) -> str:
    return f"{server_url.rsplit('/', 1)[0]}/{name}"
