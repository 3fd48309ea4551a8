"""The figures of My Strava, and the queries that the page makes for them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.sync.models import SyncRun
from strava_live.sync.snapshot import hello_for
from strava_live.web.sync_figures import share_read
from tests.web import kept
from tests.web.sync_panel import run_of


def test_figures_count_parkruns_only(as_athlete: Client, athlete: User) -> None:
    kept.parkrun(athlete, 1)
    kept.parkrun(athlete, 2, event_slug="cassiobury")
    kept.parkrun(athlete, 3, state="dismissed")
    kept.maybe(athlete, 4)
    kept.maybe(athlete, 5, state="saved", settled=True)
    kept.maybe(athlete, 6, state="dismissed", settled=True)
    kept.activity(athlete, 700, sport_type="Ride")

    figures = as_athlete.get("/sync/figures/").json()

    summary = figures["summary"]
    assert (summary["activities"], summary["runs"], summary["parkruns"], summary["events"]) == (7, 6, 3, 2)
    assert [item["strava_id"] for item in figures["maybes"]] == [4]
    assert summary["maybes"] == 1
    assert summary["years"] == [{"year": 2026, "all": 6, "parkruns": 3}, {"year": 2024, "all": 1, "parkruns": 0}]
    assert figures["sentence"] == "6 runs since 2026, 3 of them parkruns at 2 events."


def test_skipped_maybes_are_followed_by_older_ones(as_athlete: Client, athlete: User) -> None:
    for number in range(1, 31):
        kept.maybe(athlete, number)

    first = as_athlete.get("/sync/figures/").json()["maybes"]
    following = as_athlete.get(f"/sync/figures/?after={first[-1]['strava_id']}").json()["maybes"]

    assert [item["strava_id"] for item in (*first, *following)] == list(range(1, 31))


def test_progress_is_known_for_a_window_of_days(as_athlete: Client, athlete: User) -> None:
    kept.connected(athlete)
    now = timezone.now()
    run = run_of(athlete, state="running", started_at=now, oldest=now - timedelta(days=5))
    assert as_athlete.get("/sync/").context["share_read"] is None

    run.after = now - timedelta(days=10)
    run.save()

    assert as_athlete.get("/sync/").context["share_read"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("first", "joined", "share"),
    [(10, None, 0.5), (None, 10, 0.5), (10, 20, 0.5), (5, 20, 0.25), (None, None, None), (None, 4, None)],
)
def test_progress_is_measured_to_the_oldest_known_day(
    first: int | None, joined: int | None, share: float | None
) -> None:
    """The oldest day is that of the oldest known activity, else the day on which the athlete joined Strava."""
    now = timezone.now()
    run = SyncRun(started_at=now, oldest=now - timedelta(days=5))
    known = {"first": first, "joined": joined}
    figures = {name: days and (now - timedelta(days=days)).isoformat() for name, days in known.items()}

    assert share_read(run, figures) == (share if share is None else pytest.approx(share))


def queries_of(client: Client, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def test_number_of_queries_does_not_grow_with_the_history(as_athlete: Client, athlete: User) -> None:
    kept.connected(athlete)
    run_of(athlete, state="finished")
    kept.maybe(athlete, 1)
    few = queries_of(as_athlete, "/sync/")
    for number in range(2, 130):
        kept.maybe(athlete, number)

    many = queries_of(as_athlete, "/sync/")

    assert len(many) == len(few) == len(set(many)) == 14, "\n".join(many)


def test_rows_are_read_without_their_routes(as_athlete: Client, athlete: User) -> None:
    """My Strava draws no routes, which are most of the size of a row."""
    kept.connected(athlete)
    for number in range(1, 20):
        kept.maybe(athlete, number)

    hello_for(athlete.pk, 0)
    for path in ("/sync/", "/sync/rows/?before=5", "/sync/figures/"):
        assert not [sql for sql in queries_of(as_athlete, path) if "polyline" in sql]
    with CaptureQueriesContext(connection) as captured:
        assert len(hello_for(athlete.pk, 0).items) == 19
    assert "polyline" not in str(captured.captured_queries)
