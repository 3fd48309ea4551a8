"""The faults, each a context manager: entering it starts the fault, leaving it ends the fault."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import psycopg
import redis
from psycopg import sql

from bench.fanout_peers.processes import family
from bench.fault_trials.scene import Scene
from tests.services.frozen import frozen

SECONDS = 10.0
"""How long a fault lasts."""
REDIS_CLIENTS = 10_000
"""How many clients Redis allows by default."""
TAKE_CONNECTIONS_S = 3.0
"""How long `postgres_full` takes connections: the site reconnects at once, and the fault must take those too."""


@dataclass(frozen=True)
class Fault:
    """A fault, and whom it may affect."""

    inject: Callable[[Scene], AbstractContextManager[None]]
    seconds: float = SECONDS
    local: bool = False
    """Whether the fault affects only one club, or only one athlete. Other users must then notice nothing."""
    freezes_web: bool = False


@contextmanager
def stopped(*pids: int) -> Iterator[None]:
    """Stop processes with SIGSTOP, so that they exist but do nothing."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@contextmanager
def redis_killed(scene: Scene) -> Iterator[None]:
    assert scene.redis.process is not None
    scene.redis.process.kill()
    scene.redis.process.wait()
    yield
    scene.redis.start()


@contextmanager
def redis_frozen(scene: Scene) -> Iterator[None]:
    assert scene.redis.process is not None
    with stopped(scene.redis.process.pid):
        yield


@contextmanager
def redis_refusing(scene: Scene) -> Iterator[None]:
    """Let Redis close all connections but ours, and refuse new ones."""
    with contextlib.closing(redis.Redis.from_url(scene.redis.url)) as ours:
        ours.config_set("maxclients", 1)
        for kind in ("normal", "pubsub"):
            ours.client_kill_filter(_type=kind, skipme=True)
        yield
        ours.config_set("maxclients", REDIS_CLIENTS)


@contextmanager
def postgres_restarted(scene: Scene) -> Iterator[None]:
    scene.postgres.stop()
    time.sleep(2)
    scene.postgres.start()
    yield


@contextmanager
def postgres_frozen(scene: Scene) -> Iterator[None]:
    with frozen(scene.postgres):
        yield


@contextmanager
def postgres_full(scene: Scene) -> Iterator[None]:
    """Take all connections that Postgres allows, including those that the site has."""
    taken = take_connections(scene.postgres.url)
    until = time.monotonic() + TAKE_CONNECTIONS_S
    while time.monotonic() < until:
        taken[0].execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'site\\_%'")
        taken += take_connections(scene.postgres.url)
    yield
    for connection in taken:
        connection.close()


def take_connections(url: str) -> list["psycopg.Connection[tuple[object, ...]]"]:
    """Connect until Postgres refuses."""
    taken = []
    with contextlib.suppress(psycopg.OperationalError):
        while True:
            taken.append(psycopg.connect(url, autocommit=True))
    return taken


@contextmanager
def web_frozen(scene: Scene) -> Iterator[None]:
    with stopped(*family(scene.webs[0].pid)):
        yield


def row_locked(table: str, key: str, value: Callable[[Scene], int]) -> Callable[[Scene], AbstractContextManager[None]]:
    @contextmanager
    def locked(scene: Scene) -> Iterator[None]:
        query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s FOR UPDATE").format(sql.Identifier(table), sql.Identifier(key))
        with psycopg.connect(scene.database) as connection:
            found = connection.execute(query, [value(scene)]).fetchall()
            assert found, f"a row of {table} to lock"
            yield
            connection.rollback()

    return locked


# The faults by their name on the command line.
FAULTS: dict[str, Fault] = {
    "redis_killed": Fault(redis_killed),
    "redis_frozen": Fault(redis_frozen),
    "redis_refusing": Fault(redis_refusing),
    "postgres_restarted": Fault(postgres_restarted, seconds=2),
    "postgres_frozen": Fault(postgres_frozen),
    "postgres_full": Fault(postgres_full),
    "web_frozen": Fault(web_frozen, freezes_web=True),
    "club_locked": Fault(row_locked("strava_live_club", "id", lambda scene: scene.club.pk), local=True),
    "athlete_locked": Fault(
        row_locked("strava_live_athletestate", "athlete_id", lambda scene: scene.athlete_id), local=True
    ),
}
