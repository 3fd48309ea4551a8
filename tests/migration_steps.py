"""Migrate the test's database to a migration, and back to the newest one."""

from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def migrate_to(name: str) -> Any:
    """Migrate forwards or backwards to this migration of strava_live, and return its models."""
    MigrationExecutor(connection).migrate([("strava_live", name)])
    return MigrationExecutor(connection).loader.project_state([("strava_live", name)]).apps


def migrate_to_newest() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
