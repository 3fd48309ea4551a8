"""What bin/test runs: starts the real services, then pytest in passes, and says at the end what was left out.

1. Everything, on SQLite and the in-memory layer.
2. Everything that touches the database, once more on Postgres.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from tests.services.browser import browser_program
from tests.services.postgres_server import postgres_programs, running_postgres
from tests.services.redis_server import redis_program, running_redis

INSTALL = {
    "Redis": "apt-get install redis-server",
    "Postgres": "apt-get install postgresql",
    "a browser": "apt-get install chromium libatomic1",
}


def main(arguments: list[str]) -> int:
    with services() as (environment, left_out):
        failed = run_passes(arguments, environment, left_out)
    for service in left_out:
        say(f"LEFT OUT: every test that needs {service}. Install it with: {INSTALL[service]}")
    if left_out and os.environ.get("CI") == "true":
        return 1
    return failed


@contextlib.contextmanager
def services() -> Iterator[tuple[dict[str, str], list[str]]]:
    """The environment that tells tests where each service is, and the names of those that could not be had."""
    environment, left_out = dict(os.environ), []
    collect_static_files()
    with contextlib.ExitStack() as running:
        if program := redis_program():
            environment["TEST_REDIS_URL"] = running.enter_context(running_redis(program)).url
            environment["TEST_REDIS_PROGRAM"] = str(program)
        else:
            left_out.append("Redis")
        if programs := postgres_programs():
            environment["TEST_POSTGRES_PROGRAMS"] = str(programs)
            environment["TEST_POSTGRES_URL"] = running.enter_context(running_postgres(programs)).url
        else:
            left_out.append("Postgres")
        if program := browser_program():
            environment["TEST_BROWSER"] = str(program)
        else:
            left_out.append("a browser")
        yield environment, left_out


def collect_static_files() -> None:
    """As a build does it: with no config var at all."""
    bare = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, env=bare, check=True)


def run_passes(arguments: list[str], environment: dict[str, str], left_out: list[str]) -> int:
    if arguments:
        return pytest(arguments, environment)
    coverage = ["-m", "coverage", "run", "-m", "pytest", "-n", "2"]
    subprocess.run([sys.executable, "-m", "coverage", "erase"], check=True)
    say("Pass 1: everything, on SQLite")
    failed = run(coverage, environment)
    if "Postgres" not in left_out:
        say("Pass 2: what touches the database, on Postgres")
        on_postgres = {**environment, "TEST_ON": "postgres"}
        failed = run(coverage, on_postgres) or failed
    subprocess.run([sys.executable, "-m", "coverage", "combine", "--quiet"], check=True)
    subprocess.run([sys.executable, "-m", "coverage", "report"], check=True)
    return failed


def pytest(arguments: list[str], environment: dict[str, str]) -> int:
    return run(["-m", "pytest", *arguments], environment)


def run(arguments: list[str], environment: dict[str, str]) -> int:
    return subprocess.run([sys.executable, *arguments], env=environment).returncode


def say(line: str) -> None:
    print(f"\n== {line}", flush=True)  # noqa: T201 what this command is for


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
