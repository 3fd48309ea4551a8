"""The runs of a process: how often leases are renewed, and what that costs the database."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from strava_live.sync.models import SyncRun
from strava_live.sync.run_task import RunTask
from strava_live.sync.runner import Runner
from tests.live_site import LiveSites
from tests.services.postgres_server import PostgresServer
from tests.sync.announced import listening_to


@pytest.fixture
async def runner(connections_closed: None, run: SyncRun, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """A runner that executes a run which never ends."""

    async def read(_: RunTask) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(RunTask, "read", read)
    await SyncRun.objects.aupdate(state="waiting", lease_owner="", lease_until=None)
    runner = Runner()
    assert await runner.take_up(run.pk)
    return runner


async def lease_until() -> Any:
    return await SyncRun.objects.values_list("lease_until", flat=True).aget()


async def test_lease_is_renewed_after_a_quarter_of_its_length_and_not_before(runner: Runner) -> None:
    claimed_until = await lease_until()

    for _ in range(5):
        await runner.poll(take_up=False)
    polled = await lease_until()
    runner.renewed_at -= runner.lease.length.total_seconds() / 4
    await runner.poll(take_up=False)
    renewed = await lease_until()
    await runner.release_all()

    assert polled == claimed_until
    assert renewed > claimed_until


async def test_run_to_stop_is_noticed_between_two_renewals(runner: Runner, run: SyncRun) -> None:
    async with listening_to(run.athlete_id) as announced:
        _, task = runner.tasks[run.pk]
        await SyncRun.objects.aupdate(cancel_asked=True)
        await runner.poll(take_up=False)
        await asyncio.wait([task])

    assert announced.ends() == [(run.pk, "sync.cancelled")]


async def test_web_process_beside_a_worker_goes_on_with_runs_about_events_and_with_no_import(runner: Runner) -> None:
    (import_id,) = runner.tasks
    await runner.release_all()
    left = {"state": "running", "lease_owner": "killed", "lease_until": timezone.now() - timedelta(seconds=1)}
    await SyncRun.objects.aupdate(**left)
    athlete_id = await SyncRun.objects.values_list("athlete", flat=True).aget()
    about_events = await SyncRun.objects.acreate(
        athlete_id=athlete_id, strava_id=1, kind="activities", reason="webhook", started_at=timezone.now(), **left
    )
    other = Runner()

    await other.poll(take_up=False)

    assert list(other.tasks) == [about_events.pk]
    assert (await SyncRun.objects.aget(pk=import_id)).lease_owner == "killed"
    await other.release_all()


ON_POSTGRES = """
import json
from datetime import timedelta
from django.db import connection
from django.utils import timezone
from strava_live.accounts.models import User
from strava_live.leases import Lease
from strava_live.sync.models import SyncRun

now, us = timezone.now(), Lease("us", timedelta(seconds=20))
people = User.objects.bulk_create(User(username=f"runner{number}", password="!") for number in range(20))
ended = [SyncRun(athlete=people[0], strava_id=1, state="finished", started_at=now) for _ in range(3_000)]
SyncRun.objects.bulk_create(ended)
live = SyncRun.objects.bulk_create(
    SyncRun(athlete=one, strava_id=1, state="running", started_at=now, lease_owner="us", lease_until=now + us.length)
    for one in people
)
with connection.cursor() as cursor:
    cursor.execute("VACUUM ANALYZE strava_live_syncrun")
plans = {
    "claimable": SyncRun.objects.claimable(now=now)[:20].explain(),
    "to_cancel": SyncRun.objects.to_cancel(now=now).explain(),
    "asked_to_stop": SyncRun.objects.filter(pk__in=[run.pk for run in live[:5]], cancel_asked=True).explain(),
}
renewals = 0
for second in range(1, 21):
    renewals += SyncRun.objects.renew_leases([run.pk for run in live], us, now=now + timedelta(seconds=second))
with connection.cursor() as cursor:
    cursor.execute("SELECT pg_stat_force_next_flush()")
    cursor.execute("SELECT n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'strava_live_syncrun'")
    (in_place,) = cursor.fetchone()
print(json.dumps({"renewals": renewals, "in_place": in_place, "plans": plans}))
"""


@pytest.mark.services
def test_postgres_renews_in_place_and_finds_live_runs_without_reading_the_ended_ones(
    live_sites: LiveSites, own_postgres: PostgresServer
) -> None:
    """On a server of its own: a long transaction in another database would keep Postgres from reusing space here."""
    site = live_sites(DATABASE_URL=own_postgres.url)

    measured = json.loads(site.manage("shell", "--verbosity", "0", "-c", ON_POSTGRES))

    assert measured["renewals"] == 400
    assert measured["in_place"] >= 0.9 * measured["renewals"], measured
    for name, plan in measured["plans"].items():
        assert "Seq Scan" not in plan, f"{name}\n{plan}"
