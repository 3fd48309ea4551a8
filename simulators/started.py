"""Start a stand-in as a process, and make control calls to it over HTTP."""

import http.client
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parent.parent


Record = dict[str, Any]
"""A JSON object."""


class StandInError(RuntimeError):
    """The process did not start, or answered with an error."""


class StandInProcess:
    """A running stand-in on a free port. Use it in a `with` block, or call `stop()`."""

    module: ClassVar[str]
    """The Python module that is run."""
    control: ClassVar[str]
    """The path of the control calls."""

    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-m", self.module, "--port", "0", *options]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours
        assert self.process.stdout  # noqa: S101 - stdout=PIPE
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            self.stop()
            raise StandInError(f"the stand-in did not start: {line!r}")
        self.url = line.removeprefix("listening on ").strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> int:
        """End the process and return its exit code."""
        self.process.terminate()
        try:
            code = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        return code

    def batch(self, calls: Sequence[tuple[str, Record]]) -> list[Record]:
        """Make several control calls at once, each a name such as "activity/add" and its values."""
        answers: list[Record] = self._json(
            *self._send("POST", f"{self.control}/batch", json.dumps({"calls": calls}), "application/json")
        )
        return answers

    def _get(self, name: str, /, **query: Any) -> Record:
        record: Record = self._json(*self._send("GET", f"{self.control}/{name}?{urlencode(query)}"))
        return record

    def _get_many(self, name: str, /, **query: Any) -> list[Record]:
        records: list[Record] = self._json(*self._send("GET", f"{self.control}/{name}?{urlencode(query)}"))
        return records

    def _post(self, name: str, /, **values: Any) -> Record:
        record: Record = self._json(
            *self._send("POST", f"{self.control}/{name}", json.dumps(values), "application/json")
        )
        return record

    def _json(self, status: int, _headers: dict[str, str], body: bytes) -> Any:
        if status != 200:
            raise StandInError(f"{status}: {body[:300]!r}")
        return json.loads(body)

    def _send(self, method: str, path: str, body: str = "", kind: str = "") -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        try:
            connection.request(method, path, body.encode(), {"Content-Type": kind} if kind else {})
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, headers, answer.read()
        finally:
            connection.close()
