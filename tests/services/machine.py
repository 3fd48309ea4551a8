"""Find programs on this machine, and install missing packages where possible (as root on Debian)."""

import functools
import os
import shutil
import subprocess
from pathlib import Path


def is_root() -> bool:
    return os.geteuid() == 0


def find_program(*names: str, also_in: str = "") -> Path | None:
    """Return the path of the first program found, on the PATH or else in the newest folder that matches `also_in`."""
    for name in names:
        if found := shutil.which(name):
            return Path(found)
        if matches := sorted(Path("/").glob(f"{also_in.lstrip('/')}/{name}")) if also_in else []:
            return matches[-1]
    return None


def can_apt() -> bool:
    return is_root() and shutil.which("apt-get") is not None


def apt_install(package: str) -> bool:
    """Install a package if this process may. Return whether it is installed now."""
    if not can_apt():
        return False
    apt_update()
    print(f"Installing {package} from the distribution's packages", flush=True)  # noqa: T201 shown while installing
    command = ["apt-get", "install", "--quiet=2", "--yes", "--no-install-recommends", package]
    return subprocess.run(command, env=quietly(), stdout=subprocess.DEVNULL).returncode == 0


@functools.cache
def apt_update() -> None:
    subprocess.run(["apt-get", "update", "--quiet=2"], env=quietly(), stdout=subprocess.DEVNULL)


def quietly() -> dict[str, str]:
    return {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
