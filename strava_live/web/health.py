"""/healthz and /readyz, for load balancers and monitoring: any Host header, no redirect, no session.

They are answered before every other middleware, because health checks use an IP address and plain http.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from strava_live.parkrun.freshness import warn_if_not_fresh

logger = logging.getLogger(__name__)
PATIENCE_S = 3.0


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            return readiness()
        return self.get_response(request)


class Check:
    """A check that runs in its own thread, so that it can hang without blocking anything else.

    Requests that arrive while it runs share its result. If it hangs, each waits until PATIENCE_S after its start, and
    no second thread is started. The thread is a daemon, so it does not keep the process alive.
    """

    def __init__(self, check: Callable[[], None]) -> None:
        self.check = check
        self.lock = threading.Lock()
        self.started_at = 0.0
        self.result: Future[None] = Future()
        self.result.set_result(None)

    def start(self) -> None:
        with self.lock:
            if not self.result.done():
                return
            self.started_at = time.monotonic()
            self.result = Future()
            threading.Thread(target=self.run, args=(self.result,), name=self.check.__name__, daemon=True).start()

    def run(self, result: "Future[None]") -> None:
        try:
            self.check()
        except BaseException as error:  # `wait` raises it
            result.set_exception(error)
        else:
            result.set_result(None)

    def wait(self) -> None:
        """Wait for the result. Raise what the check raised, or TimeoutError."""
        self.result.result(max(0.0, self.started_at + PATIENCE_S - time.monotonic()))


def readiness() -> JsonResponse:
    """Check the database and the channel layer at the same time, the database in its own thread."""
    DATABASE.start()
    LIMITS.start()
    passed = {"channel_layer": passes(check_layer), "database": passes(DATABASE.wait)}
    missing = [name for name in ("database", "channel_layer") if not passed[name]]
    answer: dict[str, object] = {"status": "unavailable", "missing": missing} if missing else {"status": "ok"}
    if limits_hold_here_only():
        answer["limits"] = "this process only"
    return JsonResponse(answer, status=503 if missing else 200)


def passes(check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception:  # a timeout included
        logger.warning("not ready", extra={"check": check.__qualname__}, exc_info=True)
        return False
    return True


def check_database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        warn_if_not_fresh()
    finally:
        connection.close()


def check_layer() -> None:
    """Send over the connection to Redis that announcements use: that of the process's event loop."""
    async_to_sync(send_to_empty_group)()


async def send_to_empty_group() -> None:
    layer = get_channel_layer()
    if layer is None:
        raise LookupError("No channel layer is set up.")
    await asyncio.wait_for(layer.group_send("readiness", {"type": "readiness"}), PATIENCE_S)


def limits_hold_here_only() -> bool:
    """Return whether rate limits are counted in this process's memory, because the cache cannot reach Redis."""
    with suppress(Exception):  # the cache has logged it
        LIMITS.wait()
    return bool(getattr(cache, "in_process_only", False))


def check_cache() -> None:
    cache.get("readiness")


DATABASE, LIMITS = Check(check_database), Check(check_cache)
