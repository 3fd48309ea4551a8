"""Ask services that may hang, such as the database, without waiting for long. For /readyz and /metrics."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from channels.layers import get_channel_layer

T = TypeVar("T")
PATIENCE_S = 3.0
"""How long a check may take before it counts as failed."""


class Check(Generic[T]):
    """A check that runs in its own thread, so that a check that hangs blocks nothing else.

    Requests that arrive while the check runs share its result and start no second thread. The thread is a daemon, so it
    does not keep the process alive.
    """

    def __init__(self, check: Callable[[], T]) -> None:
        self.check = check
        self.lock = threading.Lock()
        self.started_at = 0.0
        self.result: Future[T] | None = None
        """The result of the running check or else of the last one; None before the first."""

    def start(self) -> None:
        with self.lock:
            if self.result is not None and not self.result.done():
                return
            self.started_at = time.monotonic()
            self.result = Future()
            threading.Thread(target=self.run, args=(self.result,), name=self.check.__name__, daemon=True).start()

    def run(self, result: "Future[T]") -> None:
        try:
            result.set_result(self.check())
        except BaseException as error:  # `wait` raises it
            result.set_exception(error)

    def wait(self, patience_s: float | None = None) -> T:
        """Wait until the check has ended and return its result. Raise what the check raised.

        Raise TimeoutError `patience_s` seconds after the check's start (PATIENCE_S by default).
        """
        if self.result is None:
            raise RuntimeError("start() comes first")
        ends_at = self.started_at + (PATIENCE_S if patience_s is None else patience_s)
        return self.result.result(max(0.0, ends_at - time.monotonic()))


async def send_to_empty_group(patience_s: float) -> None:
    """Send a message to a group without members, over the connection to Redis that the process's event loop uses."""
    layer = get_channel_layer()
    if layer is None:
        raise LookupError("No channel layer is set up.")
    await asyncio.wait_for(layer.group_send("readiness", {"type": "readiness"}), patience_s)
