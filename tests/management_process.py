"""A process that runs all `manage.py` commands of one site, because starting a process for each takes over a second.

`python -m tests.management_process` reads lines of JSON, each the words of a command. It answers each with a line of
JSON: what the command printed, and the traceback if it failed.
"""

import json
import subprocess
import sys
import threading
import traceback
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path


class ManagementProcess:
    """The process, which starts with the first command. `environment` and `root` are those of the site."""

    def __init__(self, environment: dict[str, str], root: Path) -> None:
        self.environment = environment
        self.root = root
        self.process: subprocess.Popen[str] | None = None
        self.lock = threading.Lock()

    def run(self, words: tuple[str, ...]) -> str:
        """Return what `manage.py WORDS` prints."""
        with self.lock:
            answer = json.loads(self.ask(json.dumps(words)) or '{"failed": "the process has ended"}')
        if "failed" in answer:
            raise RuntimeError(f"manage.py {' '.join(words)}\n{answer['failed']}")
        return str(answer["printed"])

    def ask(self, question: str) -> str:
        process = self.started()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(question + "\n")
        process.stdin.flush()
        return process.stdout.readline()

    def started(self) -> "subprocess.Popen[str]":
        if self.process is None:
            command, pipe = [sys.executable, "-m", "tests.management_process"], subprocess.PIPE
            self.process = subprocess.Popen(
                command, env=self.environment, cwd=self.root, stdin=pipe, stdout=pipe, text=True
            )
        return self.process

    def stop(self) -> None:
        if self.process is None:
            return
        try:
            self.process.communicate(timeout=15)  # closes the input, which ends the process
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
        self.process = None


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
