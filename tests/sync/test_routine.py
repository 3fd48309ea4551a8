"""Routine syncs: when they are due, who gets one, how many at once, and what they read."""

import asyncio
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.utils import timezone
from pytest_django import Settings

from simulators.process import StandIn
from strava_live.accounts.models import StravaConnection, User
from strava_live.sync.claims import claimable_runs, routine_slots
from strava_live.sync.models import SyncRun
from strava_live.sync.routine import start_due, start_routine_syncs
from strava_live.sync.run_task import RunTask
from strava_live.sync.runner import Runner, runner
from strava_live.sync.runs import CannotStart, end_run, start_run
from strava_live.webhook.models import StravaEvent
from tests.patience import PATIENCE_S
from tests.sync.announced import listening_to
from tests.sync.connected import connect
from tests.sync.routine_athletes import due_connection, routine_at, set_fields
from tests.sync.runs import LEASE, sync_run_of
from tests.together import at_once

ROOM = 1000
HOUR = timedelta(hours=1)


def started(room: int = ROOM) -> list[int]:
    """Start what is due, and return the athletes."""
    return [run.athlete_id for run in start_due(room, now=timezone.now())]


def test_due_routine_sync_reads_fourteen_days_and_is_due_again_after_about_six_hours(athlete: User) -> None:
    due_connection(athlete)
    now = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)  # in Auckland it is the 28th
    User.objects.update(time_zone="Pacific/Auckland")
    StravaConnection.objects.update(routine_at=now, synced_until=now)

    (run,) = start_due(ROOM, now=now)

    assert (run.reason, run.kind, run.state, run.until) == ("routine", "history", "waiting", None)
    assert run.since == date(2026, 11, 14)
    assert 5 * HOUR < routine_at(athlete) - now < 7 * HOUR
    assert start_due(ROOM, now=now) == []


def test_routine_sync_reads_back_to_the_last_whole_reading_if_that_is_longer_ago(athlete: User) -> None:
    connection = due_connection(athlete)
    now = timezone.now()
    set_fields(connection, synced_until=now - timedelta(days=40))

    (run,) = start_due(ROOM, now=now)

    assert run.after is not None
    assert run.after < now - timedelta(days=40)


@pytest.mark.parametrize(("days_ago", "hours"), [(1, (21, 27)), (3, (5, 7))])
def test_athlete_with_recent_events_has_a_routine_sync_once_a_day(
    athlete: User, days_ago: int, hours: tuple[int, int]
) -> None:
    due_connection(athlete)
    now = timezone.now()
    at = now - timedelta(days=days_ago)
    StravaEvent.objects.create(
        athlete=athlete, digest="d", about="activity", object_id=1, aspect="create", event_time=at, received_at=at
    )

    start_due(ROOM, now=now)

    assert hours[0] * HOUR < routine_at(athlete) - now < hours[1] * HOUR


@pytest.mark.parametrize(
    "fields",
    [
        {"trouble": "reconnect_needed"},
        {"revoked_at": datetime(2026, 11, 1, tzinfo=UTC)},
        {"scopes": "read"},
        {"routine_at": None},
        {"routine_at": datetime(2100, 1, 1, tzinfo=UTC)},
    ],
    ids=["trouble", "revoked", "no permission", "never imported", "not due"],
)
def test_athlete_without_a_usable_connection_has_none(athlete: User, fields: dict[str, object]) -> None:
    set_fields(due_connection(athlete), **fields)

    assert started() == []


def test_athlete_whose_import_is_live_has_none(athlete: User) -> None:
    due_connection(athlete)
    sync_run_of(athlete)

    assert started() == []


def test_unreadable_tokens_do_not_stay_first_in_the_queue(athlete: User, clubmate: User, settings: Settings) -> None:
    due_connection(athlete, strava_id=17, since=HOUR)
    settings.FIELD_KEYS = ["r4h2WcBRBAbxC1M2lc9q4P5c5bXO1Vw5rjZSJrM0rLo="]
    due_connection(clubmate, strava_id=18)

    assert started() == [clubmate.pk]
    assert routine_at(athlete) > timezone.now()


def test_those_due_longest_go_first_and_no_more_than_there_is_room_for(
    athlete: User, clubmate: User, captain: User
) -> None:
    for number, person in enumerate((athlete, clubmate, captain)):
        due_connection(person, strava_id=number + 1, since=timedelta(minutes=10 * number + 1))

    assert started(room=2) == [captain.pk, clubmate.pk]
    assert started(room=2) == [], "the two that have not used their calls yet count"
    assert started(room=3) == [athlete.pk]


def test_process_starts_few_routine_syncs_at_once(db: None) -> None:
    for number in range(routine_slots() + 2):
        due_connection(User.objects.create_user(f"runner{number}"), strava_id=number + 1)

    assert len(started()) == routine_slots()
    assert started() == []
    SyncRun.objects.update(wait_until=timezone.now() + HOUR)  # they wait for Strava
    assert len(started()) == 2


def test_budget_without_room_starts_none(
    transactional_db: None, athlete: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    due_connection(athlete)
    monkeypatch.setattr("strava_live.strava.budget.BudgetStatus.room", lambda *_: 0)

    async_to_sync(start_routine_syncs)()

    assert not SyncRun.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_several_workers_start_each_routine_sync_once() -> None:
    athletes = [User.objects.create_user(f"runner{number}") for number in range(3)]
    for number, person in enumerate(athletes):
        due_connection(person, strava_id=number + 1)

    at_once(3, started)

    assert sorted(SyncRun.objects.values_list("athlete_id", flat=True)) == [person.pk for person in athletes]
    assert all(routine_at(person) > timezone.now() for person in athletes)


def claimable(limit: int, routine_limit: int) -> list[int]:
    return claimable_runs(SyncRun.RunKind.HISTORY, limit, routine_limit)


def test_routine_syncs_are_claimed_after_all_others(athlete: User, clubmate: User, captain: User) -> None:
    for number, person in enumerate((athlete, clubmate)):
        due_connection(person, strava_id=number + 1)
    started()
    set_fields(due_connection(captain, strava_id=9), routine_at=None)
    asked = start_run(captain)

    assert claimable(10, 10)[0] == asked.pk
    assert len(claimable(10, 1)) == 2
    assert claimable(1, 10) == [asked.pk]


@pytest.mark.parametrize("is_claimed", [False, True])
def test_person_who_starts_an_import_replaces_their_routine_sync(athlete: User, *, is_claimed: bool) -> None:
    due_connection(athlete)
    (replaced,) = start_due(ROOM, now=timezone.now())
    if is_claimed:
        assert SyncRun.objects.claim(replaced.pk, LEASE, now=timezone.now())

    run = start_run(athlete)

    replaced.refresh_from_db()
    assert (replaced.state, replaced.lease_owner) == ("cancelled", "")
    assert SyncRun.objects.get(pk=run.pk).state == "waiting"
    assert not end_run(replaced, LEASE, state=SyncRun.RunState.FINISHED), "its process has lost the lease"
    with pytest.raises(CannotStart):
        start_run(athlete)


async def test_replaced_routine_sync_stops_in_its_process_without_a_word(
    connections_closed: None, athlete: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read(_: RunTask) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(RunTask, "read", read)
    await sync_to_async(due_connection)(athlete)
    here = Runner()
    (routine_run,) = await sync_to_async(start_due)(ROOM, now=timezone.now())
    async with listening_to(athlete.pk) as announced:
        assert await here.take_up(routine_run.pk)
        _, task = here.tasks[routine_run.pk]
        await sync_to_async(start_run)(athlete)
        await here.poll(take_up=False)
        await asyncio.wait([task])

    assert announced.messages == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("activities", "recent"), [(0, 0), (0, 3), (150, 0), (450, 0)], ids=["none", "all recent", "under a page", "many"]
)
def test_routine_sync_costs_one_call_and_is_not_the_import_of_my_strava(
    athlete: User, stand_in: StandIn, activities: int, recent: int
) -> None:
    strava_id = connect(athlete, stand_in, activities=activities)
    for number in range(recent):
        stand_in.add_activity(strava_id, start=time.time() - (number + 1) * 86_400)
    StravaConnection.objects.update(synced_until=timezone.now(), routine_at=timezone.now())
    before = stand_in.stats()["calls"].get("activities", 0)

    async_to_sync(execute_routine_syncs)()

    run = SyncRun.objects.get()
    assert (run.state, run.reason, run.requests) == ("finished", "routine", 1)
    assert run.found >= recent
    assert stand_in.stats()["calls"]["activities"] - before == 1
    assert SyncRun.objects.latest(athlete.pk) is None


async def execute_routine_syncs() -> None:
    await start_routine_syncs()
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*(task for _, task in runner().tasks.values()))


@pytest.mark.django_db(transaction=True)
def test_first_whole_import_sets_when_routine_syncs_begin(athlete: User) -> None:
    connection = due_connection(athlete)
    set_fields(connection, synced_until=None, routine_at=None)
    now = timezone.now()

    finish(athlete, since=now.date() - timedelta(days=30))
    assert StravaConnection.objects.get().routine_at is None

    finish(athlete)
    first = routine_at(athlete)
    assert now <= first <= now + 6 * HOUR + timedelta(minutes=1)

    finish(athlete)
    assert routine_at(athlete) == first


def finish(athlete: User, since: date | None = None) -> None:
    run = start_run(athlete, since=since)
    assert SyncRun.objects.claim(run.pk, LEASE, now=timezone.now())
    assert end_run(run, LEASE, state=SyncRun.RunState.FINISHED)
