"""The worker as a process of its own: woken through Redis, looking for work without it, ended by SIGTERM."""

import signal
import time
from collections.abc import Callable

import psycopg
import pytest
from redis import Redis

from simulators.process import StandIn
from strava_live.broadcast import WORK
from tests.live_site import LiveSite, LiveSites
from tests.patience import PATIENCE_S
from tests.services.redis_server import RedisServer
from tests.strava_of import lift_limits, strava_of

pytestmark = pytest.mark.services

ADD_RUN = """
from django.utils import timezone
from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.athlete_state import ensure_athlete_state
from strava_live.strava.payloads import Tokens
from strava_live.accounts.connections import connect_strava
from strava_live.sync.runs import start_run
athlete = User.objects.create_user("athlete{strava_id}")
tokens = Tokens("{access}", "{refresh}", timezone.now() + timezone.timedelta(hours=6))
connect_strava(athlete, strava_id={strava_id}, tokens=tokens, scopes="read,activity:read")
print(start_run(athlete).pk)
"""
RING = """
from asgiref.sync import async_to_sync
from strava_live.broadcast import announce_work
async_to_sync(announce_work)()
"""
LOCK = "LOCK TABLE strava_live_syncrun, strava_live_stravaconnection, strava_live_revocation IN ACCESS EXCLUSIVE MODE"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


def shell(site: LiveSite, code: str) -> str:
    return site.manage("shell", "--verbosity", "0", "-c", code).strip()


def add_run(site: LiveSite, stand_in: StandIn) -> str:
    """Store an import that waits for a process, and return its id."""
    strava_id = stand_in.add_athlete(activities=3)
    granted = stand_in.grant(strava_id)
    tokens = {"access": granted["access_token"], "refresh": granted["refresh_token"]}
    return shell(site, ADD_RUN.format(strava_id=strava_id, **tokens))


def has_finished(site: LiveSite, run: str) -> bool:
    code = f"from strava_live.sync.models import SyncRun; print(SyncRun.objects.get(pk={run}).state)"
    return shell(site, code) == "finished"


def workers_of(site: LiveSite) -> int:
    code = "from strava_live.status.models import WorkingProcess as W; print(W.objects.filter(kind='worker').count())"
    return int(shell(site, code))


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it has not come true"
        time.sleep(0.05)


def test_bell_wakes_the_worker_and_without_redis_it_looks_by_itself(
    live_sites: LiveSites, redis_server: RedisServer, stand_in_process: StandIn
) -> None:
    stand_in_process.clear_faults()
    lift_limits(stand_in_process)
    site = live_sites(
        DJANGO_SETTINGS_MODULE="tests.live.bell_settings", REDIS_URL=redis_server.url, **strava_of(stand_in_process)
    )
    site.start("worker")
    with Redis.from_url(redis_server.url) as redis:
        wait_until(lambda: bool(redis.pubsub_channels(f"*{WORK}")))
    wait_until(lambda: workers_of(site) == 1)

    rung_for = add_run(site, stand_in_process)
    shell(site, RING)
    wait_until(lambda: has_finished(site, rung_for))

    redis_server.stop()
    lost = add_run(site, stand_in_process)
    redis_server.start()
    wait_until(lambda: has_finished(site, lost))

    redis_server.stop()
    site.environment["DJANGO_SETTINGS_MODULE"] = "tests.live_settings"
    site.start("worker")
    wait_until(lambda: workers_of(site) == 2)
    looked_for = add_run(site, stand_in_process)
    wait_until(lambda: has_finished(site, looked_for))


def test_sigterm_ends_a_worker_whose_jobs_wait_for_locks(
    live_sites: LiveSites, redis_url: str, postgres_database: str, stand_in_process: StandIn
) -> None:
    settings = {"DJANGO_SETTINGS_MODULE": "tests.live_settings", "DATABASE_URL": postgres_database}
    site = live_sites(**settings, REDIS_URL=redis_url, **strava_of(stand_in_process))
    worker = site.start("worker")
    wait_until(lambda: workers_of(site) == 1)

    with psycopg.connect(postgres_database) as locking, psycopg.connect(postgres_database, autocommit=True) as looking:
        locking.execute(LOCK)
        wait_until(lambda: (looking.execute(WAITING).fetchone() or (0,))[0] >= 2)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE_S) == 0

    assert workers_of(site) == 0
