"""Run the site in processes of its own, with the commands of the Procfile."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

from cryptography.fernet import Fernet

from tests.management_process import ManagementProcess
from tests.migrated import MigratedDatabases
from tests.services.redis_server import free_port, wait_for_port
from tests.site_process import SiteProcess, Start, start_in_shell

ROOT = Path(__file__).parent.parent


def procfile() -> dict[str, str]:
    """Return the commands of the Procfile by the name of the process."""
    lines = (ROOT / "Procfile").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines if line)


class LiveSite:
    """One site: environment variables, a database, and the processes that a test has started. `root` has the code."""

    def __init__(
        self, environment: dict[str, str], *, root: Path = ROOT, start_process: Start = start_in_shell
    ) -> None:
        self.root = root
        self.start_process = start_process
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.folder = tempfile.TemporaryDirectory()
        self.log = Path(self.folder.name) / "log.txt"
        self.processes: list[SiteProcess] = []
        self.environment = {
            "HOME": os.environ.get("HOME", "/"),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "DJANGO_SETTINGS_MODULE": "site_config.settings",
            "PORT": str(self.port),
            "SITE_URL": self.url,
            "SECRET_KEY": "live-" + "k" * 60,
            "FIELD_KEYS": Fernet.generate_key().decode(),
            "DATABASE_URL": f"sqlite:///{self.folder.name}/site.sqlite3",
            **environment,
        }
        self.management = ManagementProcess(self.environment, root, start_process)

    def release(self) -> None:
        """Run the release command of the Procfile, which a host runs before it starts a new version."""
        self.run_to_its_end(procfile()["release"])

    def run_to_its_end(self, command: str) -> None:
        subprocess.run(
            ["sh", "-c", command], env=self.environment, cwd=self.root, check=True, stdout=subprocess.DEVNULL
        )

    def manage(self, *words: str) -> str:
        return self.management.run(words)

    def start(self, name: str, port: int | None = None) -> SiteProcess:
        """Start a process of the Procfile, such as `web`."""
        port = port or self.port
        environment = self.environment | {"PORT": str(port)}
        with self.log.open("ab") as log, Path(os.devnull).open() as nothing:
            process = self.start_process(
                procfile()[name],
                env=environment,
                cwd=self.root,
                stdin=nothing.fileno(),
                stdout=log.fileno(),
                stderr=log.fileno(),
            )
        self.processes.append(process)
        if name == "web":
            self.wait_for_web(process, port)
        return process

    def start_another_web(self) -> tuple[SiteProcess, str]:
        """Start one more web process of this site. Return the process and its URL."""
        port = free_port()
        return self.start("web", port), f"http://localhost:{port}"

    def wait_for_web(self, process: SiteProcess, port: int) -> None:
        try:
            wait_for_port(port, process)
        except RuntimeError as error:
            raise RuntimeError(self.log.read_text()) from error

    def stop(self) -> None:
        self.management.stop()
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.folder.cleanup()


class LiveSites:
    """Make sites for a test, and stop them all at its end: `sites(DEBUG="1")` makes one."""

    def __init__(self, databases: MigratedDatabases, start_process: Start = start_in_shell) -> None:
        self.databases = databases
        self.start_process = start_process
        self.sites: list[LiveSite] = []

    def __enter__(self) -> "LiveSites":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for site in self.sites:
            site.stop()

    def __call__(self, **environment: str) -> LiveSite:
        """Make a site, over SQLite unless `environment` has a DATABASE_URL. Its processes are not started."""
        site = LiveSite(environment, start_process=self.start_process)
        self.sites.append(site)
        if "DATABASE_URL" not in environment:
            shutil.copy(self.databases.sqlite(), Path(site.folder.name) / "site.sqlite3")
        return site

    def running(self, **environment: str) -> LiveSite:
        """Make a site and start a web process."""
        site = self(**environment)
        site.start("web")
        return site
