"""Keeping what athletes allowed in a file, so that a site that remembers its tokens still has them after a restart.

Activities are not kept: the cast's are the same again, and what was added by hand is gone.
"""

import json
from pathlib import Path

from simulators.strava.tokens import TokenBook


def keep(book: TokenBook, path: Path) -> None:
    """Take up what the file holds, and write it again after every change."""
    if path.exists():
        book.take_up(json.loads(path.read_text(encoding="utf-8")))

    def write() -> None:
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(book.written_down()), encoding="utf-8")
        fresh.replace(path)

    path.parent.mkdir(parents=True, exist_ok=True)
    book.changed = write
