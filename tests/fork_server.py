"""Start processes of a site as forks of one process that has imported the site's libraries.

A new interpreter needs two seconds of a processor until the site runs, three quarters of them for Django, Twisted,
pydantic and others. Tests start hundreds of processes. A fork has these libraries, and its own environment variables,
arguments, working folder, output and process id. It imports everything of the site itself: settings, models, and what
depends on them.

`python -m tests.fork_server SOCKET` is the fork server. It reads requests from the socket and ends with it.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import shlex
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from types import TracebackType

from tests.site_process import SiteProcess

ROOT = Path(__file__).parent.parent
LIBRARIES = (
    "autobahn.twisted.websocket",
    "brotli",
    "channels.generic.websocket",
    "channels.routing",
    "channels_redis.core",
    "cryptography.fernet",
    "django.contrib.staticfiles.storage",
    "django.core.asgi",
    "django.core.management",
    "django.db.backends.postgresql.base",
    "django.db.backends.sqlite3.base",
    "django.template.defaulttags",
    "django.views.generic",
    "environ",
    "fido2.webauthn",
    "httpx",
    "prometheus_client",
    "psycopg_pool",
    "pydantic",
    "redis.asyncio",
    "requests",
    "segno",
    "sentry_sdk",
    "twisted.internet.asyncioreactor",
    "twisted.internet.endpoints",
    "twisted.web.http",
    "whitenoise.middleware",
)
"""What a fork need not import. None of these reads settings, starts a thread or installs Twisted's reactor."""


class ForkedProcess:
    """A fork of the fork server, with the methods of `subprocess.Popen` that tests use."""

    def __init__(self, args: str, pid: int, exited: socket.socket) -> None:
        self.args = args
        self.pid = pid
        self.returncode: int | None = None
        self.exited = exited
        """The fork server sends the return code here when the process has ended."""
        self.waiting = threading.Lock()
        """Held by the thread that waits for the return code."""

    def poll(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if not self.waiting.acquire(timeout=-1 if timeout is None else timeout):
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        try:
            if self.returncode is None:
                self.returncode = self.received_code(timeout)
        finally:
            self.waiting.release()
        return self.returncode

    def received_code(self, timeout: float | None) -> int:
        if not select.select([self.exited], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        code = self.exited.recv(64)
        self.exited.close()
        if not code:
            raise RuntimeError("the fork server has ended")
        return int(code)

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, sig)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class ForkServer:
    """The fork server, as its user sees it. Use it in a `with` block. It starts with the first request."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.requests: socket.socket | None = None

    def __enter__(self) -> "ForkServer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None and self.requests is not None:
            self.requests.close()
            self.process.wait(15)

    def start(
        self, command: str, *, env: Mapping[str, str], cwd: Path, stdin: int, stdout: int, stderr: int
    ) -> SiteProcess:
        """Run the command in a fork. It may contain environment variables such as $PORT, but no other shell syntax."""
        python, *words = shlex.split(Template(command).substitute(env))
        assert python == "python"
        exited, reports = socket.socketpair()
        request = json.dumps({"words": words, "env": dict(env), "cwd": str(cwd)}) + "\n"
        with reports, self.lock:
            requests = self.running()
            socket.send_fds(requests, [b" "], [stdin, stdout, stderr, reports.fileno()])
            requests.sendall(request.encode())
            pid = int(requests.recv(64))
        return ForkedProcess(command, pid, exited)

    def running(self) -> socket.socket:
        """Return the socket of the fork server, after starting it if necessary."""
        if self.requests is None:
            self.requests, theirs = socket.socketpair()
            number = theirs.fileno()
            command = [sys.executable, "-m", "tests.fork_server", str(number)]
            bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
            with theirs:
                self.process = subprocess.Popen(
                    command, env=bare, cwd=ROOT, pass_fds=[number], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
                )
        return self.requests


# --- The fork server's process


class Children:
    """The forks that have not ended, each with the socket for its return code."""

    def __init__(self) -> None:
        self.reports: dict[int, int] = {}
        self.woken, waking = socket.socketpair()
        for end in (self.woken, waking):
            end.setblocking(False)
        self.waking = waking
        self.interrupt = signal.signal(
            signal.SIGINT, signal.SIG_IGN
        )  # Ctrl-C ends the tests, and they end this process
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)

    def reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self.woken.recv(1024)
        for pid in list(self.reports):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self.report(self.reports.pop(pid), os.waitstatus_to_exitcode(status))

    def report(self, to: int, code: int) -> None:
        with contextlib.suppress(OSError), socket.socket(fileno=to) as report:  # OSError: the test has ended
            report.send(str(code).encode())

    def forget(self) -> None:
        """In a fork, close and reset what belongs to the fork server."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, self.interrupt)
        self.woken.close()
        self.waking.close()
        for report in self.reports.values():
            os.close(report)


def main() -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    check_untouched()
    gc.collect()
    gc.freeze()
    words = serve(socket.socket(fileno=int(sys.argv[1])))
    if words is not None:
        run_python(words)


def check_untouched() -> None:
    """Refuse to serve if a library has begun something that a site must begin itself."""
    from django.conf import settings

    if settings.configured or "twisted.internet.reactor" in sys.modules or threading.active_count() > 1:
        raise RuntimeError("a library of the fork server has read settings, installed a reactor or started a thread")


def serve(requests: socket.socket) -> list[str] | None:
    """Fork for each request. Return the words of the command in a fork, and None in the fork server at its end."""
    children = Children()
    while True:
        ready, _, _ = select.select([requests, children.woken], [], [])
        if children.woken in ready:
            children.reap()
        if requests in ready:
            _, descriptors, _, _ = socket.recv_fds(requests, 1, 4)
            if not descriptors:
                return None
            *streams, report = descriptors
            with requests.makefile("rb") as lines:
                request = json.loads(lines.readline())
            if not (pid := os.fork()):
                children.forget()
                requests.close()
                os.close(report)
                become(streams, request["env"], request["cwd"])
                return list(request["words"])
            children.reports[pid] = report
            for stream in streams:
                os.close(stream)
            requests.sendall(str(pid).encode())


def become(streams: Sequence[int], env: Mapping[str, str], cwd: str) -> None:
    """Take over the input, output, environment variables and working folder of the process that was asked for."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)


def run_python(words: Sequence[str]) -> None:
    """Run `python WORDS`, a module with -m or a file, in this process."""
    if words[0] == "-m":
        sys.argv = list(words[1:])
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = list(words)
        runpy.run_path(words[0], run_name="__main__")


if __name__ == "__main__":
    main()
