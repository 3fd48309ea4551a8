"""/healthz and /readyz, for load balancers and monitoring."""

import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from strava_live.parkrun.freshness import FreshnessWarning
from strava_live.web.checks import Check
from tests.live_site import LiveSites
from tests.patience import PATIENCE_S
from tests.services.frozen import frozen
from tests.services.postgres_server import running_postgres
from tests.services.started import started
from tests.web.readyz import READY, readyz, wait_for_readyz


def test_healthz_answers_any_host_without_redirect(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    answer = client.get("/healthz", headers={"host": "10.1.2.3:80"})

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_answers_when_database_and_layer_do(client: Client) -> None:
    answer = client.get("/readyz", headers={"host": "10.1.2.3:80"})

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_names_the_layer_that_does_not_answer(client: Client, settings: Settings) -> None:
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:9/0"]},
        }
    }

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable", "missing": ["channel_layer"]})


def test_hanging_check_is_answered_at_once_and_starts_no_second_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("strava_live.web.checks.PATIENCE_S", 0.05)
    entered, goes_on = [], threading.Event()

    def hang() -> None:
        entered.append(threading.current_thread())
        goes_on.wait(PATIENCE_S)

    check = Check(hang)
    for _ in range(5):
        check.start()
        with pytest.raises(TimeoutError):
            check.wait()

    assert len(entered) == 1
    assert entered[0].daemon
    goes_on.set()
    entered[0].join()
    check.start()
    check.wait()
    assert len(entered) == 2


@pytest.mark.services
def test_readyz_names_the_database_alone_while_postgres_is_frozen(live_sites: LiveSites, redis_url: str) -> None:
    with running_postgres(Path(started("TEST_POSTGRES_PROGRAMS", "Postgres"))) as postgres:
        site = live_sites(DATABASE_URL=postgres.url, REDIS_URL=redis_url)
        site.start("web")
        wait_for_readyz(site.url, READY)

        with frozen(postgres), ThreadPoolExecutor(4) as browsers:
            answers = list(browsers.map(readyz, [site.url] * 12))
            figures = urllib.request.urlopen(f"{site.url}/metrics", timeout=60).read().decode()

        assert answers == [(503, {"status": "unavailable", "missing": ["database"]})] * 12
        assert 'saturday_live_scrape_ok{part="database"} 0.0' in figures
        assert "saturday_live_redis_latency_seconds " in figures
        assert "saturday_live_queue_length" not in figures
        wait_for_readyz(site.url, READY)


@pytest.mark.django_db(transaction=True)
def test_readyz_logs_an_empty_catalogue_once_and_is_ready(
    client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strava_live.web.health.warn_if_not_fresh", FreshnessWarning())

    answers = [client.get("/readyz").status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    assert [record.getMessage() for record in caplog.records] == ["parkrun events need loading"]
