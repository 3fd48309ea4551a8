"""./bin/dev starts the whole site, shows a demo club, and stops everything that it has started."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.migrated import MigratedDatabases
from tests.patience import PATIENCE_S
from tests.services.redis_server import free_port

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.services
# Tests that were started with nohup ignore SIGHUP and pass that on to their processes. A shell cannot undo that.
AS_FROM_A_TERMINAL = """
import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""


@contextlib.contextmanager
def dev(var: Path, port: int, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    """Run bin/dev with a database of its own."""
    bare = {"PATH": os.environ["PATH"], "HOME": str(var), "PORT": str(port)}
    ports = {name: str(free_port()) for name in ("STAND_IN_PORT", "BUCKET_STAND_IN_PORT", "PUSH_STAND_IN_PORT")}
    settings = {"DATABASE_URL": f"sqlite:///{var}/dev.sqlite3", **ports}
    process = subprocess.Popen(
        [sys.executable, "-c", AS_FROM_A_TERMINAL, ROOT / "bin/dev"],
        env=bare | settings | environment,
        cwd=var,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        process.communicate(timeout=PATIENCE_S)


def first_page(port: int) -> httpx.Response:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return httpx.get(f"http://localhost:{port}/")
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def listening(port: int) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"http://localhost:{port}/healthz").is_success
    return False


def assert_nothing_left_behind(port: int, *stand_ins: int) -> None:
    assert not listening(port)
    for stand_in in stand_ins:
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://localhost:{stand_in}/")


def test_dev_serves_and_ends_with_its_terminal(tmp_path: Path, migrated_databases: MigratedDatabases) -> None:
    port, stand_in, bucket = free_port(), free_port(), free_port()
    shutil.copy(migrated_databases.sqlite(), tmp_path / "dev.sqlite3")  # the next test begins without a database

    with dev(tmp_path, port, STAND_IN_PORT=str(stand_in), BUCKET_STAND_IN_PORT=str(bucket)) as process:
        assert first_page(port).status_code == 200
        for one in (stand_in, bucket):
            assert httpx.get(f"http://localhost:{one}/", follow_redirects=True).status_code == 200
        assert "Sign in with Strava" in httpx.get(f"http://localhost:{port}/accounts/login/").text
        process.send_signal(signal.SIGHUP)
        output, _ = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 0
    assert f"http://localhost:{port}/" in output
    assert f"http://localhost:{bucket}/" in output
    assert_nothing_left_behind(port, stand_in, bucket)


def test_dev_shows_a_demo_club_to_join_and_its_screen_and_that_its_port_is_taken(tmp_path: Path) -> None:
    port, stand_in = free_port(), free_port()
    with dev(tmp_path, port, STAND_IN_PORT=str(stand_in)) as process:
        shown: dict[str, str] = {}
        assert process.stdout is not None
        for line in process.stdout:
            what, _, rest = line.strip().partition(" ")
            shown[what] = rest
            if what == "captain":
                break
        invitation, screen = httpx.get(shown["invitation"]), httpx.get(shown["screen"])
        front_page = first_page(port).text
        with dev(tmp_path, port) as second:
            output, _ = second.communicate(timeout=PATIENCE_S)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 0
    assert_nothing_left_behind(port, stand_in)
    assert shown["club"] == f"http://localhost:{port}/clubs/demo/"
    assert "Hillside Harriers" in invitation.text
    assert screen.status_code == 200
    assert "Seconds later your club sees it" in front_page, "the stand-in sends its events to the site"
    assert second.returncode == 1
    assert f"Port {port} is taken" in output
    assert "Create an account" not in output


def test_dev_with_a_port_that_is_none_says_so(tmp_path: Path) -> None:
    with dev(tmp_path, 0, PORT="web") as process:
        output, _ = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 1
    assert output == "PORT=web cannot be used: it must be a number such as 8000.\n"
