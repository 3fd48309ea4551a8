"""Store grants in a file, so that the tokens of a development site are still valid after the stand-in restarts.

Activities are not stored. Those of the cast and of the club runners are generated again, and those added by hand are
lost. The file also has the time of the first start, at which the club runners' histories end.
"""

import json
from pathlib import Path

from simulators.strava.tokens import TokenBook


def keep(book: TokenBook, path: Path, *, now: float) -> float:
    """Load grants from the file, and save them after every change. Return when the stand-in was first started."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    began = float(known.get("began", now))
    if known:
        book.restore(known)

    def write() -> None:
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(book.to_json() | {"began": began}), encoding="utf-8")
        fresh.replace(path)

    path.parent.mkdir(parents=True, exist_ok=True)
    book.changed = write
    write()
    return began
