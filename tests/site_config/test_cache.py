"""Signing in goes on while Redis is gone, hangs, or refuses to write, and limits go on holding."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.core.cache.backends.locmem import LocMemCache
from django.test import Client
from pytest_django import Settings

from site_config import cache as cache_module
from strava_live.accounts.models import User
from tests.conftest import started
from tests.passwords import PASSWORD
from tests.services.redis_server import RedisServer, running_redis

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    monkeypatch.setitem(cache_module.absence, "until", 0.0)
    LocMemCache("while-redis-is-away", {}).clear()
    with running_redis(Path(started("TEST_REDIS_PROGRAM", "Redis"))) as running:
        settings.CACHES = {
            "default": {"BACKEND": "site_config.cache.SteadyRedisCache", "LOCATION": running.url, "OPTIONS": {}}
        }
        yield running


def sign_in() -> int:
    form = {"login": "alva", "password": PASSWORD}
    return Client().post("/accounts/login/", form).status_code


def test_sign_in_counts_in_redis(athlete: User, server: RedisServer) -> None:
    assert sign_in() == 302
    assert redis.Redis.from_url(server.url).dbsize() > 0


def test_sign_in_while_redis_is_gone(athlete: User, server: RedisServer) -> None:
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


def test_limit_holds_while_redis_is_gone(athlete: User, server: RedisServer) -> None:
    server.stop()

    wrong = [Client().post("/accounts/login/", {"login": "alva", "password": f"wrong-{n}"}) for n in range(12)]

    assert any(b"Too many" in answer.content for answer in wrong)
