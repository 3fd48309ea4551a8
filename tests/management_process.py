"""A process that runs all `manage.py` commands of one site, because each process that starts imports the whole site.

`python -m tests.management_process` reads lines of JSON, each the words of a command. It answers each with a line of
JSON: what the command printed, and the traceback if it failed.
"""

import json
import socket
import subprocess
import sys
import threading
import traceback
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TextIO

from tests.site_process import SiteProcess, Start

STDERR = 2


class ManagementProcess:
    """The process, which starts with the first command. `environment` and `root` are those of the site."""

    def __init__(self, environment: dict[str, str], root: Path, start_process: Start) -> None:
        self.environment = environment
        self.root = root
        self.start_process = start_process
        self.process: SiteProcess | None = None
        self.lines: TextIO | None = None
        self.lock = threading.Lock()

    def run(self, words: tuple[str, ...]) -> str:
        """Return what `manage.py WORDS` prints."""
        with self.lock:
            answer = json.loads(self.ask(json.dumps(words)) or '{"failed": "the process has ended"}')
        if "failed" in answer:
            raise RuntimeError(f"manage.py {' '.join(words)}\n{answer['failed']}")
        return str(answer["printed"])

    def ask(self, question: str) -> str:
        lines = self.lines or self.started()
        lines.write(question + "\n")
        lines.flush()
        return lines.readline()

    def started(self) -> TextIO:
        """Start the process. Return its input and output."""
        ours, theirs = socket.socketpair()
        end = theirs.fileno()
        with ours, theirs:
            self.process = self.start_process(
                "python -m tests.management_process",
                env=self.environment,
                cwd=self.root,
                stdin=end,
                stdout=end,
                stderr=STDERR,
            )
            self.lines = ours.makefile("rw")
        return self.lines

    def stop(self) -> None:
        if self.process is None or self.lines is None:
            return
        self.lines.close()  # ends the process, because its input ends
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = self.lines = None


def main() -> None:
    answers = sys.stdout
    sys.stdout = sys.stderr
    for question in sys.stdin:
        answers.write(json.dumps(answer_to(json.loads(question))) + "\n")
        answers.flush()


def answer_to(words: list[str]) -> dict[str, str]:
    from django.core.management import ManagementUtility

    printed = StringIO()
    sys.argv = ["manage.py", *words]  # the settings are different for commands and for servers
    try:
        with redirect_stdout(printed):
            ManagementUtility(sys.argv).execute()
    except (Exception, SystemExit):
        return {"failed": traceback.format_exc()}
    finally:
        close_and_forget()
    return {"printed": printed.getvalue()}


def close_and_forget() -> None:
    """Close database connections, since tests stop and freeze databases, and forget the parkrun events in memory."""
    from django.db import connections

    from strava_live.parkrun.catalogue import catalogue

    catalogue.expire()
    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


if __name__ == "__main__":
    main()
