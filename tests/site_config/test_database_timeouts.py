"""Timeouts of locks and statements: web and worker processes have them, commands do not."""

import os

import pytest

from tests.site_config.forking_process import ForkingProcess

SERVED = "-c lock_timeout=2s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
CODE = "from site_config.settings import DATABASE; print(DATABASE['OPTIONS'])"


def options_of(forking: ForkingProcess, *argv: str, url: str = "postgres://me@localhost/site") -> str:
    environment = {"PATH": os.environ["PATH"], "DEBUG": "1", "DATABASE_URL": url}
    done = forking.run(CODE, *argv, environment=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("argv", [["strava_live/hub/daphne.py"], ["manage.py", "worker"], ["manage.py", "runserver"]])
def test_web_and_worker_processes_have_timeouts(forking: ForkingProcess, argv: list[str]) -> None:
    assert f"'options': '{SERVED}'" in options_of(forking, *argv)


@pytest.mark.parametrize("command", ["migrate", "rekey", "reconsider", "load_parkrun_events"])
def test_commands_have_no_timeouts(forking: ForkingProcess, command: str) -> None:
    assert "timeout=" not in options_of(forking, "./manage.py", command)


def test_option_in_the_url_overrides_the_timeout(forking: ForkingProcess) -> None:
    own = options_of(forking, "daphne.py", url="postgres://me@localhost/site?options=-c%20statement_timeout=30s")

    assert f"'{SERVED} -c statement_timeout=30s'" in own
