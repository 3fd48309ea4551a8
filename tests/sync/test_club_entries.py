"""Entries that a run adds to the clubs of an athlete who shares: news at once, history and numbers at its end."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.models import Activity
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.strava.payloads import StravaActivity
from strava_live.sync.models import SyncRun
from strava_live.sync.runs import cancel_run, end_run, pause_run
from tests.feed.entries import is_sound, shown
from tests.sync.runs import LEASE, MOST_QUERIES, parkrun, store, strava_runs

pytestmark = pytest.mark.django_db


@pytest.fixture
def club(athlete: User, events: None) -> Club:
    club = Club.objects.create(slug="striders", name="Striders", time_zone="Europe/London")
    Membership.objects.create(club=club, user=athlete, shares_parkruns=True)
    StravaConnection.objects.create(
        user=athlete,
        strava_id=17,
        access_token=Secret.of("a"),
        refresh_token=Secret.of("b"),
        expires_at=datetime.now(UTC),
        scopes="read,activity:read_all",
    )
    return club


def bushy(strava_id: int, weeks_ago: int, **changes: Any) -> StravaActivity:
    """Return a parkrun at 9:00 local time on the last Saturday, or `weeks_ago` weeks before it."""
    today = datetime.now(UTC).date()
    day = today - timedelta(days=(today.weekday() - 5) % 7 or 7, weeks=weeks_ago)
    start = datetime.combine(day, time(9), ZoneInfo("Europe/London"))
    fields = {
        "utc_offset": start.utcoffset().total_seconds(),  # type: ignore[union-attr]
        "start_date_local": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "visibility": "everyone",
        "private": False,
    }
    return parkrun(strava_id, start.astimezone(UTC), **fields | changes)


def entries_of(club: Club) -> list[tuple[str, object]]:
    assert is_sound(club)
    return [(entry.kind, entry.data["count"]) for entry in shown(club)]


def finish(run: SyncRun) -> None:
    assert end_run(run, LEASE, state=SyncRun.RunState.FINISHED)


def test_first_run_adds_news_at_once_and_numbers_at_its_end(run: SyncRun, club: Club) -> None:
    store(run, bushy(1, 0))
    assert entries_of(club) == [("parkrun", None)]
    store(run, *[bushy(10 + week, week) for week in range(2, 26)])
    assert entries_of(club) == [("parkrun", None)]

    finish(run)

    assert entries_of(club) == [("parkrun", 25), ("milestone", 25), ("history", 24)]


def test_activity_hidden_at_strava_is_removed_with_the_chunk_that_says_so(run: SyncRun, club: Club) -> None:
    store(run, bushy(1, 0))
    store(run, bushy(1, 0, visibility="only_me"))
    assert entries_of(club) == []


def another_run(run: SyncRun, **fields: Any) -> SyncRun:
    SyncRun.objects.filter(pk=run.pk).update(state=SyncRun.RunState.FINISHED)
    [again] = SyncRun.objects.filter(pk=run.pk)
    again.pk, again.state, again.found, again.saved = None, SyncRun.RunState.RUNNING, 0, 0
    again.started_at = datetime.now(UTC)
    for name, value in {"lease_owner": LEASE.owner, "lease_until": datetime.now(UTC) + LEASE.length, **fields}.items():
        setattr(again, name, value)
    again.save()
    return again


def test_activity_missing_from_strava_is_removed_by_the_run_that_misses_it(run: SyncRun, club: Club) -> None:
    """Either it is visible only to its athlete and we may not read that, or it was deleted."""
    store(run, bushy(1, 0), bushy(2, 3), bushy(3, 4))
    finish(run)
    assert entries_of(club) == [("parkrun", 3), ("history", 2)]

    store(again := another_run(run), bushy(3, 4))
    assert entries_of(club) == [("parkrun", 3), ("history", 2)]
    finish(again)
    assert entries_of(club) == [("history", 1)]

    store(again := another_run(again), bushy(1, 0), bushy(3, 4))
    finish(again)
    assert entries_of(club) == [("history", 1), ("parkrun", 3)]


def test_everything_hidden_at_once_is_removed(run: SyncRun, club: Club) -> None:
    store(run, bushy(1, 0), bushy(2, 3))
    finish(run)
    finish(another_run(run))
    assert entries_of(club) == []


def test_activity_that_a_run_did_not_look_for_is_not_missing(run: SyncRun, club: Club) -> None:
    """It lies outside the run's days, belongs to another Strava account, or the run was stopped or skipped some."""
    store(run, bushy(1, 0), bushy(2, 3))
    finish(run)
    before = entries_of(club)
    ago = datetime.now(UTC) - timedelta(weeks=2)

    finish(another := another_run(run, after=ago - timedelta(days=1), before=ago))
    assert entries_of(club) == before
    stopped = another_run(another)
    assert end_run(stopped, LEASE, state=SyncRun.RunState.CANCELLED)
    assert entries_of(club) == before
    finish(another := another_run(stopped, strava_id=18))
    assert entries_of(club) == before
    finish(another := another_run(another, strava_id=17, skipped=1))
    assert entries_of(club) == before, "the skipped activity may be one of them"
    older = bushy(2, 3).start
    Activity.objects.filter(strava_id=2).update(hidden_start=True)
    finish(another_run(another, skipped=0, after=older - timedelta(hours=12), before=older + timedelta(hours=12)))
    assert entries_of(club) == before, "with a hidden start only the day is known"


def test_run_stopped_while_it_waits_updates_the_numbers(run: SyncRun, club: Club) -> None:
    store(run, bushy(1, 0))
    finish(run)
    store(again := another_run(run), *[bushy(10 + week, week) for week in range(2, 10)])
    assert entries_of(club) == [("parkrun", 1)]
    pause_run(again, LEASE, until=None, reason=SyncRun.Wait.RATE_LIMIT, setbacks=0)

    cancel_run(again.athlete_id)

    assert entries_of(club) == [("parkrun", 9), ("history", 8)]


def test_parkrun_read_again_has_one_entry(run: SyncRun, club: Club) -> None:
    for _ in range(3):
        store(run, bushy(1, 0))
    assert (entries_of(club), Entry.objects.count()) == ([("parkrun", None)], 1)


def test_sharing_costs_no_more_queries_per_chunk_of_history(run: SyncRun, club: Club) -> None:
    store(run, *strava_runs(1, first=10_000))
    with CaptureQueriesContext(connection) as captured:
        store(run, *strava_runs(200))
    assert len(captured) <= MOST_QUERIES
