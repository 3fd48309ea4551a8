"""/healthz (the process runs) and /readyz (database, Redis and hub work too), for load balancers and monitoring.

A middleware answers them before all others, because health checks use an IP address as Host, and plain http: other
middleware would refuse the Host, redirect to https or load a session.
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

from strava_live.hub.counts import is_deaf_here
from strava_live.parkrun.freshness import warn_if_not_fresh

logger = logging.getLogger(__name__)
PATIENCE_S = 3.0
"""How long a check may take before it counts as failed."""


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
    """A check that runs in its own thread, so that a check that hangs blocks nothing else.

    Requests that arrive while the check runs share its result and start no second thread. They wait for it until
    PATIENCE_S after its start. The thread is a daemon, so it does not keep the process alive.
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
        """Wait until the check has passed. Raise what the check raised, or TimeoutError."""
        self.result.result(max(0.0, self.started_at + PATIENCE_S - time.monotonic()))


def readiness() -> JsonResponse:
    """Check database, cache and channel layer at the same time, and answer 200, or 503 with what is missing.

    `hub` is missing if the channel layer accepts messages and the hub of this process receives none. A cache without
    Redis is only reported: rate limits then hold for each process by itself.
    """
    DATABASE.start()
    LIMITS.start()
    passed = {"channel_layer": passes(check_layer), "database": passes(DATABASE.wait)}
    passed["hub"] = not (passed["channel_layer"] and is_deaf_here())
    missing = [name for name in ("database", "channel_layer", "hub") if not passed[name]]
    answer: dict[str, object] = {"status": "unavailable", "missing": missing} if missing else {"status": "ok"}
    if limits_hold_here_only():
        answer["limits"] = "this process only"
    return JsonResponse(answer, status=503 if missing else 200)


def passes(check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception:  # a timeout included
        logger.warning("a readiness check failed", extra={"check": check.__qualname__}, exc_info=True)
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
    """Send a message to a group without members, over the connection to Redis that the process's event loop uses."""
    async_to_sync(send_to_empty_group)()


async def send_to_empty_group() -> None:
    layer = get_channel_layer()
    if layer is None:
        raise LookupError("No channel layer is set up.")
    await asyncio.wait_for(layer.group_send("readiness", {"type": "readiness"}), PATIENCE_S)


def limits_hold_here_only() -> bool:
    """Return whether rate limits are counted in this process's memory, because the cache cannot reach Redis."""
    with suppress(Exception):  # the cache has logged the error
        LIMITS.wait()
    return bool(getattr(cache, "in_process_only", False))


def check_cache() -> None:
    cache.get("readiness")


DATABASE, LIMITS = Check(check_database), Check(check_cache)
"""The process's checks of the database, and of the cache that counts rate limits."""
