"""bin/audit.py, with the real pip-audit and a stand-in for the vulnerability service."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from tests.services.redis_server import free_port

ROOT = Path(__file__).parent.parent
VULNERABLE = {
    "vulns": [
        {
            "id": "MADE-UP-1",
            "summary": "Reads too much",
            "affected": [
                {
                    "package": {"name": "made-up-web", "ecosystem": "PyPI"},
                    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}],
                }
            ],
        }
    ]
}


@contextmanager
def service(answer: dict[str, Any], *, status: int = 200) -> Iterator[str]:
    """Serve `answer` to questions about made-up-web, and nothing known about other packages."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(answer if question["package"]["name"] == "made-up-web" else {}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with serving(Handler) as url:
        yield url


@contextmanager
def silent_service() -> Iterator[str]:
    """Accept questions and never answer them."""
    over = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            over.wait()

    with serving(Handler) as url:
        yield url
        over.set()


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()
        thread.join()


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    locked = tmp_path / "requirements.txt"
    digest = "0" * 64
    names = ("made-up-web", "made-up-news")
    locked.write_text("".join(f"{name}==1.0 --hash=sha256:{digest}\n" for name in names))
    return locked


def audit(requirements: Path, url: str, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bin.audit", str(requirements), *options]
    environment = {**os.environ, "PIP_AUDIT_OSV_URL": url}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_known_vulnerability_is_red(requirements: Path) -> None:
    with service(VULNERABLE) as url:
        done = audit(requirements, url)

    assert done.returncode == 1
    assert done.stdout == "made-up-web 1.0: MADE-UP-1 (fixed in 1.1) Reads too much\n"


def test_packages_without_known_vulnerabilities_are_green(requirements: Path) -> None:
    with service({}) as url:
        done = audit(requirements, url)

    assert done.returncode == 0
    assert done.stdout == "No known vulnerabilities in 2 packages.\n"


def test_service_that_cannot_be_reached_is_skipped(requirements: Path) -> None:
    done = audit(requirements, f"http://127.0.0.1:{free_port()}/v1/query")

    assert done.returncode == 0
    assert "could not be reached, so the audit was skipped" in done.stdout


def test_service_that_answers_with_an_error_is_skipped(requirements: Path) -> None:
    with service({}, status=503) as url:
        done = audit(requirements, url)

    assert done.returncode == 0
    assert "could not be reached, so the audit was skipped" in done.stdout


def test_service_that_does_not_answer_in_time_is_skipped(requirements: Path) -> None:
    with silent_service() as url:
        done = audit(requirements, url, "--seconds", "1")

    assert done.returncode == 0
    assert "skipped: no result within 1 s" in done.stdout


def test_requirements_that_are_not_locked_are_red(requirements: Path) -> None:
    requirements.write_text("made-up-web>=1.0\n")
    with service({}) as url:
        done = audit(requirements, url)

    assert done.returncode == 1
    assert "hashed requirements" in done.stderr
    assert "skipped" not in done.stdout
