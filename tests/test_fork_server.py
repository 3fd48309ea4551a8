"""Processes that the fork server starts are like those that a shell starts."""

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.fork_server import ForkServer
from tests.live_site import ROOT, LiveSites
from tests.patience import PATIENCE_S
from tests.site_process import SiteProcess, Start, start_in_shell

pytestmark = pytest.mark.services
SHOW = """
import gc, json, os, signal, sys, threading
print(json.dumps({
    "arguments": sys.argv,
    "environment": dict(os.environ),
    "folder": os.getcwd(),
    "input": sys.stdin.read(),
    "path": [one for one in sys.path if "site-packages" in one],
    "signals": {str(one): str(signal.getsignal(one)) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)},
    "collections": [gc.isenabled(), gc.get_threshold()],
    "threads": threading.active_count(),
    "descriptors": sorted(os.listdir("/proc/self/fd")),
}))
sys.exit(int(sys.argv[1]))
"""


class Scene:
    """A folder for the input, output and environment of processes."""

    def __init__(self, folder: Path, site: dict[str, str]) -> None:
        self.folder = folder
        self.environment = {"PATH": site["PATH"], "HOME": site["HOME"], "LC_ALL": "C.UTF-8", "CODE": "7"}
        (folder / "input").write_text("question")
        (folder / "show.py").write_text(SHOW)

    def start(self, start: Start, command: str, folder: Path | None = None) -> SiteProcess:
        with (self.folder / "input").open() as stdin, (self.folder / "output").open("w") as stdout:
            streams = {"stdin": stdin.fileno(), "stdout": stdout.fileno(), "stderr": stdout.fileno()}
            return start(command, env=self.environment, cwd=folder or self.folder, **streams)

    def output(self, start: Start, command: str, *, folder: Path | None = None, code: int = 0) -> str:
        """Return what the command prints. It must end with the return code."""
        assert self.start(start, command, folder).wait(PATIENCE_S) == code
        return (self.folder / "output").read_text()


@pytest.fixture
def scene(tmp_path: Path, live_sites: LiveSites) -> Scene:
    return Scene(tmp_path, live_sites().environment)


def test_a_fork_has_the_environment_arguments_and_streams_of_a_new_interpreter(
    scene: Scene, fork_server: ForkServer
) -> None:
    command = "python show.py $CODE 'a b'"

    started = json.loads(scene.output(start_in_shell, command, code=7))
    forked = json.loads(scene.output(fork_server.start, command, code=7))

    assert forked["arguments"] == ["show.py", "7", "a b"]
    assert forked["input"] == "question"
    started["environment"].pop("PWD", None)  # set by the shell
    assert forked == started


def test_a_fork_reads_the_same_settings_as_a_new_interpreter(scene: Scene, fork_server: ForkServer) -> None:
    scene.environment |= {"DEBUG": "1", "SITE_NAME": "Striders", "DJANGO_SETTINGS_MODULE": "site_config.settings"}
    command = f"python {ROOT}/manage.py diffsettings --all"

    started = scene.output(start_in_shell, command, folder=ROOT)
    forked = scene.output(fork_server.start, command, folder=ROOT)

    assert "SITE_NAME = 'Striders'" in forked
    assert forked == started


def test_a_fork_can_be_signalled_and_waited_for(scene: Scene, fork_server: ForkServer) -> None:
    (scene.folder / "sleep.py").write_text("import time; print('ready', flush=True); time.sleep(600)")
    process = scene.start(fork_server.start, "python sleep.py")
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.01)
    assert process.poll() is None
    while "ready" not in (scene.folder / "output").read_text():
        time.sleep(0.01)

    process.kill()

    assert process.wait(PATIENCE_S) == -signal.SIGKILL
    assert process.poll() == -signal.SIGKILL
    process.terminate()  # does nothing, as there is no such process any more


def test_the_fork_server_ends_with_its_user(scene: Scene) -> None:
    with ForkServer() as own:
        assert scene.start(own.start, "python show.py 0").wait(PATIENCE_S) == 0
        assert own.process is not None

    assert own.process.returncode == 0
