"""A run whose calls fail at Strava, over real HTTP: how long it waits, and its error."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from simulators.process import StandIn
from strava_live.accounts.models import User
from strava_live.sync.models import SyncRun
from strava_live.sync.run_execution import MOST_SETBACKS
from strava_live.sync.runner import Runner
from tests.sync.connected import connect
from tests.sync.runs import sync_run_of


@pytest.fixture
def unclaimed(connections_closed: None, stand_in: StandIn, athlete: User) -> SyncRun:
    strava_id = connect(athlete, stand_in, activities=3)
    run = sync_run_of(athlete)
    SyncRun.objects.update(strava_id=strava_id, state="waiting", lease_owner="", lease_until=None)
    return run


async def executed(run: SyncRun) -> SyncRun:
    """Execute the run until it ends or pauses, and return it as stored."""
    runner = Runner()
    assert await runner.take_up(run.pk)
    await asyncio.wait([runner.tasks[run.pk][1]])
    return await SyncRun.objects.aget(pk=run.pk)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [({"kind": "server_error", "status": 503}, "strava_down"), ({"kind": "rate_limited"}, "rate_limit")],
    ids=["503", "429"],
)
@pytest.mark.parametrize(("asked", "seconds"), [("1800", 1800), ("86400", 3600)])
async def test_run_waits_as_long_as_strava_asks_and_an_hour_at_most(
    unclaimed: SyncRun, stand_in: StandIn, fault: dict[str, Any], reason: str, asked: str, seconds: int
) -> None:
    stand_in.fault(endpoint="activities", retry_after=asked, **fault)
    began = timezone.now()

    run = await executed(unclaimed)

    assert (run.state, run.wait_reason) == ("waiting", reason)
    assert run.wait_until
    assert timedelta(seconds=seconds) <= run.wait_until - began <= timedelta(seconds=seconds + 60)


async def test_list_that_answers_404_is_requested_again_later(unclaimed: SyncRun, stand_in: StandIn) -> None:
    stand_in.fault("not_found", "activities")

    run = await executed(unclaimed)

    assert (run.state, run.wait_reason, run.setbacks) == ("waiting", "strava_down", 1)


async def test_list_that_never_makes_sense_fails_the_run(unclaimed: SyncRun, stand_in: StandIn) -> None:
    stand_in.fault("empty", "activities")
    await SyncRun.objects.aupdate(setbacks=MOST_SETBACKS)

    run = await executed(unclaimed)

    assert (run.state, run.error_code) == ("failed", "strava_down")
    assert run.error_message == "We couldn't understand Strava's answer."
