"""Start nginx in front of two web processes."""

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.services.machine import apt_install, find_program
from tests.services.redis_server import wait_for_port

CONFIGURATION = Path(__file__).parent / "nginx.conf"
EXPECTED = ("Connection refused", "while proxying upgraded connection")
"""Parts of log lines that are no errors here: nginx could not reach the stopped process, or closed a WebSocket."""


def nginx_program() -> Path:
    found = find_program("nginx", also_in="/usr/sbin")
    if found is None and apt_install("nginx"):
        found = find_program("nginx", also_in="/usr/sbin")
    if found is None:
        sys.exit("nginx is needed: apt-get install nginx")
    return found


@contextlib.contextmanager
def running_nginx(port: int, webs: list[int]) -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        places = {"folder": folder, "port": port, "first": webs[0], "second": webs[1]}
        configuration = Path(folder) / "nginx.conf"
        configuration.write_text(CONFIGURATION.read_text() % places)
        process = subprocess.Popen([str(nginx_program()), "-c", str(configuration)], stderr=subprocess.DEVNULL)
        try:
            wait_for_port(port, process)
            yield
            print(failures(Path(folder) / "error.log"))
        finally:
            process.terminate()
            process.wait(20)


def failures(log: Path) -> str:
    """Return the unexpected errors in nginx's log."""
    lines = [line for line in log.read_text().splitlines() if not any(expected in line for expected in EXPECTED)]
    return "\n".join(["nginx: nothing to report"] if not lines else [f"nginx: {len(lines)} errors", *lines[:5]])
