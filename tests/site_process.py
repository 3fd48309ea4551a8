"""How a process of a site is started, and what tests do with it."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol


class SiteProcess(Protocol):
    """A process of a site: a `subprocess.Popen` or a `ForkedProcess`."""

    pid: int
    args: Any
    returncode: Any

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


class Start(Protocol):
    """Start a command that begins with `python`, and return the process. Its streams are file descriptors."""

    def __call__(
        self, command: str, *, env: Mapping[str, str], cwd: Path, stdin: int, stdout: int, stderr: int
    ) -> SiteProcess: ...


def start_in_shell(
    command: str, *, env: Mapping[str, str], cwd: Path, stdin: int, stdout: int, stderr: int
) -> SiteProcess:
    """Start a new interpreter, as a host does. `exec` replaces the shell, so the process gets signals."""
    words = ["sh", "-c", f"exec {command}"]
    return subprocess.Popen(words, env=env, cwd=cwd, stdin=stdin, stdout=stdout, stderr=stderr)
