"""The record of a benchmark: the machine, the goals reached or not, and all measured values as JSON in var/bench/."""

import asyncio
import json
import math
import os
import platform
import subprocess
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "bench"
PACKAGES = ("django", "channels", "channels-redis", "daphne", "httpx", "psycopg")
"""Packages whose versions are recorded."""
ECHOES = 300


class Goal(NamedTuple):
    """A measured value, and the most that it may be."""

    what: str
    found: float
    """NaN if a peer was not measured."""
    most: float

    @property
    def verdict(self) -> str:
        if math.isnan(self.found):
            return "not measured"
        return "reached" if self.found <= self.most else "NOT REACHED"


class Record:
    """The record of running a benchmark once. It prints the machine first and the goals last.

    With `sockets`, it first measures an empty echo server, the least that any server needs on this machine.
    """

    def __init__(self, name: str, *, sockets: bool = False) -> None:
        self.name = name
        self.values: dict[str, list[float]] = {}
        self.goals: list[Goal] = []
        self.machine = machine()
        print(" · ".join(f"{key} {value}" for key, value in self.machine.items()))
        if sockets:
            self.add("echo ms", asyncio.run(echo_times_ms()))
            print(f"floor, an empty echo server: {spread(self.values['echo ms'])} ms")
        print(flush=True)

    def add(self, what: str, values: Sequence[float]) -> None:
        self.values.setdefault(what, []).extend(values)

    def goal(self, what: str, found: float, most: float) -> None:
        self.goals.append(Goal(what, found, most))

    def finish(self) -> int:
        """Print the goals, write the JSON file, and return the exit code: 1 unless every goal was reached."""
        print()
        for goal in self.goals:
            print(f"{goal.what:56}{goal.found:>10.2f} of {goal.most:g}  {goal.verdict}")
        at = datetime.now(UTC)
        path = FOLDER / f"{self.name}-{at:%Y%m%dT%H%M%S}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        goals = [goal._asdict() | {"verdict": goal.verdict} for goal in self.goals]
        written = {"benchmark": self.name, "at": at.isoformat(), "machine": self.machine, "goals": goals}
        path.write_text(json.dumps(written | {"values": self.values}, indent=1) + "\n", encoding="utf-8")
        print(f"figures: {path.relative_to(ROOT)}")
        return 0 if all(goal.verdict == "reached" for goal in self.goals) else 1


def machine() -> dict[str, Any]:
    """Return what the measured values depend on: commit, versions, processor, load."""
    return {
        "commit": commit(),
        "python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
        "processor": processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
    }


def commit() -> str:
    words = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude", "*"]
    found = subprocess.run(words, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def spread(values: Sequence[float]) -> str:
    """Return the median and the quartiles as text."""
    if len(values) < 2:
        return f"{median(values):.2f}"
    low, middle, high = quantiles(values, n=4)
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


async def echo_times_ms() -> list[float]:
    """Return the round-trip times to an empty echo server."""

    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    async with serve(echo, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}/", proxy=None) as client:
            return [await round_trip_ms(client) for _ in range(ECHOES)]


async def round_trip_ms(client: Any) -> float:
    began = time.perf_counter()
    await client.send('{"type":"ping"}')
    await client.recv()
    return (time.perf_counter() - began) * 1000
