"""Run the throw-away site: the stand-in for Strava, and the site itself over a database in a temporary folder.

Both are processes on this machine, and are stopped when the block ends.
"""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.fernet import Fernet
from django.conf import settings

from strava_live.strava.limits import Meters

STARTS_WITHIN_S = 120.0
NO_EMAIL = "dummymail://"
"""The value of EMAIL_URL with which Django sends no email."""


class SiteDidNotStart(RuntimeError):
    """A process of the throw-away site has ended, or did not answer. The message has the end of its output."""


class ThrowawaySite(NamedTuple):
    """The running site: its address, values for the addresses of its pages, and a session key for each viewer."""

    url: str
    values: dict[str, str]
    sessions: dict[str, str]


@contextlib.contextmanager
def throwaway_site(*, limits: Meters | None, is_subscribed: bool) -> Iterator[ThrowawaySite]:
    """Start the site. Its pages show the same limits of Strava, and the same state of the webhook, as the real site."""
    with ended_by_sigterm(), contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port, stand_in_port = free_port(), free_port()
        stand_in = stack.enter_context(
            running("the stand-in for Strava", stand_in_command(stand_in_port, limits), dict(os.environ), folder)
        )
        answered(stand_in, f"http://127.0.0.1:{stand_in_port}/control/stats")
        environment = settings_of_the_site(port, stand_in_port, folder)
        command = ["strava_live.management.review.demo_data", str(port), *(["subscribed"] if is_subscribed else [])]
        web = stack.enter_context(running("the throw-away site", command, environment, folder))
        described = json.loads(web.first_line())
        url = f"http://localhost:{port}"
        answered(web, f"{url}/healthz")
        values = {name: str(value) for name, value in described["values"].items()}
        yield ThrowawaySite(url, values, described["sessions"])


@contextlib.contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM raise SystemExit, as Ctrl-C raises KeyboardInterrupt, so that no process is left behind."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def stand_in_command(port: int, limits: Meters | None) -> list[str]:
    command = ["simulators.strava", "--port", str(port)]
    if limits:
        command += ["--overall", f"{limits.overall_quarter},{limits.overall_day}"]
        command += ["--read", f"{limits.read_quarter},{limits.read_day}"]
    return command


def settings_of_the_site(port: int, stand_in_port: int, folder: Path) -> dict[str, str]:
    """Return this process's environment, with other values for everything that the real site must not share."""
    return os.environ | {
        "PORT": str(port),
        "SITE_URL": f"http://localhost:{port}",
        "EXTRA_HOSTS": "",
        "TRUSTED_PROXIES": "0",
        "DATABASE_URL": f"sqlite:///{folder}/review.sqlite3",
        "REDIS_URL": "",
        "WORK_IN_WEB": "1",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "EMAIL_URL": NO_EMAIL if settings.EMAIL_CONFIGURED else "",
        "SENTRY_DSN": "",
        "METRICS_TOKEN": "",
        "OCCASION_URL": "",
        "STRAVA_CLIENT_ID": "stand-in",
        "STRAVA_CLIENT_SECRET": "stand-in-secret",
        "STRAVA_API_URL": f"http://localhost:{stand_in_port}/api/v3",
        "STRAVA_WEBHOOK_SECRET": "",
    }


class Process:
    """A process of the throw-away site."""

    def __init__(self, name: str, process: "subprocess.Popen[str]", log: Path) -> None:
        self.name, self.process, self.log = name, process, log

    def first_line(self) -> str:
        """Return the first line that the process prints. Raise SiteDidNotStart if it ends without one."""
        assert self.process.stdout  # noqa: S101 - stdout=PIPE
        line = self.process.stdout.readline()
        if not line.endswith("\n"):
            self.fail()
        return line

    def fail(self) -> None:
        last = self.log.read_text(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
        raise SiteDidNotStart(f"{self.name} did not start: {last[0]}")


@contextlib.contextmanager
def running(name: str, module: list[str], environment: dict[str, str], folder: Path) -> Iterator[Process]:
    log = folder / f"{module[0]}.log"
    with log.open("w") as errors:
        process = subprocess.Popen(  # noqa: S603 - ours
            [sys.executable, "-m", *module],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        yield Process(name, process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def answered(process: Process, url: str) -> Any:
    """Wait until the process answers a GET with 200. Raise SiteDidNotStart if it ends, or does not answer for long."""
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and process.process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - on this machine
                return answer.read()
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    return process.fail()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
