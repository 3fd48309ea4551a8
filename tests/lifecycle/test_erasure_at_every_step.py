"""Deleting an account at every step of a sync: nothing comes back, and nothing is logged as a fault."""

import logging
from collections.abc import Awaitable, Callable

import pytest
from asgiref.sync import sync_to_async

from simulators.process import StandIn
from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.lifecycle.erasure import erase
from strava_live.sync.runner import runner
from strava_live.sync.runs import start_run
from tests.erased import assert_nothing_left
from tests.lifecycle.steps import StepCounter
from tests.sync.connected import connect
from tests.sync.event_rows import event, handle, until_idle
from tests.sync.fixtures import strava_id

__all__ = ["strava_id"]
FEWEST_STEPS = 3
"""Fewer steps would mean that the steps were not found."""


@sync_to_async
def newcomer(stand_in: StandIn, number: int) -> tuple[User, int]:
    """Create an athlete with a few activities at Strava, and return their id there."""
    who = User.objects.create_user(f"quilla-{number}-f", display_name=f"Quilla {number} Feathergrass")
    return who, connect(who, stand_in, activities=3, event="bushy")


async def import_everything(who: User, _: int) -> None:
    run = await sync_to_async(start_run)(who)
    await runner().take_up(run.pk)
    await until_idle(runner())


async def handle_event(who: User, activity_id: int) -> None:
    await sync_to_async(event)(who, "create", activity_id)
    await handle(who)


@pytest.mark.parametrize("work", [import_everything, handle_event], ids=["import", "event"])
async def test_account_is_deleted_at_every_step(
    strava_id: int,
    stand_in: StandIn,
    work: Callable[[User, int], Awaitable[None]],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.ERROR)
    monkeypatch.setattr("strava_live.sync.runner.LONGEST_WAIT_HERE_S", 0.0)
    step, counter = 0, None
    while counter is None or counter.acted:
        who, own_id = await newcomer(stand_in, step)
        activity_id = int(stand_in.finish_parkrun(own_id)["id"])
        counter = StepCounter(step, lambda who=who: erase(User.objects.get(pk=who.pk)))  # type: ignore[misc]
        with pytest.MonkeyPatch.context() as patched:
            counter.watch(patched)
            try:
                await work(who, activity_id)
            except Exception:
                if not counter.acted:
                    raise
        await until_idle(runner())
        if counter.acted:
            marks = [who.username, who.display_name, str(own_id)]
            await sync_to_async(assert_nothing_left)(marks)
        step += 1

    assert step > FEWEST_STEPS
    assert await Activity.objects.filter(athlete=who.pk, strava_id=activity_id).aexists()  # the last was not deleted
    assert [record.getMessage() for record in caplog.records] == []
