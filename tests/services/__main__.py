"""The program behind bin/test: start Redis, Postgres and a browser, and run pytest twice.

1. All tests, on SQLite and the in-memory channel layer.
2. All tests that use the database, on Postgres.

It reports which tests could not run because a service is missing. `bin/test --coverage` runs the first pass only and
reports which lines pytest's own processes executed, which takes nearly twice as long.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from tests.services.browser import browser_program
from tests.services.postgres_server import postgres_programs, running_postgres
from tests.services.redis_server import redis_program, running_redis

WORKERS = ("-n", "3", "--dist", "worksteal")
"""Options of pytest-xdist: three worker processes on two processors, because many tests wait for other processes."""
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
    """Start the services. Yield environment variables with their URLs, and the names of those that are missing."""
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
    """Collect static files as a host's build does, without the site's environment variables."""
    bare = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, env=bare, check=True)


def run_passes(arguments: list[str], environment: dict[str, str], left_out: list[str]) -> int:
    if arguments == ["--coverage"]:
        return measure_coverage(environment)
    if arguments:
        return run("pytest", *arguments, environment=environment)
    say("Pass 1: all tests, on SQLite")
    failed = run("pytest", *WORKERS, environment=environment)
    if "Postgres" not in left_out:
        say("Pass 2: tests that touch the database, on Postgres")
        failed = run("pytest", *WORKERS, environment={**environment, "TEST_ON": "postgres"}) or failed
    return failed


def measure_coverage(environment: dict[str, str]) -> int:
    run("coverage", "erase", environment=environment)
    failed = run("coverage", "run", "-m", "pytest", *WORKERS, environment=environment)
    run("coverage", "combine", "--quiet", environment=environment)
    return run("coverage", "report", environment=environment) or failed


def run(module: str, *arguments: str, environment: dict[str, str]) -> int:
    return subprocess.run([sys.executable, "-m", module, *arguments], env=environment).returncode


def say(line: str) -> None:
    print(f"\n== {line}", flush=True)  # noqa: T201 the progress of this command


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
