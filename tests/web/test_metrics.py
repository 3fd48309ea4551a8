"""/metrics: who may read it, that it agrees with the tables, and what is left out when a part does not answer."""

import logging
import threading

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from strava_live import tallies
from strava_live.accounts.models import User
from strava_live.web import metrics
from strava_live.web.checks import Check
from tests.status import rows

TOKEN = "sixteen-letters-or-more"
ELSEWHERE = "203.0.113.9"

Figures = dict[tuple[str, ...], float]


def read(client: Client, **headers: str) -> Figures:
    """Return the figures of /metrics by name, and the values of labels in the order of the labels' names."""
    answer = client.get("/metrics", headers={"host": "10.1.2.3:80", **headers})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = list(text_string_to_metric_families(answer.content.decode()))
    assert all(family.documentation for family in families)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (f"Bearer {TOKEN}x", 401),
        ("Bearer", 401),
        ("Bearer café", 401),
        (f"Basic {TOKEN}", 401),
        ("", 401),
    ],
)
@pytest.mark.parametrize("address", ["127.0.0.1", ELSEWHERE])
def test_with_a_token_set_everybody_needs_it(
    client: Client, settings: Settings, authorization: str, status: int, address: str
) -> None:
    settings.METRICS_TOKEN = TOKEN

    answer = client.get("/metrics", headers={"authorization": authorization}, REMOTE_ADDR=address)

    assert answer.status_code == status
    assert (answer.headers.get("WWW-Authenticate") == "Bearer") == (status == 401)
    assert (b"saturday_live" in answer.content) == (status == 200)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("proxies", "nearest", "forwarded", "status"),
    [
        (0, "127.0.0.1", None, 200),
        (0, "::1", None, 200),
        (0, "::ffff:127.0.0.1", None, 200),
        (0, ELSEWHERE, None, 404),
        (0, ELSEWHERE, "127.0.0.1", 404),
        (0, "127.0.0.1", ELSEWHERE, 404),  # an uncounted proxy on this machine
        (0, "127.0.0.1", "127.0.0.1", 404),
        (1, "127.0.0.1", ELSEWHERE, 404),
        (1, "127.0.0.1", f"127.0.0.1, {ELSEWHERE}", 404),  # the first is what the client claims
        (1, "10.0.0.1", "127.0.0.1", 200),
        (1, "127.0.0.1", None, 200),
        (2, "127.0.0.1", ELSEWHERE, 404),  # past the outer proxy
        (2, "127.0.0.1", f"{ELSEWHERE}, 10.0.0.1", 404),
        (0, "", None, 404),
    ],
)
def test_without_a_token_only_this_machine_may_read(
    client: Client, settings: Settings, proxies: int, nearest: str, forwarded: str | None, status: int
) -> None:
    settings.TRUSTED_PROXIES, settings.METRICS_TOKEN = proxies, ""
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}

    assert client.get("/metrics", headers=headers, REMOTE_ADDR=nearest).status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["x-real-ip", "x-forwarded-proto", "x-forwarded-host", "forwarded", "via"])
@pytest.mark.parametrize("proxies", [0, 1])
def test_proxy_that_does_not_forward_the_clients_address_is_not_this_machine(
    client: Client, settings: Settings, header: str, proxies: int
) -> None:
    settings.TRUSTED_PROXIES, settings.METRICS_TOKEN = proxies, ""

    answer = client.get("/metrics", headers={header: "https"}, REMOTE_ADDR="127.0.0.1")

    assert answer.status_code == 404


@pytest.mark.django_db
def test_any_host_without_redirect_and_only_to_read(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert read(client)["saturday_live_build_info", settings.METRICS_COMMIT] == 1
    assert client.head("/metrics").status_code == 200
    assert client.post("/metrics").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_figures_without_any_row(client: Client) -> None:
    figures = read(client)

    assert figures["saturday_live_queue_length", "events"] == 0
    assert figures["saturday_live_runs_waiting", "rate_limit"] == 0
    assert figures["saturday_live_webhook_subscribed",] == 0
    assert figures["saturday_live_strava_requests_limit", "read", "quarter_hour"] == 100
    assert figures["saturday_live_scrape_ok", "database"] == figures["saturday_live_scrape_ok", "budget"] == 1
    assert ("saturday_live_event_to_feed_seconds", "median") not in figures
    assert ("saturday_live_redis_latency_seconds",) not in figures


@pytest.mark.django_db(transaction=True)
def test_figures_agree_with_the_tables(client: Client, athlete: User, clubmate: User) -> None:
    rows.event(athlete, received=60, took=1)
    rows.event(athlete, received=50, took=3, signature=rows.UNSIGNED)
    waiting = rows.event(athlete, received=40)
    rows.waiting_run(athlete, "strava_down")
    rows.running_run(clubmate)
    rows.process(rows.WORKER, purge="2026-11-21T09:00:00Z")
    rows.process(rows.WEB, takes_up=False)
    rows.revocation(due=5)
    checked = rows.subscription().checked_at

    figures = {(name.removeprefix("saturday_live_"), *labels): value for (name, *labels), value in read(client).items()}

    assert (figures["queue_length", "events"], figures["queue_length", "runs"]) == (1, 1)
    assert figures["queue_length", "revocations"] == 1
    assert 40 <= figures["queue_oldest_age_seconds", "events"] <= (timezone.now() - waiting.received_at).total_seconds()
    assert (figures["runs_waiting", "strava_down"], figures["runs_waiting", "busy"]) == (1, 0)
    assert figures["runs_running",] == 1
    assert figures["events_last_hour",] == 3
    assert figures["event_last_received_timestamp_seconds",] == waiting.received_at.timestamp()
    assert (figures["events_by_signature", "verified"], figures["events_by_signature", "unsigned"]) == (2, 1)
    delays = [figures["event_to_feed_seconds", of] for of in ("median", "percentile_95", "slowest")]
    assert delays == pytest.approx([2, 2.9, 3])
    assert figures["webhook_subscribed",] == 1
    assert figures["webhook_checked_timestamp_seconds",] == checked.timestamp()
    assert (figures["processes", "worker"], figures["processes", "web"], figures["processes_taking_up",]) == (1, 1, 1)
    assert figures["job_last_success_timestamp_seconds", "purge"] == 1795251600


@pytest.mark.django_db
def test_database_that_hangs_is_left_out_and_delays_no_later_scrape(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on, entered = threading.Event(), []

    def hang() -> metrics.DatabaseAnswer:
        entered.append(1)
        goes_on.wait(60)
        raise OSError

    monkeypatch.setattr(metrics, "DATABASE", Check(hang))
    monkeypatch.setattr(metrics, "DATABASE_PATIENCE_S", 0.05)

    for _ in range(3):
        figures = read(client)
        assert figures["saturday_live_scrape_ok", "database"] == 0
        assert ("saturday_live_database_latency_seconds",) not in figures
        assert ("saturday_live_queue_length", "events") not in figures
        assert figures["saturday_live_strava_requests_used", "overall", "day"] >= 0
    assert entered == [1]
    goes_on.set()


@pytest.mark.django_db(transaction=True)
def test_redis_that_does_not_answer_is_left_out(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [settings.REDIS_URL]},
        }
    }

    figures = read(client)

    assert figures["saturday_live_scrape_ok", "redis"] == 0
    assert ("saturday_live_redis_latency_seconds",) not in figures
    assert figures["saturday_live_scrape_ok", "database"] == 1
    assert figures["saturday_live_strava_budget_degraded",] == 1


@pytest.mark.django_db
def test_errors_are_counted_by_logger_and_exception(client: Client) -> None:
    name = "saturday_live_errors_total"
    before = read(client)
    logger = logging.getLogger("strava_live.somewhere")

    logger.warning("not an error")
    logger.error("one without exception")
    for _ in range(2):
        try:
            raise LookupError
        except LookupError:
            logger.exception("one with an exception")
    tallies.add(tallies.SLOW_CLIENTS)

    after = read(client)
    assert after[name, "", "strava_live.somewhere"] - before.get((name, "", "strava_live.somewhere"), 0) == 1
    found = after[name, "LookupError", "strava_live.somewhere"]
    assert found - before.get((name, "LookupError", "strava_live.somewhere"), 0) == 2
    lost = "saturday_live_slow_clients_total"
    assert after[lost,] - before[lost,] == 1
