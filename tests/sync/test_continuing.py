"""A stopped import can be continued. Together the two count as one that has read everything."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from strava_live.accounts.connections import connect_strava
from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.models import AthleteState
from strava_live.strava.payloads import Tokens
from strava_live.sync.continuing import days_left
from strava_live.sync.models import SyncRun
from strava_live.sync.runs import end_run, start_run
from tests.sync.runs import LEASE

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2020, 5, 10, 12, tzinfo=UTC)


@pytest.fixture
def connected(athlete: User) -> User:
    connect_strava(athlete, strava_id=17, tokens=Tokens("a", "r", timezone.now()), scopes="read,activity:read")
    return athlete


def stopped(athlete: User, **different: Any) -> SyncRun:
    fields = {"state": "cancelled", "started_at": timezone.now(), "oldest": NOON, "reached": NOON, **different}
    return SyncRun.objects.create(athlete=athlete, strava_id=17, **fields)


def finish(run: SyncRun) -> None:
    SyncRun.objects.filter(pk=run.pk).update(state="running", lease_owner=LEASE.owner)
    run.refresh_from_db()
    assert end_run(run, LEASE, state=SyncRun.RunState.FINISHED)


def test_days_left_end_a_day_after_the_oldest_activity_read(connected: User) -> None:
    now = timezone.now()
    late = datetime(2020, 5, 10, 23, 30, tzinfo=UTC)  # the next day in London

    assert days_left(stopped(connected), zone=LONDON, now=now) == (None, date(2020, 5, 11))
    assert days_left(stopped(connected, oldest=late), zone=LONDON, now=now) == (None, date(2020, 5, 12))
    assert days_left(stopped(connected, oldest=now), zone=LONDON, now=now) == (None, now.astimezone(LONDON).date())


@pytest.mark.parametrize("fields", [{"state": "finished"}, {"state": "running"}, {"oldest": None}])
def test_no_days_are_left_of_a_run_that_finished_or_read_nothing(connected: User, fields: dict[str, Any]) -> None:
    assert days_left(stopped(connected, **fields), zone=LONDON, now=timezone.now()) is None
    assert days_left(None, zone=LONDON, now=timezone.now()) is None


def test_history_is_known_once_a_stopped_import_has_been_continued_to_its_end(connected: User) -> None:
    first = stopped(connected)
    days = days_left(first, zone=LONDON, now=timezone.now())
    assert days
    second = start_run(connected, since=days[0], until=days[1])
    SyncRun.objects.filter(pk=second.pk).update(
        state="cancelled", oldest=NOON - timedelta(days=900), reached=NOON - timedelta(days=900)
    )
    second.refresh_from_db()
    days = days_left(second, zone=LONDON, now=timezone.now())
    assert days

    finish(start_run(connected, since=days[0], until=days[1]))

    assert AthleteState.objects.get(athlete=connected).history_known
    assert StravaConnection.objects.get().synced_until == first.started_at
    assert SyncRun.objects.of(connected.pk).whole_history(17).exists()


def test_history_is_not_known_while_days_between_are_missing(connected: User) -> None:
    stopped(connected)

    finish(start_run(connected, until=date(2020, 5, 1)))

    assert not AthleteState.objects.get(athlete=connected).history_known
    assert StravaConnection.objects.get().synced_until is None


def test_stopped_look_for_new_runs_is_continued(connected: User) -> None:
    known_until = NOON - timedelta(days=10)
    StravaConnection.objects.update(synced_until=known_until)
    since = date(2020, 4, 25)
    first = stopped(connected, since=since, after=datetime(2020, 4, 24, 23, tzinfo=UTC))
    days = days_left(first, zone=LONDON, now=timezone.now())
    assert days
    assert days[0] == since

    finish(start_run(connected, since=days[0], until=days[1]))

    assert StravaConnection.objects.get().synced_until == first.started_at


def test_older_run_does_not_move_synced_until_back(connected: User) -> None:
    stopped(connected, started_at=timezone.now() - timedelta(days=9))
    StravaConnection.objects.update(synced_until=timezone.now() - timedelta(days=1))
    known = StravaConnection.objects.get().synced_until

    finish(start_run(connected, until=date(2020, 5, 11)))

    assert StravaConnection.objects.get().synced_until == known
