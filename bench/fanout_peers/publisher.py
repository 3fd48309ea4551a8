"""Start a process that publishes entries (`publish_to_….py`), and send it commands over a pipe."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parents[2]
ENTRY_BYTES = 400


class Publisher:
    def __init__(self, words: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start the process. `words` are the part of the module's name after `publish_to_`, and its arguments."""
        target, *arguments = words
        command = [sys.executable, "-m", f"bench.fanout_peers.publish_to_{target}", *arguments]
        self.process = subprocess.Popen(
            command, env=environment, cwd=ROOT, text=True, bufsize=1, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdin
        assert self.process.stdout
        self.commands, self.answers = self.process.stdin, self.process.stdout
        self.read_answer()

    def __enter__(self) -> "Publisher":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.commands.close()
        self.process.wait(20)
        self.answers.close()

    def fileno(self) -> int:
        return self.answers.fileno()

    def publish(self, count: int, *, every_s: float) -> None:
        """Let the process publish `count` entries with pauses of `every_s`. It writes a line when it is done."""
        self.commands.write(f"{count} {every_s}\n")

    def read_answer(self) -> None:
        if not self.answers.readline():
            raise RuntimeError("the publisher has ended")
