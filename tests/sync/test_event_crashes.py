"""The process that handles Strava's events is killed between any two steps: nothing is lost and nothing is doubled."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from simulators.process import StandIn
from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.clubs.models import Club
from strava_live.sync import event_look, event_task, runner, store
from strava_live.sync.event_runs import handle_events, handle_leftover_events
from strava_live.sync.models import SyncRun
from strava_live.sync.runner import Runner
from strava_live.webhook.models import StravaEvent
from tests.sync.event_rows import entries, event, handle, until_idle


class Steps:
    """Counts the steps of handling events that touch the database or Strava, and kills the process at one of them."""

    def __init__(self) -> None:
        self.kill_at: int | None = None
        self.after = False
        self.made = 0
        self.is_dead = False

    def wrap(self, make: Callable[..., Any]) -> Callable[..., Any]:
        """Make the functions that `make` returns count as steps."""
        return lambda work: self.counting(make(work))

    def counting(self, work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def step(*args: Any, **fields: Any) -> Any:
            number, self.made = self.made, self.made + 1
            if number == self.kill_at and not self.after:
                await self.die()
            result = await work(*args, **fields)
            if number == self.kill_at and self.after:
                await self.die()
            return result

        return step

    async def die(self) -> None:
        """Stop here for good, as a killed process does."""
        self.is_dead = True
        await asyncio.Event().wait()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    steps = Steps()
    for module in (runner, event_task, store):
        monkeypatch.setattr(module, "on_database", steps.wrap(module.on_database))
    monkeypatch.setattr(event_task, "look_at", steps.counting(event_look.look_at))
    return steps


async def handle_until_killed(athlete: User, steps: Steps, kill_at: int, *, after: bool) -> bool:
    """Handle events in a process that is killed at a step. Return False if it has ended before that step."""
    steps.kill_at, steps.after, steps.made, steps.is_dead = kill_at, after, 0, False
    runner.current = here = Runner()
    handling = asyncio.create_task(handle_events([athlete.pk]))
    while not steps.is_dead:
        await asyncio.sleep(0.005)
        if handling.done() and not here.tasks and not here.looking_again:
            break
    steps.kill_at = None
    if not steps.is_dead:
        return False
    kill(here, handling)
    return True


def kill(here: Runner, handling: "asyncio.Task[None]") -> None:
    """Leave everything as it is, as after kill -9: no outcome is written, and no lease is released."""
    for execution, task in here.tasks.values():
        execution.write_outcome = forget  # type: ignore[method-assign, assignment]
        task.cancel()
    for task in (*here.looking_again, handling):
        task.cancel()
    here.shutting_down = True


async def forget(*_: Any) -> None:
    """Write nothing."""


async def take_over() -> None:
    """Do what another process does once the lease of the killed process has ended."""
    ended = timezone.now() - timedelta(seconds=1)
    await SyncRun.objects.exclude(lease_until=None).aupdate(lease_until=ended)
    runner.current = other = Runner()
    await other.poll(take_up=True)
    await handle_leftover_events()
    await until_idle(other)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_another_process_goes_on_where_the_killed_one_has_stopped(
    athlete: User, club: Club, strava_id: int, stand_in: StandIn, steps: Steps, after: bool
) -> None:
    parkrun_id = int(stand_in.finish_parkrun(strava_id)["id"])
    await sync_to_async(event)(athlete, "create", parkrun_id)
    await handle(athlete)
    for kill_at in range(100):
        gone_id = stand_in.add_activity(strava_id)
        await sync_to_async(event)(athlete, "create", gone_id)
        await handle(athlete)
        stand_in.delete_activity(gone_id)
        stand_in.change_activity(parkrun_id, name=f"Take {kill_at}")
        for aspect, strava_activity_id in (("update", parkrun_id), ("delete", gone_id), ("create", gone_id)):
            await sync_to_async(event)(athlete, aspect, strava_activity_id)
        new_id = stand_in.add_activity(strava_id)
        await sync_to_async(event)(athlete, "create", new_id)

        if not await handle_until_killed(athlete, steps, kill_at, after=after):
            break
        await take_over()

        known = {one async for one in Activity.objects.values_list("strava_id", flat=True)}
        assert known == stand_in.given_ids(strava_id), kill_at
        assert await Activity.objects.filter(name=f"Take {kill_at}").acount() == 1
        assert [kind for _, kind, _ in await entries(club)] == ["parkrun"]
        assert not await StravaEvent.objects.waiting().aexists(), kill_at
        assert not await SyncRun.objects.live().aexists(), kill_at
    assert kill_at > 5
