"""What a run finds is told to the clubs of who shares it: the news at once, the history and the numbers at its end."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import StravaConnection, User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.strava.payloads import Activity as StravaActivity
from strava_live.sync.models import SyncRun
from strava_live.sync.runs import end_run
from tests.feed.conftest import is_sound, shown
from tests.sync.conftest import LEASE
from tests.sync.test_keep import MOST_QUERIES, keep, many, parkrun

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


def test_same_parkrun_read_again_is_told_once(run: SyncRun, club: Club) -> None:
    for _ in range(3):
        keep(run, bushy(1, 0))
    assert (told(club), Entry.objects.count()) == ([("parkrun", None)], 1)


def test_history_costs_a_chunk_no_more_queries_for_who_shares(run: SyncRun, club: Club) -> None:
    keep(run, *many(1, since=10_000))
    with CaptureQueriesContext(connection) as captured:
        keep(run, *many(200))
    assert len(captured) <= MOST_QUERIES
