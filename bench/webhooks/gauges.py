"""Processor time and memory of each process of a trial, and how many queries Postgres has executed."""

import asyncio
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import linear_regression, median

import psycopg

from bench.fanout_peers.processes import family, on_cpu_s
from tests.services.postgres_server import PostgresServer

SAMPLE_EVERY_S = 5.0


@dataclass
class Gauges:
    """The processes of a trial by name, and what was read from the kernel about them."""

    pids: dict[str, int]
    memory_mb: dict[str, list[float]] = field(default_factory=dict)
    """The memory of each process every SAMPLE_EVERY_S. Memory that several processes share counts in part for each."""

    def cpu_s(self) -> dict[str, float]:
        """Return the processor time used so far by each process, and by this one, which sends the events."""
        return {name: on_cpu_s(pid) for name, pid in self.pids.items()} | {"sender": time.process_time()}

    async def sample(self) -> None:
        """Sample the memory until cancelled."""
        while True:
            for name, pid in self.pids.items():
                self.memory_mb.setdefault(name, []).append(memory_mb(pid))
            await asyncio.sleep(SAMPLE_EVERY_S)

    def growth(self, name: str) -> float:
        """Return the relative growth of the memory over the last third of the samples, by a fitted line."""
        samples = self.memory_mb[name][-max(3, len(self.memory_mb[name]) // 3) :]
        slope = linear_regression(range(len(samples)), samples).slope
        return slope * (len(samples) - 1) / median(samples)


def memory_mb(pid: int) -> float:
    return sum(memory_of_one(member) for member in family(pid))


def memory_of_one(pid: int) -> float:
    with suppress(OSError):  # the process has ended
        found = re.search(r"\nPss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8"))
        return int(found[1]) / 1024 if found else 0.0
    return 0.0


def count_queries(server: PostgresServer) -> None:
    """Restart a Postgres server so that it counts queries."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
    server.stop()
    server.start()
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_stat_statements")
        connection.execute("ALTER SYSTEM SET pg_stat_statements.track_utility = off")  # BEGIN, COMMIT, SAVEPOINT
        connection.execute("SELECT pg_reload_conf()")


def queries(server: PostgresServer) -> int:
    """Return how many queries clients have sent since the server's start, without its own checks of foreign keys."""
    total = "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query NOT LIKE '%FOR KEY SHARE OF x'"
    with psycopg.connect(server.url) as connection:
        row = connection.execute(total).fetchone()
    return int(row[0]) if row else 0


def common_queries(server: PostgresServer, count: int) -> list[tuple[int, str]]:
    """Return the most frequent queries, each with its number of calls."""
    with psycopg.connect(server.url) as connection:
        rows = connection.execute(
            "SELECT calls, query FROM pg_stat_statements ORDER BY calls DESC LIMIT %s", (count,)
        ).fetchall()
    return [(int(calls), str(query)) for calls, query in rows]


@dataclass(frozen=True)
class Reading:
    """What has been used up to a moment."""

    at: float
    cpu_s: dict[str, float]
    queries: int

    @classmethod
    def now(cls, gauges: Gauges, server: PostgresServer) -> "Reading":
        return cls(time.monotonic(), gauges.cpu_s(), queries(server))
