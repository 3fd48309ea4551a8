"""Delete an account at a chosen step of work that goes on in this process.

A step is a transaction that a database thread is about to open, or a request that is about to be sent to Strava.
"""

from collections.abc import Callable

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.db.transaction import Atomic


class StepCounter:
    """Count steps, and call `act` once, before step number `at`."""

    def __init__(self, at: int, act: Callable[[], object]) -> None:
        self.at, self.act = at, act
        self.steps = 0
        self.acting = False
        self.acted = False

    def next_step(self) -> bool:
        """Count a step. Return whether `act` is to be called now."""
        if self.acting or self.acted:
            return False
        self.steps += 1
        self.acting = self.steps > self.at
        return self.acting

    def run(self) -> None:
        self.act()
        self.acting, self.acted = False, True

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Count each transaction and request as a step, until `monkeypatch` is undone."""
        enter, send = Atomic.__enter__, httpx.AsyncClient.send

        def enter_counted(atomic: Atomic) -> None:
            if not connection.in_atomic_block and self.next_step():
                self.run()
            enter(atomic)

        async def send_counted(client: httpx.AsyncClient, *args: object, **how: object) -> httpx.Response:
            if self.next_step():
                await sync_to_async(self.run)()
            return await send(client, *args, **how)  # type: ignore[arg-type]

        monkeypatch.setattr(Atomic, "__enter__", enter_counted)
        monkeypatch.setattr(httpx.AsyncClient, "send", send_counted)
