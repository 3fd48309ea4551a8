"""/healthz (the process runs) and /readyz (database, Redis and hub work too), for load balancers and monitoring.

The first middleware answers them. Health checks use an IP address as Host, and plain http, so other middleware would
refuse the Host, redirect to https or load a session.
"""

import logging
from collections.abc import Callable
from contextlib import suppress

from asgiref.sync import async_to_sync
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from strava_live.hub.counts import is_deaf_here
from strava_live.parkrun.freshness import warn_if_not_fresh
from strava_live.web.checks import PATIENCE_S, Check, send_to_empty_group

logger = logging.getLogger(__name__)


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            return readiness()
        return self.get_response(request)


def readiness() -> JsonResponse:
    """Check database, cache and channel layer at the same time. Answer 200, or 503 with the names of what is missing.

    `hub` is missing if the channel layer accepts messages and the hub of this process receives none. If the cache
    cannot reach Redis, the answer says so, but nothing is missing: each process then counts rate limits by itself.
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
    async_to_sync(send_to_empty_group)(PATIENCE_S)


def limits_hold_here_only() -> bool:
    """Return whether rate limits are counted in this process's memory, because the cache cannot reach Redis."""
    with suppress(Exception):  # the cache has logged the error
        LIMITS.wait()
    return bool(getattr(cache, "in_process_only", False))


def check_cache() -> None:
    cache.get("readiness")


DATABASE, LIMITS = Check(check_database), Check(check_cache)
"""The process's checks of the database, and of the cache that counts rate limits."""
