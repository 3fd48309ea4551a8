"""Store grants in a file, so that the tokens of a development site are still valid after the stand-in restarts.

Activities are not stored. Those of the six athletes are generated again, and those added by hand are lost.
"""

import json
from pathlib import Path

from simulators.strava.tokens import TokenBook


def keep(book: TokenBook, path: Path) -> None:
    """Load grants from the file, and save them after every change."""
    if path.exists():
        book.restore(json.loads(path.read_text(encoding="utf-8")))

    def write() -> None:
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(book.to_json()), encoding="utf-8")
        fresh.replace(path)

    path.parent.mkdir(parents=True, exist_ok=True)
    book.changed = write
