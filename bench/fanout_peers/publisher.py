"""Publishing happens in a process of its own, told what to do over a pipe: `publish_to_….py`."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parents[2]
ENTRY_BYTES = 400


class Publisher:
    def __init__(self, words: Sequence[str], environment: Mapping[str, str]) -> None:
        """`words` are what the module is called behind `publish_to_`, and its arguments."""
        where, *arguments = words
        command = [sys.executable, "-m", f"bench.fanout_peers.publish_to_{where}", *arguments]
        self.process = subprocess.Popen(
            command, env=environment, cwd=ROOT, text=True, bufsize=1, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdin
        assert self.process.stdout
        self.words, self.answers = self.process.stdin, self.process.stdout
        self.hear()

    def __enter__(self) -> "Publisher":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.words.close()
        self.process.wait(20)
        self.answers.close()

    def fileno(self) -> int:
        return self.answers.fileno()

    def publish(self, count: int, *, every_s: float) -> None:
        """Begin; a line is heard when all have been sent. `every_s` 0 is all at once, each after the one before."""
        self.words.write(f"{count} {every_s}\n")

    def hear(self) -> None:
        if not self.answers.readline():
            raise RuntimeError("the publisher has ended")
