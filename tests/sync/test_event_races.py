"""Events of Strava meet an import, another event, or an athlete's own change at an awkward moment."""

from collections.abc import Awaitable, Callable

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from pytest_django import Settings

from simulators.process import StandIn
from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.models import Activity
from strava_live.clubs.models import Club
from strava_live.leases import Lease
from strava_live.sync import event_task
from strava_live.sync.event_look import Look, look_at
from strava_live.sync.event_runs import handle_events
from strava_live.sync.hidden import hide_unchecked
from strava_live.sync.models import SyncRun
from strava_live.sync.pipeline import Chunk
from strava_live.sync.run_task import RunTask
from strava_live.sync.runner import runner
from strava_live.sync.runs import start_run
from strava_live.sync.waiting_events import add_runs
from strava_live.webhook.models import StravaEvent
from tests.sync.event_rows import entries, event, handle, outcomes, revocation, say, stored, until, until_idle


async def import_everything(
    athlete: User, monkeypatch: pytest.MonkeyPatch, *, between: Callable[[], Awaitable[None]]
) -> SyncRun:
    """Import the athlete's history. Await `between` after it was read from Strava, and before it is stored."""
    store, is_first = RunTask.store, [True]

    async def store_late(task: RunTask, chunk: Chunk) -> None:
        if is_first.pop() if is_first else False:
            await between()
        await store(task, chunk)

    monkeypatch.setattr(RunTask, "store", store_late)
    run = await sync_to_async(start_run)(athlete)
    assert await runner().take_up(run.pk)
    await until_idle(runner())
    await run.arefresh_from_db()
    return run


async def settle(athlete: User, aspect: str, object_id: int, *, at_s: int) -> None:
    """Let an event arrive and be handled, while an import of the athlete is live."""
    row = await sync_to_async(event)(athlete, aspect, object_id, at_s=at_s)
    await handle_events([athlete.pk])
    await until(StravaEvent.objects.filter(pk=row.pk).exclude(handled_at=None).aexists)


@pytest.mark.parametrize("is_known", [True, False], ids=["known before", "new"])
async def test_import_does_not_bring_back_an_activity_that_was_deleted_after_it_was_read(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, is_known: bool
) -> None:
    if is_known:
        await say(athlete, "create", parkrun_id)

    async def delete() -> None:
        stand_in.delete_activity(parkrun_id)
        await settle(athlete, "delete", parkrun_id, at_s=1)

    run = await import_everything(athlete, monkeypatch, between=delete)

    assert run.state == "finished"
    assert await stored() == {}
    assert await entries(club) == []


async def test_import_does_not_undo_a_change_that_an_event_has_brought_after_it_was_read(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(athlete, "create", parkrun_id)

    async def rename() -> None:
        stand_in.change_activity(parkrun_id, name="Slow today")
        await settle(athlete, "update", parkrun_id, at_s=1)

    run = await import_everything(athlete, monkeypatch, between=rename)

    assert (run.state, run.found) == ("finished", 1)
    assert await stored() == {parkrun_id: "Slow today"}
    row = await Activity.objects.aget()
    assert (row.seen_in, row.visibility) == (run.pk, "everyone")
    assert [kind for _, kind, _ in await entries(club)] == ["parkrun"]


async def test_revocation_that_arrives_while_a_refused_token_fails_other_events(
    athlete: User, club: Club, parkrun_id: int, strava_id: int, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(athlete, "create", parkrun_id)

    async def look_while_it_arrives(*args: int) -> Look:
        if not await StravaEvent.objects.filter(about=StravaEvent.Subject.ATHLETE).aexists():
            await sync_to_async(revocation)(athlete, strava_id)
        return await look_at(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(event_task, "look_at", look_while_it_arrives)
    stand_in.revoke(strava_id)
    await say(athlete, "update", parkrun_id, at_s=1)

    assert await outcomes() == [("update", "revoked")]
    assert not await StravaConnection.objects.aexists()
    assert await stored() == {}


async def test_revocation_that_strava_refuses_to_confirm_for_now_waits_until_strava_allows_calls(
    athlete: User, club: Club, strava_id: int, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the run would go on at once, and call Strava every few seconds while its limit is reached."""
    monkeypatch.setattr("strava_live.sync.runner.LONGEST_WAIT_HERE_S", 0.5)
    stand_in.fault("rate_limited", "athlete")
    row = await sync_to_async(revocation)(athlete, strava_id)

    await handle(athlete)

    run = await SyncRun.objects.live().aget()
    assert (run.state, run.wait_reason) == ("waiting", "rate_limit")
    await row.arefresh_from_db()
    assert run.wait_until == row.next_try_at


async def test_postponed_events_of_many_athletes_take_no_more_slots_than_a_process_has(
    athlete: User, club: Club, parkrun_id: int, settings: Settings
) -> None:
    """The run waits for a free slot here or elsewhere."""
    settings.EVENT_RUNS_A_PROCESS = 0
    await sync_to_async(event)(athlete, "create", parkrun_id)

    await runner().look_again(athlete.pk)

    assert not runner().tasks
    run = await SyncRun.objects.aget()
    assert (run.state, run.wait_reason) == ("waiting", "busy")


async def test_run_that_is_claimed_twice_in_one_process_is_executed_once(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn
) -> None:
    """A poll claims the run that waits, and at the same moment an event arrives."""
    here = runner()
    held = stand_in.fault("hold", "activity", calls=1)
    await sync_to_async(event)(athlete, "create", parkrun_id)
    await handle_events([athlete.pk])
    [(execution, task)] = here.tasks.values()

    here.execute(execution.run)

    assert [again for _, again in here.tasks.values()] == [task]
    stand_in.clear_fault(held)
    await until_idle(here)
    assert await outcomes() == [("create", "stored")]


async def test_run_that_is_claimed_while_the_process_ends_is_released(
    athlete: User, club: Club, parkrun_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = runner()
    await sync_to_async(event)(athlete, "create", parkrun_id)
    real = add_runs

    def add_late(athlete_ids: list[int], lease: Lease | None) -> list[SyncRun]:
        here.shutting_down = True
        return real(athlete_ids, lease)

    monkeypatch.setattr("strava_live.sync.runner.add_runs", add_late)
    await handle_events([athlete.pk])

    assert not here.tasks
    assert await SyncRun.objects.claimable(now=timezone.now()).acount() == 1
    here.shutting_down = False


async def test_deletion_that_arrives_while_events_of_a_refused_token_are_settled_hides_its_parkrun(
    athlete: User, club: Club, parkrun_id: int, strava_id: int, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(athlete, "create", parkrun_id)
    stand_in.revoke(strava_id)

    def hide_before_it_arrives(athlete_id: int) -> None:
        hide_unchecked(athlete_id)
        event(athlete, "delete", parkrun_id, at_s=2)

    monkeypatch.setattr(event_task, "hide_unchecked", hide_before_it_arrives)
    await say(athlete, "update", parkrun_id, at_s=1)

    assert (await outcomes())[-1] == ("delete", "not_connected")
    assert await entries(club) == []
