"""Our server, started by the Procfile's commands."""

import asyncio
import re
import signal
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.live.feed_client import FeedClient, following
from tests.live.founding import found_club
from tests.live.stuck_socket import stuck_socket
from tests.live_site import LiveSite, LiveSites, procfile
from tests.patience import PATIENCE_S
from tests.services.postgres_server import PostgresServer
from tests.services.redis_server import running_redis
from tests.services.started import started

pytestmark = pytest.mark.services


def test_site_runs_with_production_settings_over_http(shared_site: LiveSite) -> None:
    site = shared_site

    page = httpx.get(f"{site.url}/accounts/login/")

    assert page.status_code == 200
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["Set-Cookie"].startswith("csrftoken=")
    assert "HttpOnly" in page.headers["Set-Cookie"]
    assert "SameSite=Lax" in page.headers["Set-Cookie"]
    assert "Secure" not in page.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in page.headers
    static_files = re.findall(r'"(/static/[^"]+)"', page.text)
    assert {httpx.get(site.url + path).status_code for path in static_files} == {200}
    assert all("immutable" in httpx.get(site.url + path).headers["Cache-Control"] for path in static_files)


def test_https_site_redirects_and_marks_its_cookies_secure(live_sites: LiveSites) -> None:
    site = live_sites(SITE_URL="https://club.example.org")
    site.start("web")
    address = f"http://127.0.0.1:{site.port}"
    club = {"Host": "club.example.org"}

    plain = httpx.get(f"{address}/accounts/login/", headers=club)
    assert (plain.status_code, plain.headers["Location"]) == (301, "https://club.example.org/accounts/login/")
    page = httpx.get(f"{address}/accounts/login/", headers=club | {"X-Forwarded-Proto": "https"})
    assert page.status_code == 200
    assert "Secure" in page.headers["Set-Cookie"]
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert httpx.get(f"{address}/healthz").status_code == 200
    assert httpx.get(f"{address}/readyz").status_code == 200
    evil = {"Host": "evil.example", "X-Forwarded-Proto": "https"}
    assert httpx.get(f"{address}/", headers=evil).status_code == 400


def test_access_log_masks_keys_and_leaves_out_queries_and_sigterm_ends_the_process(live_sites: LiveSites) -> None:
    site = live_sites()
    process = site.start("web")
    named = {"X-Request-ID": "request-from-router"}
    httpx.get(f"{site.url}/join/s3cret-invitation/?code=s3cret-code", headers=named)
    httpx.get(f"{site.url}/strava/webhook/s3cret-token/")
    process.send_signal(signal.SIGTERM)

    assert process.wait(PATIENCE_S) == 0
    log = site.log.read_text()
    assert "request=request-from-router" in log
    assert "path=/join/***/" in log
    assert "s3cret" not in log
    assert "Traceback" not in log


def test_sigterm_ends_the_worker_cleanly(live_sites: LiveSites, redis_url: str, postgres_database: str) -> None:
    site = live_sites(REDIS_URL=redis_url, DATABASE_URL=postgres_database)
    worker = site.start("worker")
    deadline = time.monotonic() + PATIENCE_S
    while "worker started" not in site.log.read_text() and time.monotonic() < deadline:
        time.sleep(0.05)

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(PATIENCE_S) == 0
    assert "worker stopped" in site.log.read_text()
    assert "Traceback" not in site.log.read_text()


async def test_client_that_does_not_answer_a_ping_is_dropped(
    live_sites: LiveSites, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = {"web": procfile()["web"].replace("--ping-interval 30", "--ping-interval 1 --ping-timeout 1")}
    monkeypatch.setattr("tests.live_site.procfile", lambda: impatient)
    site = live_sites()
    club = found_club(site)
    site.start("web")
    answers = FeedClient(site.url, f"/ws/clubs/{club.slug}/", club.sessions[0])

    with stuck_socket(site, club, 1) as silent:
        async with following(answers):
            with suppress(ConnectionResetError):
                while await asyncio.to_thread(silent.recv, 65536):  # hello, a ping, then the end
                    pass
            await answers.say("ping")
            await answers.until_heard("pong")
            assert answers.connections_made == 1


def test_readyz_names_what_does_not_answer(live_sites: LiveSites, own_postgres: PostgresServer) -> None:
    redis_at = Path(started("TEST_REDIS_PROGRAM", "Redis"))
    with running_redis(redis_at) as redis:
        site = live_sites(DATABASE_URL=own_postgres.url, REDIS_URL=redis.url)
        site.start("web")
        assert httpx.get(f"{site.url}/readyz", timeout=PATIENCE_S).status_code == 200

        own_postgres.stop()
        without_database = httpx.get(f"{site.url}/readyz", timeout=PATIENCE_S)
        redis.stop()
        without_both = httpx.get(f"{site.url}/readyz", timeout=PATIENCE_S)

    assert (without_database.status_code, without_database.json()["missing"]) == (503, ["database"])
    assert (without_both.status_code, without_both.json()["missing"]) == (503, ["database", "channel_layer"])
    assert httpx.get(f"{site.url}/healthz").status_code == 200
