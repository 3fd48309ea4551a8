"""Sign-in works, and its limits apply, while Redis is down, hangs or is full."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import redis
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from site_config import cache as cache_module
from strava_live.accounts.models import User
from strava_live.leaky_bucket import Rate
from strava_live.notifications.open_pages import has_page_open, note_page
from tests.passwords import PASSWORD
from tests.services.redis_server import RedisServer, running_redis
from tests.services.started import started
from tests.together import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    monkeypatch.setattr(cache_module, "outage", cache_module.Outage())
    cache_module.memory.clear()
    with running_redis(Path(started("TEST_REDIS_PROGRAM", "Redis"))) as running:
        settings.CACHES = {
            "default": {"BACKEND": "site_config.cache.FallbackRedisCache", "LOCATION": running.url, "OPTIONS": {}}
        }
        yield running


def sign_in() -> int:
    form = {"login": "alva", "password": PASSWORD}
    return Client().post("/accounts/login/", form).status_code


def test_sign_in_counts_in_redis(athlete: User, server: RedisServer) -> None:
    assert sign_in() == 302
    assert redis.Redis.from_url(server.url).dbsize() > 0


def test_sign_in_while_redis_is_down(athlete: User, server: RedisServer) -> None:
    server.stop()

    assert sign_in() == 302


def test_sign_in_while_redis_hangs(athlete: User, server: RedisServer) -> None:
    assert server.process
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        assert sign_in() == 302
    finally:
        os.kill(server.process.pid, signal.SIGCONT)


def test_sign_in_while_redis_is_full(athlete: User, server: RedisServer) -> None:
    client = redis.Redis.from_url(server.url)
    client.config_set("maxmemory", "1")

    assert sign_in() == 302


def test_limit_applies_while_redis_is_down(athlete: User, server: RedisServer) -> None:
    server.stop()

    wrong = [Client().post("/accounts/login/", {"login": "alva", "password": f"wrong-{n}"}) for n in range(12)]

    assert any(b"Too many" in answer.content for answer in wrong)


def connections_to(server: RedisServer) -> int:
    """Return the number of connections to Redis, without the one used here."""
    with redis.Redis.from_url(server.url) as client:
        return len(client.client_list()) - 1


def test_many_threads_share_a_few_connections(server: RedisServer) -> None:
    for _ in range(3):
        at_once(40, lambda: [cache.get("anything") for _ in range(5)])

    assert 1 <= connections_to(server) <= cache_module.MOST_CONNECTIONS
    assert not cache.in_process_only  # type: ignore[attr-defined]


def test_cache_works_after_redis_restarts(server: RedisServer) -> None:
    at_once(8, lambda: cache.set("before", 1))
    server.stop()
    server.start()

    at_once(8, lambda: cache.set("after", 1))

    assert redis.Redis.from_url(server.url).keys("*after") == [b":1:after"]
    assert not cache.in_process_only  # type: ignore[attr-defined]


@pytest.fixture
def no_free_connection(server: RedisServer) -> Iterator[ExitStack]:
    """A Redis that accepts no further connection until this is closed."""
    with ExitStack() as open_connections:
        last = open_connections.enter_context(redis.Redis.from_url(server.url, single_connection_client=True))
        last.config_set("maxclients", 1)
        yield open_connections


def test_limit_applies_to_all_threads_while_redis_refuses_connections(
    athlete: User, no_free_connection: ExitStack, settings: Settings
) -> None:
    settings.WRITE_PATIENCE_S = 60.0
    answers = at_once(40, lambda: Client().post("/accounts/login/", {"login": "", "password": ""}).status_code)

    assert sorted(answers) == [200] * 30 + [429] * 10


def test_readyz_and_log_report_the_fallback(
    client: Client, no_free_connection: ExitStack, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "RETRY_REDIS_S", 0.0)
    caplog.set_level("INFO", cache_module.logger.name)
    for _ in range(3):
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"status": "ok", "limits": "this process only"})

    no_free_connection.close()

    for _ in range(300):  # until Redis has noticed that it has room again
        if client.get("/readyz").json() == {"status": "ok"}:
            break
        time.sleep(0.1)
    assert [record.message for record in caplog.records if record.name == cache_module.logger.name] == [
        "Redis fails: rate limits are counted in this process's memory",
        "Redis works again: rate limits are counted for all processes",
    ]


def test_one_request_at_a_time_tries_a_redis_that_is_down(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.stop()
    cache.get("anything")
    tried: list[Exception] = []
    monkeypatch.setattr(cache_module.outage, "next_try_at", 0.0)
    monkeypatch.setattr(cache_module.outage, "failed", tried.append)

    at_once(8, lambda: cache.get("anything"))

    assert len(tried) == 1


RATE = Rate(60, 10)


@pytest.mark.parametrize("redis_works", [True, False])
def test_bucket_limits_all_threads_together(server: RedisServer, redis_works: bool) -> None:
    if not redis_works:
        server.stop()
    waits: list[float] = []
    began = time.monotonic()

    at_once(20, lambda: waits.extend(cache.add_to_bucket("a", RATE) for _ in range(5)))  # type: ignore[attr-defined]

    refused = [wait for wait in waits if wait]
    drained = (time.monotonic() - began) * RATE.amount / RATE.seconds
    assert 60 <= len(waits) - len(refused) <= 61 + drained
    assert all(0 < wait <= RATE.seconds / RATE.amount for wait in refused)
    assert cache.add_to_bucket("b", RATE) == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("redis_works", [True, False])
def test_members_of_a_set_expire_one_by_one(server: RedisServer, redis_works: bool) -> None:
    if not redis_works:
        server.stop()
    assert not has_page_open(7)
    note_page(7, "phone", 60)
    note_page(7, "laptop", 60)
    note_page(7, "phone", 0)
    assert has_page_open(7)
    assert not has_page_open(8)
    note_page(7, "laptop", 0)
    assert not has_page_open(7)
    note_page(7, "phone", 60)
    assert has_page_open(7)
    if redis_works:
        [key] = redis.Redis.from_url(server.url).keys("*pages*")
        assert 0 < redis.Redis.from_url(server.url).pttl(key) <= 61_000
