"""/healthz and /readyz: for the machines that keep the site running, so any Host, no redirect, no session.

They are answered before every other middleware, because a health check comes by IP address and over plain http.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

logger = logging.getLogger(__name__)
PATIENCE_S = 3.0
# Threads of their own: a database that hangs must not hang whoever asks for it.
ASKING = ThreadPoolExecutor(max_workers=2, thread_name_prefix="readiness")


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
    missing = [
        name for name, answers in (("database", ask_database), ("channel_layer", ask_layer)) if not tried(answers)
    ]
    if missing:
        return JsonResponse({"status": "unavailable", "missing": missing}, status=503)
    return JsonResponse({"status": "ok"})


def tried(ask: Callable[[], None]) -> bool:
    try:
        ASKING.submit(ask).result(PATIENCE_S)
    except Exception:  # whatever went wrong, too late included, the answer is no
        logger.warning("not ready", extra={"check": ask.__name__}, exc_info=True)
        return False
    return True


def ask_database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()


def ask_layer() -> None:
    async_to_sync(send_to_nobody)()


async def send_to_nobody() -> None:
    layer = get_channel_layer()
    if layer is None:
        raise LookupError("No channel layer is set up.")
    await asyncio.wait_for(layer.group_send("readiness", {"type": "readiness"}), PATIENCE_S)
