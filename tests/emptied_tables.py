"""Empty the tables after a test that commits, more quickly than Django's command `flush`.

`flush` truncates every table, which takes Postgres a tenth of a second, and then creates all content types and
permissions again. Here the rows are deleted. Content types and permissions stay, because no test changes them.
"""

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

KEPT = {"auth_permission", "django_content_type"}


def empty_tables(case: TransactionTestCase) -> None:
    """Empty the tables of all databases that the test may use. It replaces `TransactionTestCase._fixture_teardown`."""
    for alias in case._databases_names(include_mirrors=False):  # type: ignore[attr-defined]
        delete_rows(connections[alias])


def delete_rows(connection: BaseDatabaseWrapper) -> None:
    """Delete all rows, in one transaction and without checks of foreign keys."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    deletes = [f"DELETE FROM {connection.ops.quote_name(table)}" for table in sorted(set(tables) - KEPT)]  # noqa: S608
    if connection.vendor == "postgresql":
        deletes = ["; ".join(["SET LOCAL session_replication_role = replica", *deletes])]
    with (
        connection.constraint_checks_disabled(),
        transaction.atomic(using=connection.alias),
        connection.cursor() as cursor,
    ):
        for delete in deletes:
            cursor.execute(delete)
