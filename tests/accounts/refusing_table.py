"""Make the real database refuse new tokens, by a trigger that `accept_tokens` removes."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

TABLE = "strava_live_stravaconnection"
REFUSE = {
    "sqlite": (
        f"CREATE TRIGGER refuse_tokens BEFORE UPDATE OF access_token ON {TABLE} "
        "BEGIN SELECT RAISE(ABORT, 'no tokens are taken'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse_tokens() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no tokens are taken'; END $$",
        f"CREATE TRIGGER refuse_tokens BEFORE UPDATE OF access_token ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_tokens()",
    ),
}
ACCEPT = {
    "sqlite": ("DROP TRIGGER IF EXISTS refuse_tokens",),
    "postgresql": (
        f"DROP TRIGGER IF EXISTS refuse_tokens ON {TABLE}",
        "DROP FUNCTION IF EXISTS refuse_tokens",
    ),
}


@contextmanager
def refusing_tokens() -> Iterator[None]:
    refuse_tokens()
    try:
        yield
    finally:
        accept_tokens()


def refuse_tokens() -> None:
    run(REFUSE)


def accept_tokens() -> None:
    run(ACCEPT)


def run(statements: dict[str, tuple[str, ...]]) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
