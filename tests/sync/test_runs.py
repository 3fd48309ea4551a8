"""A run's row: one live run per athlete, leases, and a cancellation that is never lost."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import async_to_sync
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings

from strava_live.accounts.connections import connect_strava
from strava_live.accounts.models import User
from strava_live.activities.athlete_state import lock_athlete
from strava_live.activities.models import AthleteState
from strava_live.leases import Lease
from strava_live.lifecycle.disconnecting import disconnect
from strava_live.protocol import BadDates
from strava_live.strava.payloads import Tokens
from strava_live.sync import runner as runners
from strava_live.sync.models import SyncRun
from strava_live.sync.run_task import RunTask
from strava_live.sync.runs import CannotStart, cancel_run, end_cancelled, end_run, start_run
from strava_live.sync.window import window_of
from tests.sync.runs import LEASE, sync_run_of

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def connect(athlete: User) -> None:
    connect_strava(athlete, strava_id=17, tokens=Tokens("a", "r", timezone.now()), scopes="read,activity:read")


def test_second_start_is_refused_and_the_first_run_stays(athlete: User) -> None:
    connect(athlete)
    start_run(athlete)

    with pytest.raises(CannotStart) as refused:
        start_run(athlete)

    assert refused.value.code == "already_running"
    assert SyncRun.objects.live().count() == 1


def test_start_without_a_connection_or_permission_is_refused(athlete: User) -> None:
    with pytest.raises(CannotStart) as nothing:
        start_run(athlete)
    connect_strava(athlete, strava_id=17, tokens=Tokens("a", "r", timezone.now()), scopes="read")
    with pytest.raises(CannotStart) as unticked:
        start_run(athlete)

    assert (nothing.value.code, unticked.value.code) == ("not_connected", "scope_missing")


@pytest.mark.parametrize(
    ("since", "until"),
    [("2026-11-21", None), (None, "2026-11-21"), ("2026-11-10", "2026-11-09"), ("1999-12-31", None)],
)
def test_dates_that_make_no_window_are_refused(since: str | None, until: str | None) -> None:
    days = [datetime.fromisoformat(day).date() if day else None for day in (since, until)]

    with pytest.raises(BadDates):
        window_of(*days, zone=UTC, now=NOW)  # type: ignore[arg-type]


def test_waiting_run_is_cancelled_at_once(run: SyncRun) -> None:
    SyncRun.objects.update(
        state="waiting", wait_until=timezone.now() + timedelta(hours=1), lease_owner="", lease_until=None
    )

    cancelled = cancel_run(run.athlete_id)

    assert cancelled
    assert (cancelled.state, cancelled.wait_reason) == ("cancelled", "")
    assert cancel_run(run.athlete_id) is None


def test_cancelled_run_of_a_dead_process_is_ended_and_not_taken_up(run: SyncRun) -> None:
    SyncRun.objects.update(cancel_asked=True, lease_until=timezone.now() - timedelta(seconds=1))

    assert not SyncRun.objects.claimable(now=timezone.now()).exists()
    assert [(ended.pk, ended.state) for ended in end_cancelled(SyncRun.objects.all())] == [(run.pk, "cancelled")]
    assert end_cancelled(SyncRun.objects.all()) == []


def test_locked_athlete_does_not_keep_the_runs_of_others_from_ending(
    run: SyncRun, clubmate: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sync_run_of(clubmate)
    SyncRun.objects.update(cancel_asked=True, lease_owner="", lease_until=None)

    def locked(athlete_id: int) -> AthleteState:
        if athlete_id == run.athlete_id:
            raise OperationalError("canceling statement due to lock timeout")
        return lock_athlete(athlete_id)

    monkeypatch.setattr("strava_live.sync.runs.lock_athlete", locked)

    assert [ended.pk for ended in end_cancelled(SyncRun.objects.all())] == [other.pk]
    assert list(SyncRun.objects.live()) == [run]


def test_lease_of_a_run_that_is_not_executed_is_not_renewed(run: SyncRun) -> None:
    renewed = SyncRun.objects.renew_leases([], LEASE, now=timezone.now())

    assert renewed == 0
    assert SyncRun.objects.renew_leases([run.pk], LEASE, now=timezone.now()) == 1


def test_run_of_a_dead_process_is_claimed_by_one_process_and_its_owner_can_no_longer_write(run: SyncRun) -> None:
    SyncRun.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    first, second = Lease("first", LEASE.length), Lease("second", LEASE.length)

    claimed = [SyncRun.objects.claim(run.pk, lease, now=timezone.now()) for lease in (first, second)]

    assert claimed == [True, False]
    assert SyncRun.objects.renew_leases([run.pk], LEASE, now=timezone.now()) == 0
    assert not end_run(run, LEASE, state=SyncRun.RunState.FINISHED)
    assert SyncRun.objects.release_all(LEASE.owner) == 0
    assert SyncRun.objects.release_all("first") == 1
    assert SyncRun.objects.claim(run.pk, second, now=timezone.now())


def test_disconnecting_stops_the_run(run: SyncRun, athlete: User) -> None:
    connect(athlete)
    assert SyncRun.objects.asked_to_stop([run.pk]) == []

    disconnect(athlete, keep_typed_in=True)

    assert SyncRun.objects.asked_to_stop([run.pk]) == [run.pk]


def test_run_that_continues_from_synced_until_moves_it(run: SyncRun, athlete: User) -> None:
    connect(athlete)
    athlete.strava.__class__.objects.update(synced_until=NOW - timedelta(days=3))
    run.after = NOW - timedelta(days=10)

    end_run(run, LEASE, state=SyncRun.RunState.FINISHED)

    athlete.strava.refresh_from_db()
    assert athlete.strava.synced_until == run.started_at


@pytest.mark.django_db(transaction=True)
def test_no_more_runs_are_taken_up_than_there_are_free_slots(
    athlete: User, clubmate: User, captain: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SYNC_RUNS_A_PROCESS = 2

    async def never_ending(_: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(RunTask, "execute", never_ending)
    waiting = [
        SyncRun.objects.create(athlete=person, strava_id=number, started_at=timezone.now())
        for number, person in enumerate((athlete, clubmate, captain))
    ]

    async def take_all() -> int:
        taken = await asyncio.gather(*(runners.runner().take_up(run.pk) for run in waiting))
        await runners.runner().release_all()
        return sum(taken)

    assert run_here(take_all) == 2


def run_here(work: Callable[[], Awaitable[int]]) -> int:
    return async_to_sync(work)()
