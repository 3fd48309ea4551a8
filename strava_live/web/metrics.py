"""/metrics: the figures of /status/ and those of this process, as text for Prometheus (format 0.0.4).

A scraper needs `Authorization: Bearer <METRICS_TOKEN>`. Without a METRICS_TOKEN only clients on this machine get an
answer. A middleware answers before Django checks Host and https: a scraper uses an IP address as Host, and plain http.

A scrape takes at most about two seconds. Each part (database, Strava's budget, Redis) has its own time limit. A part
that fails is left out, and `saturday_live_scrape_ok` says so.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from strava_live.accounts.address import is_on_this_machine
from strava_live.hub.counts import counts_here
from strava_live.status.figures import TableFigures, read_budget, read_tables
from strava_live.strava.budget import BudgetStatus
from strava_live.web import metric_families as families
from strava_live.web.checks import Check, send_to_empty_group

logger = logging.getLogger(__name__)
DATABASE_PATIENCE_S = 1.5
"""How long the database may take, from the start of the scrape."""
REDIS_PATIENCE_S = 1.0
STARTED_AT = time.monotonic()


class MetricsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return metrics(request) if request.path == "/metrics" else self.get_response(request)


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with the figures, or refuse the client.

    A client without the token gets 401, so that a scraper's log says what is wrong. If no token is set, a client on
    another machine gets 404, because no token would help it.
    """
    if settings.METRICS_TOKEN:
        if not has_token(request):
            return HttpResponse(
                "A bearer token is needed.\n", "text/plain", 401, headers={"WWW-Authenticate": "Bearer"}
            )
    elif not is_on_this_machine(request):
        return HttpResponse("Not found.\n", "text/plain", 404)
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(("GET", "HEAD"))
    return HttpResponse(scrape(), CONTENT_TYPE_PLAIN_0_0_4, headers={"Cache-Control": "no-store"})


def has_token(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and constant_time_compare(token.strip(), settings.METRICS_TOKEN)


class Families(Collector):
    """Families that are already computed."""

    def __init__(self, found: Iterable[Metric]) -> None:
        self.found = list(found)

    def collect(self) -> Iterable[Metric]:
        return self.found


def scrape() -> bytes:
    registry = CollectorRegistry()
    registry.register(Families(all_families()))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return generate_latest(registry)


def all_families() -> Iterator[Metric]:
    """Yield all families. Those of a part that does not answer in time are missing."""
    DATABASE.start()
    budget, redis_s = async_to_sync(ask_budget_and_redis)()
    read = tables_in_time()
    hub = counts_here()
    parts = {"database": read is not None, "budget": budget is not None}
    if settings.REDIS_URL:
        parts["redis"] = redis_s is not None
    yield families.gauges("scrape_ok", "1 if the part answered this scrape in time.", "part", parts)
    if budget is not None:
        yield from families.budget_families(budget)
    if read is not None:
        yield from families.table_families(read.tables, timezone.now())
    if hub is not None:
        yield from families.hub_families(hub)
    known = {"database": read and read.latency_s, "redis": redis_s}
    yield from families.latency_families({name: took for name, took in known.items() if took is not None})
    yield from families.tally_families()
    yield families.error_family(settings.METRICS_ERRORS)
    up = "How long this process has been running, in seconds."
    yield families.gauge("uptime_seconds", up, time.monotonic() - STARTED_AT)
    yield families.build_family(settings.METRICS_COMMIT)


class DatabaseAnswer(NamedTuple):
    latency_s: float
    """How long a query that reads nothing took, including the wait for a connection."""
    tables: TableFigures


def ask_database() -> DatabaseAnswer:
    try:
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        latency_s = time.perf_counter() - began
        return DatabaseAnswer(latency_s, read_tables(timezone.now()))
    finally:
        connection.close()


DATABASE = Check(ask_database)


def tables_in_time() -> DatabaseAnswer | None:
    try:
        return DATABASE.wait(DATABASE_PATIENCE_S)
    except Exception as error:  # a timeout included
        logger.warning("/metrics leaves out the tables", extra={"reason": repr(error)})
        return None


async def ask_budget_and_redis() -> tuple[BudgetStatus | None, float | None]:
    return await asyncio.gather(read_budget(), redis_latency())


async def redis_latency() -> float | None:
    """Return how long Redis took to accept a message. Return None without Redis, or if it did not answer in time."""
    if not settings.REDIS_URL:
        return None
    began = time.perf_counter()
    try:
        await send_to_empty_group(REDIS_PATIENCE_S)
    except Exception as error:
        logger.warning("/metrics leaves out Redis", extra={"reason": repr(error)})
        return None
    return time.perf_counter() - began
