"""The figures behind /status/ and /metrics, read from the tables."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from strava_live.accounts.models import User
from strava_live.status.figures import Delays, Queue, delays_of, read_budget, read_tables
from strava_live.sync.models import SyncRun
from strava_live.webhook.models import StravaEvent
from tests.status import rows

pytestmark = pytest.mark.django_db


def test_figures_without_any_row() -> None:
    tables = read_tables(timezone.now())

    assert (tables.samples, tables.subscribed_since, tables.revocations) == ([], None, Queue(0, None))
    assert (tables.runs.running, tables.runs.waiting, tables.runs.queue) == (0, [], Queue(0, None))
    assert (tables.events.waiting, tables.events.last_hour, tables.events.last_at) == (Queue(0, None), 0, None)
    assert (tables.events.signatures, tables.events.last_signature, tables.events.delays) == ({}, "", None)
    assert (tables.processes.workers, tables.processes.webs, tables.processes.jobs) == (0, 0, {})
    assert Queue(0, None).age_s(timezone.now()) == 0


def test_runs_that_wait_are_grouped_by_their_reason(athlete: User, clubmate: User, captain: User) -> None:
    now = timezone.now()
    sooner, later = now + timedelta(minutes=5), now + timedelta(minutes=9)
    rows.waiting_run(athlete, SyncRun.Wait.RATE_LIMIT, until=later)
    oldest = rows.waiting_run(clubmate, SyncRun.Wait.RATE_LIMIT, until=sooner, started=500)
    rows.waiting_run(captain, "")
    rows.running_run(captain)
    SyncRun.objects.create(athlete=athlete, strava_id=1, state=SyncRun.RunState.FINISHED, started_at=now)

    runs = read_tables(now).runs

    assert runs.running == 1
    assert [(one.reason, one.count, one.until) for one in runs.waiting] == [("", 1, None), ("rate_limit", 2, sooner)]
    assert runs.queue == Queue(3, oldest.started_at)


def test_events_of_the_last_hour_and_those_that_wait(athlete: User) -> None:
    rows.event(athlete, received=4000, took=2)
    waiting = rows.event(athlete, received=300)
    rows.event(athlete, received=200, took=1, signature=rows.UNSIGNED)

    events = read_tables(timezone.now()).events

    assert events.waiting == Queue(1, waiting.received_at)
    assert events.last_hour == 2
    assert (events.signatures, events.last_signature) == ({"verified": 2, "unsigned": 1}, "unsigned")


def test_delays_are_of_the_last_hundred_events_that_reached_the_feeds(athlete: User) -> None:
    rows.event(athlete, received=2000, took=500)
    for number in range(100):
        rows.event(athlete, received=1000 - number, took=1)
    rows.event(athlete, received=1, took=900, outcome=StravaEvent.Outcome.NEVER_SEEN)
    rows.event(athlete, received=1)

    delays = read_tables(timezone.now()).events.delays

    assert delays is not None
    assert (delays.count, round(delays.slowest, 3)) == (100, 1)


def test_percentiles() -> None:
    assert delays_of([]) is None
    assert delays_of([3.0]) == Delays(1, 3, 3, 3)
    assert rounded(delays_of([5, 1, 3, 2, 4])) == (5, 3, 4.8, 5)
    assert rounded(delays_of([-0.4, 0.6])) == (2, 0.3, 0.57, 0.6), "a clock that is behind"


def rounded(delays: Delays | None) -> tuple[float, ...]:
    assert delays is not None
    return delays.count, round(delays.median, 3), round(delays.percentile_95, 3), round(delays.slowest, 3)


def test_processes_seen_in_the_last_seconds_and_their_jobs() -> None:
    rows.process(rows.WORKER, purge="2026-11-21T09:00:00Z", samples="2026-11-21T09:05:00Z")
    rows.process(rows.WORKER, purge="2026-11-21T09:01:00Z")
    rows.process(rows.WEB, takes_up=False)
    rows.process(rows.WORKER, seen=31, purge="2026-11-21T10:00:00Z")

    processes = read_tables(timezone.now()).processes

    assert (processes.workers, processes.webs, processes.taking_up) == (2, 1, 2)
    assert {name: f"{at:%H:%M}" for name, at in processes.jobs.items()} == {"purge": "09:01", "samples": "09:05"}


def test_revocations_that_are_due(db: None) -> None:
    due = rows.revocation(due=30)
    rows.revocation(due=-30)

    now = timezone.now()

    assert read_tables(now).revocations == Queue(1, due.next_try_at)
    assert 30 <= read_tables(now).revocations.age_s(now) < 90


def test_samples_of_six_hours_oldest_first() -> None:
    for minutes in (3, 361, 359):
        rows.sample(minutes, used=minutes)

    assert [one.used.read_quarter for one in read_tables(timezone.now()).samples] == [359, 3]


@pytest.mark.parametrize("count", [1, 300])
def test_number_of_queries_does_not_grow(
    athlete: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        rows.event(athlete, received=number, took=None if number % 2 else 1)
        rows.process(rows.WORKER)
        rows.sample(number, used=1)
        rows.revocation(due=1)
    rows.waiting_run(athlete, "")
    rows.subscription()

    with django_assert_num_queries(9):
        read_tables(timezone.now())


async def test_budget_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise OSError

    monkeypatch.setattr("strava_live.status.figures.strava", broken)

    assert await read_budget() is None
