"""Which process handles Strava's events, how many queries that takes, and what happens beside an import."""

import asyncio
from datetime import timedelta

from asgiref.sync import sync_to_async
from django.utils import timezone
from pytest_django import Settings

from simulators.process import StandIn
from strava_live.accounts.connections import disconnect_strava
from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.clubs.models import Club, Membership
from strava_live.lifecycle.disconnecting import disconnect
from strava_live.lifecycle.erasure import erase
from strava_live.sync import runner
from strava_live.sync.event_runs import handle_events, handle_leftover_events
from strava_live.sync.models import SyncRun
from strava_live.sync.runner import Runner
from strava_live.sync.runs import cancel_run, start_run
from strava_live.webhook.models import StravaEvent
from tests.sync.counted_queries import counted_queries
from tests.sync.event_rows import entries, event, handle, outcomes, stored, until, until_idle

MOST_QUERIES = 27
"""For one create event of a parkrun, from the start of its run to its end."""


async def test_queries_for_one_event_do_not_depend_on_the_number_of_clubs_at_the_site(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn, strava_id: int
) -> None:
    await sync_to_async(event)(athlete, "create", parkrun_id)
    await handle(athlete)  # reads the list of parkrun events into memory
    next_id = int(stand_in.finish_parkrun(strava_id)["id"])
    await sync_to_async(event)(athlete, "create", next_id)
    with counted_queries() as one_club:
        await handle(athlete)
    clubs = [Club(slug=f"club-{number}", name="Other", time_zone="UTC") for number in range(200)]
    await Club.objects.abulk_create(clubs)
    later_id = int(stand_in.finish_parkrun(strava_id)["id"])
    await sync_to_async(event)(athlete, "create", later_id)
    with counted_queries() as many_clubs:
        await handle(athlete)

    assert len(one_club) <= MOST_QUERIES, "\n".join(one_club)
    assert len(many_clubs) <= MOST_QUERIES, "\n".join(many_clubs)


async def test_renamed_training_run_costs_no_look_at_the_clubs(
    athlete: User, club: Club, stand_in: StandIn, strava_id: int
) -> None:
    training_id = stand_in.add_activity(strava_id)
    await sync_to_async(event)(athlete, "create", training_id)
    await handle(athlete)
    stand_in.change_activity(training_id, name="Hills")
    await sync_to_async(event)(athlete, "update", training_id)

    with counted_queries() as sent:
        await handle(athlete)

    assert await stored() == {training_id: "Hills"}
    assert not [sql for sql in sent if "strava_live_entry" in sql or "strava_live_club" in sql]


async def test_events_without_a_process_that_has_a_slot_wait_for_another(
    athlete: User, club: Club, parkrun_id: int, settings: Settings
) -> None:
    settings.EVENT_RUNS_A_PROCESS = 0
    await sync_to_async(event)(athlete, "create", parkrun_id)
    runner.current = full = Runner()
    await handle_events([athlete.pk])
    assert not full.tasks
    waiting = await SyncRun.objects.aget()
    assert (waiting.state, waiting.kind, waiting.wait_reason) == ("waiting", "activities", "busy")

    settings.EVENT_RUNS_A_PROCESS = 1
    other = Runner()
    await other.poll(take_up=True)
    await until_idle(other)

    assert await outcomes() == [("create", "stored")]


async def test_full_slots_of_imports_delay_no_event(
    athlete: User, club: Club, parkrun_id: int, settings: Settings
) -> None:
    settings.SYNC_RUNS_A_PROCESS = 0
    await sync_to_async(event)(athlete, "create", parkrun_id)

    await handle(athlete)

    assert await outcomes() == [("create", "stored")]


async def test_leftover_events_of_a_killed_process_are_handled(athlete: User, club: Club, parkrun_id: int) -> None:
    await sync_to_async(event)(athlete, "create", parkrun_id)
    runner.current = here = Runner()

    await handle_leftover_events()
    await until_idle(here)

    assert await outcomes() == [("create", "stored")]


async def test_events_that_arrive_while_a_run_is_live_are_handled_by_it_or_after_it(
    athlete: User, club: Club, stand_in: StandIn, strava_id: int
) -> None:
    runner.current = here = Runner()
    ids = [stand_in.add_activity(strava_id) for _ in range(12)]
    for strava_activity_id in ids:
        await sync_to_async(event)(athlete, "create", strava_activity_id)
        await handle_events([athlete.pk])
        await asyncio.sleep(0.01)
    await until_idle(here)

    assert set(await stored()) == set(ids)
    assert not await StravaEvent.objects.waiting().aexists()


async def test_events_of_an_athlete_who_has_disconnected_are_settled(
    athlete: User, club: Club, parkrun_id: int
) -> None:
    await sync_to_async(disconnect_strava)(athlete)
    await sync_to_async(event)(athlete, "create", parkrun_id)

    await handle(athlete)

    assert await outcomes() == [("create", "not_connected")]
    assert not await SyncRun.objects.aexists()


async def test_disconnecting_ends_the_import_and_the_run_about_events(athlete: User, club: Club) -> None:
    await sync_to_async(start_run)(athlete)
    await SyncRun.objects.acreate(
        athlete=athlete, strava_id=1, kind="activities", reason="webhook", state="waiting", started_at=timezone.now()
    )

    await sync_to_async(disconnect)(athlete, keep_typed_in=True)

    assert not await SyncRun.objects.aexists()


async def test_stopping_the_import_leaves_the_run_about_events_alone(athlete: User, club: Club) -> None:
    await SyncRun.objects.acreate(
        athlete=athlete, strava_id=1, kind="activities", reason="webhook", state="waiting", started_at=timezone.now()
    )

    assert await sync_to_async(cancel_run)(athlete.pk) is None
    assert await sync_to_async(SyncRun.objects.latest)(athlete.pk) is None
    assert await SyncRun.objects.live().acount() == 1


async def test_account_erased_while_its_event_is_handled(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn
) -> None:
    await sync_to_async(event)(athlete, "create", parkrun_id)
    held = stand_in.fault("hold", "activity")
    runner.current = here = Runner()
    await handle_events([athlete.pk])
    await asyncio.sleep(0.1)
    await sync_to_async(erase)(athlete)
    stand_in.clear_fault(held)
    await until_idle(here)

    assert not await Activity.with_gone.aexists()
    assert not await SyncRun.objects.aexists()
    assert not await User.objects.aexists()


async def test_event_beside_an_import_that_has_passed_its_day(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn, strava_id: int
) -> None:
    """The import must neither hide the new parkrun at its end nor lose its own count of what it has read."""
    runner.current = here = Runner()
    run = await sync_to_async(start_run)(athlete)
    held = stand_in.fault("hold", "activities", skip=1)
    assert await here.take_up(run.pk)
    await until(Activity.objects.filter(strava_id=parkrun_id).aexists)
    new_id = stand_in.add_activity(strava_id)
    stand_in.change_activity(parkrun_id, name="Beside an import")
    for aspect, strava_activity_id in (("create", new_id), ("update", parkrun_id)):
        row = await sync_to_async(event)(athlete, aspect, strava_activity_id)
        await handle_events([athlete.pk])
        await until(StravaEvent.objects.filter(pk=row.pk, outcome="stored").aexists)
    stand_in.clear_fault(held)
    await until_idle(here)

    assert (await SyncRun.objects.aget(pk=run.pk)).state == "finished"
    assert not await StravaEvent.objects.waiting().aexists()
    assert {row.visibility async for row in Activity.objects.all()} == {"everyone"}
    assert (await stored())[parkrun_id] == "Beside an import"
    assert [kind for _, kind, _ in await entries(club)] == ["parkrun"]


async def test_lease_lost_while_strava_is_asked_stores_nothing_twice(
    athlete: User, club: Club, parkrun_id: int, stand_in: StandIn
) -> None:
    await sync_to_async(event)(athlete, "create", parkrun_id)
    held = stand_in.fault("hold", "activity", calls=1)
    runner.current = slow = Runner()
    await handle_events([athlete.pk])
    await asyncio.sleep(0.05)
    await SyncRun.objects.aupdate(lease_until=timezone.now() - timedelta(seconds=1))
    other = Runner()
    await other.poll(take_up=True)
    await until_idle(other)
    stand_in.clear_fault(held)
    await until_idle(slow)

    assert await outcomes() == [("create", "stored")]
    assert [kind for _, kind, _ in await entries(club)] == ["parkrun"]
    assert await Membership.objects.acount() == 1
