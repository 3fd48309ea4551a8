"""Examines what is there for real and says, for what is wrong, what to do. `manage.py doctor` prints it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import redis
from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from strava_live.accounts.encryption import UnreadableSecret
from strava_live.accounts.rekeying import read_every_secret
from strava_live.accounts.strava_app import strava
from strava_live.parkrun.freshness import catalogue_freshness
from strava_live.strava.errors import AppInactive, StravaError

CLOCK_MAY_BE_OFF = timedelta(seconds=30)


@dataclass(frozen=True)
class Finding:
    name: str
    holds: bool
    what: str
    advice: str = ""


def examine() -> list[Finding]:
    return [finding for check in CHECKS for finding in check()]


def look_at_database() -> Iterator[Finding]:
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        yield Finding("database", False, str(error).strip().splitlines()[0], "check DATABASE_URL and that it runs")
        return
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield Finding("database", False, f"{len(waiting)} migrations are waiting", "run manage.py migrate")
    else:
        yield Finding("database", True, f"{connection.vendor} answers, every migration is applied")


def look_at_keys() -> Iterator[Finding]:
    """Every stored secret must open, not only the first."""
    try:
        count = read_every_secret()
    except UnreadableSecret:
        yield Finding(
            "keys", False, "a stored secret cannot be read", "put the key that is missing back into FIELD_KEYS"
        )
    except DatabaseError:
        return  # the database has been told of already
    else:
        yield Finding("keys", True, f"FIELD_KEYS open every stored secret ({count})")


def look_at_parkrun_events() -> Iterator[Finding]:
    try:
        found = catalogue_freshness(datetime.now(UTC).date())
    except DatabaseError:
        return  # the database has been told of already
    yield Finding("parkrun events", found.good, found.what, found.advice)


def look_at_redis() -> Iterator[Finding]:
    if not settings.REDIS_URL:
        yield Finding("redis", True, "not set up: everything runs in one process")
        return
    try:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, **settings.REDIS_OPTIONS)
        seconds, _ = client.time()
    except redis.RedisError as error:
        yield Finding("redis", False, str(error), "check REDIS_URL and that it runs")
        return
    yield Finding("redis", True, "answers")
    yield from look_at_clock("Redis", datetime.fromtimestamp(seconds, UTC))


def look_at_strava() -> Iterator[Finding]:
    """Asks with a code that cannot be right: Strava names what it dislikes first, our credentials or the code."""
    if not settings.STRAVA_CONFIGURED:
        yield Finding("strava", True, "not set up: people sign in with a password only")
        return
    try:
        async_to_sync(strava().exchange)("a-code-that-cannot-be-right")
    except AppInactive as error:
        advice = "check STRAVA_CLIENT_ID and STRAVA_CLIENT_SECRET, and that the application is active at Strava"
        yield Finding("strava", False, str(error), advice)
    except StravaError as error:
        if error.code == "reconnect_needed":
            yield Finding("strava", True, "knows our application")
        else:
            yield Finding("strava", False, str(error), "try again later; sign-in with Strava does not work meanwhile")


def look_at_clock(whose: str, theirs: datetime) -> Iterator[Finding]:
    off = abs(datetime.now(UTC) - theirs)
    if off > CLOCK_MAY_BE_OFF:
        yield Finding("clock", False, f"{off.total_seconds():.0f} s away from {whose}'s", "set this machine's clock")
    else:
        yield Finding("clock", True, f"agrees with {whose}'s")


def look_at_static_files() -> Iterator[Finding]:
    if settings.DEBUG:
        yield Finding("static files", True, "served as they lie there (DEBUG=1)")
    elif (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        yield Finding("static files", True, "collected")
    else:
        yield Finding("static files", False, "not collected", "run manage.py collectstatic")


def look_at_email() -> Iterator[Finding]:
    if settings.EMAIL_CONFIGURED:
        yield Finding("e-mail", True, "set up")
    else:
        yield Finding("e-mail", True, "not set up: forgotten passwords are reset with manage.py reset_link")


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    look_at_database,
    look_at_keys,
    look_at_parkrun_events,
    look_at_redis,
    look_at_strava,
    look_at_static_files,
    look_at_email,
)
