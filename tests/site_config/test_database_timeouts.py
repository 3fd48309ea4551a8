"""Timeouts of locks and statements: web and worker processes have them, commands do not."""

import os
import subprocess
import sys

import pytest

SERVED = "-c lock_timeout=2s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
CODE = "import sys; sys.argv = sys.argv[1:]; from site_config.settings import DATABASE; print(DATABASE['OPTIONS'])"


def options_of(*argv: str, url: str = "postgres://me@localhost/site") -> str:
    environment = {"PATH": os.environ["PATH"], "DEBUG": "1", "DATABASE_URL": url}
    command = [sys.executable, "-c", CODE, *argv]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("argv", [["strava_live/hub/daphne.py"], ["manage.py", "worker"], ["manage.py", "runserver"]])
def test_web_and_worker_processes_have_timeouts(argv: list[str]) -> None:
    assert f"'options': '{SERVED}'" in options_of(*argv)


@pytest.mark.parametrize("command", ["migrate", "rekey", "reconsider", "load_parkrun_events"])
def test_commands_have_no_timeouts(command: str) -> None:
    assert "timeout=" not in options_of("./manage.py", command)


def test_option_in_the_url_overrides_the_timeout() -> None:
    own = options_of("daphne.py", url="postgres://me@localhost/site?options=-c%20statement_timeout=30s")

    assert f"'{SERVED} -c statement_timeout=30s'" in own
