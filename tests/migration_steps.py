"""Migrate the test's database to an earlier migration, and put the newest one back."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def migrate_to(name: str) -> Any:
    """Migrate forwards or backwards to this migration of strava_live, and return its models."""
    MigrationExecutor(connection).migrate([("strava_live", name)])
    return MigrationExecutor(connection).loader.project_state([("strava_live", name)]).apps


@contextmanager
def put_back_afterwards() -> Iterator[None]:
    """Restore the test's SQLite database at the end, which is quicker than the way back to the newest migration."""
    file = connection.settings_dict["NAME"]
    connection.close()
    with closing(sqlite3.connect(":memory:")) as copy, closing(sqlite3.connect(file)) as database:
        database.backup(copy)
        try:
            yield
        finally:
            connection.close()
            copy.backup(database)
