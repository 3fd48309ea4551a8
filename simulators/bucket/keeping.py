"""Store everything in a file, so that a development site finds its Things again after the stand-in restarts."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

from simulators.bucket.site import Site

PAUSE_S = 1.0
"""How often changes are written."""


@contextlib.asynccontextmanager
async def kept(site: Site, path: Path) -> AsyncIterator[None]:
    """Load the state from the file. Write it after changes and at the end."""
    keeper = _Keeper(site, path)
    task = asyncio.create_task(keeper.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        keeper.write()


class _Keeper:
    """Notes that something has changed, and writes the file."""

    def __init__(self, site: Site, path: Path) -> None:
        self._site, self._path, self._changed = site, path, False
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            known = json.loads(path.read_text(encoding="utf-8"))
            site.store.restore(known["store"])
            site.tokens.restore(known["tokens"])
        site.store.changed = site.tokens.changed = self._note

    async def run(self) -> None:
        while True:
            await asyncio.sleep(PAUSE_S)
            if self._changed:
                self.write()

    def write(self) -> None:
        self._changed = False
        state = {"store": self._site.store.to_json(), "tokens": self._site.tokens.to_json()}
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(state), encoding="utf-8")
        fresh.replace(self._path)

    def _note(self) -> None:
        self._changed = True
