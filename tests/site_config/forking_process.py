"""A process that has imported the libraries, and forks a child for each piece of code that a test runs.

A new process would spend most of its time on importing Django. The children import the site's own modules themselves,
so that each loads the settings from its own environment variables.

`python -m tests.site_config.forking_process` reads lines of JSON with the code, the arguments and the environment of a
child. It answers each with a line of JSON when the child has ended.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import IO

ROOT = Path(__file__).parent.parent.parent
LIBRARIES = (
    "cryptography.fernet",
    "csp.constants",
    "django.conf",
    "django.contrib.messages.constants",
    "django.core.validators",
    "django.urls",
    "environ",
    "httpx",
)
"""What the settings import from elsewhere. Importing these reads neither settings nor environment variables."""


@dataclass
class Ended:
    """How a child ended, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


class ForkingProcess:
    def __enter__(self) -> "ForkingProcess":
        command, pipe = [sys.executable, "-m", "tests.site_config.forking_process"], subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.communicate()  # closes the input, which ends the process

    def run(self, code: str, *arguments: str, environment: dict[str, str]) -> Ended:
        """Run `code` with these command-line arguments and with these environment variables alone."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        question = {"code": code, "arguments": arguments, "environment": environment}
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return Ended(**json.loads(self.process.stdout.readline()))


def main() -> None:
    for library in LIBRARIES:
        import_module(library)
    for question in sys.stdin:
        with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
            child = os.fork()
            if child == 0:
                os.dup2(stdout.fileno(), 1)
                os.dup2(stderr.fileno(), 2)
                run_in_child(**json.loads(question))
                return
            _, status = os.waitpid(child, 0)
            printed = {"stdout": text_in(stdout), "stderr": text_in(stderr)}
        ended = {"returncode": os.waitstatus_to_exitcode(status), **printed}
        print(json.dumps(ended), flush=True)  # noqa: T201 read by ForkingProcess.run


def text_in(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def run_in_child(code: str, arguments: list[str], environment: dict[str, str]) -> None:
    """Run the code at the top of the child, so that Python reports an exception of the code as usual."""
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = arguments
    exec(code, {"__name__": "__main__"})  # noqa: S102 written by a test


if __name__ == "__main__":
    main()
