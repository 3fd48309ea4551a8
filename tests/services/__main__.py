"""The program behind bin/test: start Redis, Postgres and a browser, and run pytest twice.

1. All tests, on SQLite and the in-memory channel layer.
2. All tests that use the database, on Postgres, in one process beside pass 1. Many tests of pass 1 wait for other
   processes and leave a processor idle.

Both passes shuffle their tests with one seed. A failed run says how to repeat it: TEST_SEED=123 bin/test

`bin/test --coverage` runs the tests of pass 1 that need neither services nor a browser, and reports the lines covered.
Tracing makes these tests much slower, so it is not part of a plain run.
"""

import contextlib
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.services.browser import browser_program, headless_program
from tests.services.postgres_server import postgres_programs, running_postgres
from tests.services.redis_server import redis_program, running_redis

WORKERS = ("-n", "3", "--dist", "worksteal")
"""Options of pytest-xdist for the pass on SQLite: three processes, because many tests wait for other processes."""
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
        environment["TEST_DATABASES"] = running.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
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
            environment["TEST_HEADLESS_BROWSER"] = str(headless_program() or program)
        else:
            left_out.append("a browser")
        yield environment, left_out


def collect_static_files() -> None:
    """Collect static files as a host's build does, without the site's environment variables."""
    bare = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, env=bare, check=True)


def run_passes(arguments: list[str], environment: dict[str, str], left_out: list[str]) -> int:
    seed = os.environ.get("TEST_SEED") or str(random.SystemRandom().randrange(2**32))
    order = [] if "no:randomly" in arguments else [f"--randomly-seed={seed}"]
    if arguments == ["--coverage"]:
        failed = measure_coverage(order, environment)
    elif arguments:
        failed = run("pytest", *order, *arguments, environment=environment)
    else:
        failed = run_both_passes(order, environment, left_out)
    if failed and order:
        command = " ".join(["bin/test", *arguments])
        say(f"The seed was {seed}. Repeat the order and the random values with: TEST_SEED={seed} {command}")
    return failed


def run_both_passes(order: list[str], environment: dict[str, str], left_out: list[str]) -> int:
    """Run pass 2 beside pass 1, and show its output after that of pass 1."""
    say("Pass 1: all tests, on SQLite")
    if "Postgres" in left_out:
        return run("pytest", *WORKERS, *order, environment=environment)
    with tempfile.TemporaryFile() as output, own_databases(environment) as on_postgres:
        command = [sys.executable, "-m", "pytest", *order]
        with subprocess.Popen(command, env=on_postgres, stdout=output, stderr=output) as second:
            failed = run("pytest", *WORKERS, *order, environment=environment)
            failed = second.wait() or failed
        say("Pass 2: tests that touch the database, on Postgres")
        output.seek(0)
        sys.stdout.write(output.read().decode(errors="replace"))
    return failed


@contextlib.contextmanager
def own_databases(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """Yield the environment of pass 2. It has a Postgres server of its own: long transactions of one pass would keep
    Postgres from cleaning up behind the updates of the other.
    """
    programs = Path(environment["TEST_POSTGRES_PROGRAMS"])
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as databases,
        running_postgres(programs) as server,
    ):
        yield {**environment, "TEST_ON": "postgres", "TEST_DATABASES": databases, "TEST_POSTGRES_URL": server.url}


def measure_coverage(order: list[str], environment: dict[str, str]) -> int:
    run("coverage", "erase", environment=environment)
    in_process = ("-m", "not services and not browser")
    failed = run("coverage", "run", "-m", "pytest", *WORKERS, *in_process, *order, environment=environment)
    run("coverage", "combine", "--quiet", environment=environment)
    return run("coverage", "report", environment=environment) or failed


def run(module: str, *arguments: str, environment: dict[str, str]) -> int:
    return subprocess.run([sys.executable, "-m", module, *arguments], env=environment).returncode


def say(line: str) -> None:
    print(f"\n== {line}", flush=True)  # noqa: T201 the progress of this command


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
