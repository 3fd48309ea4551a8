"""How an import begins: automatically after connecting Strava, or with one of the buttons that the page offers."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from strava_live.accounts.models import StravaConnection, User
from strava_live.sync.models import SyncRun
from tests.web import kept
from tests.web.sync_panel import offers, run_of, shown, shown_parts

pytestmark = pytest.mark.once
EARLIER = datetime(2026, 1, 1, tzinfo=UTC)


def store_refused_run(athlete: User, connection: StravaConnection, *, since: timedelta) -> SyncRun:
    """Store an import that Strava refused. It ended `since` before the connection was made, or after it if negative."""
    ended_at = connection.connected_at - since
    return run_of(athlete, state="failed", ended_at=ended_at, failure_kind="reconnect_needed")


def test_page_without_a_connection_shows_how_to_connect(as_athlete: Client, athlete: User) -> None:
    page = as_athlete.get("/sync/").content.decode()

    assert "Connect Strava first" in page
    assert "Nobody sees any of it until you share it with a club." in page
    assert shown_parts(page) == ["connect"]


def test_import_carries_on_after_connecting_again(as_athlete: Client, athlete: User) -> None:
    connection = kept.connected(athlete)
    for number in range(1, 4):
        kept.activity(athlete, number)
    store_refused_run(athlete, connection, since=timedelta(minutes=1))

    answer = as_athlete.get("/sync/")

    page = answer.content.decode()
    assert shown_parts(page) == ["reconnected", "start"]
    assert "Your 3 activities are still here." in shown(page)
    assert answer.context["data"]["begin"] is True


def test_refused_key_asks_to_connect_and_says_that_nothing_is_lost(as_athlete: Client, athlete: User) -> None:
    connection = kept.connected(athlete)
    connection.trouble = "reconnect_needed"
    connection.save()
    kept.activity(athlete, 1)
    store_refused_run(athlete, connection, since=-timedelta(minutes=1))

    answer = as_athlete.get("/sync/")

    assert shown_parts(answer.content.decode()) == ["connect"]
    assert "Your 1 activity is still here." in answer.content.decode()
    assert answer.context["data"]["begin"] is False


@pytest.mark.parametrize(
    ("run", "begins"),
    [
        (None, True),
        ({"strava_id": 8, "state": "finished"}, True),
        ({"strava_id": 8, "state": "running"}, False),
        ({"state": "cancelled", "ended_at": EARLIER}, False),
        ({"state": "finished", "ended_at": EARLIER}, True),  # disconnected since, and connected again
        ({"state": "finished", "ended_at": EARLIER, "until": date(2020, 1, 1)}, False),
        ({"state": "failed", "ended_at": EARLIER, "failure_kind": "strava_down"}, False),
    ],
)
def test_first_import_starts_automatically(
    as_athlete: Client, athlete: User, run: dict[str, Any] | None, begins: bool
) -> None:
    kept.connected(athlete)
    if run is not None:
        run_of(athlete, **run)

    assert as_athlete.get("/sync/").context["data"]["begin"] is begins
    assert not SyncRun.objects.exclude(state__in=[run["state"]] if run else []).exists(), "a GET starts nothing"


def test_first_import_is_on_its_way_when_the_page_is_shown(as_athlete: Client, athlete: User) -> None:
    kept.connected(athlete)

    page = as_athlete.get("/sync/").content.decode()

    assert shown_parts(page) == ["starting"]
    assert "<noscript><form" in page.replace("<noscript>\n", "<noscript>"), "without JavaScript a button starts it"


def test_import_does_not_start_without_permission(as_athlete: Client, athlete: User) -> None:
    kept.connected(athlete, scopes="read")

    answer = as_athlete.get("/sync/")

    assert answer.context["data"]["begin"] is False
    assert "We can't see your activities yet" in shown(answer.content.decode())


def test_stopped_import_offers_to_carry_on_or_look_for_new_runs(as_athlete: Client, athlete: User) -> None:
    connection = kept.connected(athlete)
    connection.synced_until = datetime(2026, 11, 21, 12, tzinfo=UTC)
    connection.save()
    oldest = datetime(2018, 5, 9, 8, tzinfo=UTC)
    run_of(athlete, state="cancelled", oldest=oldest, found=1, ended_at=timezone.now())

    page = as_athlete.get("/sync/").content.decode()

    assert offers(page) == {
        "Carry on from May 2018": ("", "2018-05-10"),
        "Look for new runs": ("2026-11-07", ""),
        "Import everything again": ("", ""),
    }
    assert 'You stopped at <span data-slot="checked">1 activity</span>' in page


def test_first_visit_offers_one_button(as_athlete: Client, athlete: User) -> None:
    kept.connected(athlete)

    assert offers(as_athlete.get("/sync/").content.decode()) == {"Import from Strava": ("", "")}
