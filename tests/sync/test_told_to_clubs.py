"""What a run finds is told to the clubs of who shares it: the news at once, the history and the numbers at its end."""

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
from tests.feed.conftest import is_sound, shown
from tests.sync.conftest import LEASE
from tests.sync.test_store import MOST_QUERIES, keep, many, parkrun

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
    """On the last Saturday that is over, or so many weeks before it, at nine by the clock there."""
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


def told(club: Club) -> list[tuple[str, object]]:
    assert is_sound(club)
    return [(entry.kind, entry.data["count"]) for entry in shown(club)]


def finish(run: SyncRun) -> None:
    assert end_run(run, LEASE, state=SyncRun.State.FINISHED)


def test_first_run_tells_the_news_at_once_and_claims_no_number_before_its_end(run: SyncRun, club: Club) -> None:
    keep(run, bushy(1, 0))
    assert told(club) == [("parkrun", None)]
    keep(run, *[bushy(10 + week, week) for week in range(2, 26)])
    assert told(club) == [("parkrun", None)]

    finish(run)

    assert told(club) == [("parkrun", 25), ("milestone", 25), ("history", 24)]


def test_hidden_at_strava_is_taken_off_with_the_chunk_that_says_so(run: SyncRun, club: Club) -> None:
    keep(run, bushy(1, 0))
    keep(run, bushy(1, 0, visibility="only_me"))
    assert told(club) == []


def another_run(run: SyncRun, **fields: Any) -> SyncRun:
    SyncRun.objects.filter(pk=run.pk).update(state=SyncRun.State.FINISHED)
    [again] = SyncRun.objects.filter(pk=run.pk)
    again.pk, again.state, again.found, again.saved = None, SyncRun.State.RUNNING, 0, 0
    for name, value in {"lease_owner": LEASE.owner, "lease_until": datetime.now(UTC) + LEASE.length, **fields}.items():
        setattr(again, name, value)
    again.save()
    return again


def test_what_strava_shows_no_longer_is_taken_off_by_the_run_that_does_not_find_it(run: SyncRun, club: Club) -> None:
    """Made "Only You" where we may not read that, or deleted: either way it is missing and nothing else."""
    keep(run, bushy(1, 0), bushy(2, 3), bushy(3, 4))
    finish(run)
    assert told(club) == [("parkrun", 3), ("history", 2)]

    keep(again := another_run(run), bushy(3, 4))
    assert told(club) == [("parkrun", 3), ("history", 2)]
    finish(again)
    assert told(club) == [("history", 1)]

    keep(again := another_run(again), bushy(1, 0), bushy(3, 4))
    finish(again)
    assert told(club) == [("history", 1), ("parkrun", 3)]


def test_everything_hidden_at_once_is_taken_off(run: SyncRun, club: Club) -> None:
    keep(run, bushy(1, 0), bushy(2, 3))
    finish(run)
    finish(another_run(run))
    assert told(club) == []


def test_what_a_run_did_not_look_at_is_not_missing(run: SyncRun, club: Club) -> None:
    """It lies outside its days, was shown by another Strava account, or the run was stopped on its way."""
    keep(run, bushy(1, 0), bushy(2, 3))
    finish(run)
    before = told(club)
    ago = datetime.now(UTC) - timedelta(weeks=2)

    finish(another := another_run(run, after=ago - timedelta(days=1), before=ago))
    assert told(club) == before
    stopped = another_run(another)
    assert end_run(stopped, LEASE, state=SyncRun.State.CANCELLED)
    assert told(club) == before
    finish(another := another_run(stopped, strava_id=18))
    assert told(club) == before
    finish(another := another_run(another, strava_id=17, skipped=1))
    assert told(club) == before, "what could not be read may have been one of them"
    older = bushy(2, 3).start
    Activity.objects.filter(strava_id=2).update(hidden_start=True)
    finish(another_run(another, skipped=0, after=older - timedelta(hours=12), before=older + timedelta(hours=12)))
    assert told(club) == before, "only its day is told, and its hour may lie beyond"


def test_run_that_is_stopped_while_it_waits_leaves_true_numbers(run: SyncRun, club: Club) -> None:
    keep(run, bushy(1, 0))
    finish(run)
    keep(again := another_run(run), *[bushy(10 + week, week) for week in range(2, 10)])
    assert told(club) == [("parkrun", 1)]
    pause_run(again, LEASE, until=None, reason=SyncRun.Wait.RATE_LIMIT, setbacks=0)

    cancel_run(again.athlete_id)

    assert told(club) == [("parkrun", 9), ("history", 8)]


def test_same_parkrun_read_again_is_told_once(run: SyncRun, club: Club) -> None:
    for _ in range(3):
        keep(run, bushy(1, 0))
    assert (told(club), Entry.objects.count()) == ([("parkrun", None)], 1)


def test_history_costs_a_chunk_no_more_queries_for_who_shares(run: SyncRun, club: Club) -> None:
    keep(run, *many(1, since=10_000))
    with CaptureQueriesContext(connection) as captured:
        keep(run, *many(200))
    assert len(captured) <= MOST_QUERIES
