"""Disconnecting Strava deletes what came from there. What the athlete typed in or pasted stays if they want."""

import pytest
from django.test import Client

from strava_live.accounts.models import StravaConnection, User
from strava_live.activities.models import Activity
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.membership.sharing import share
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult, StartingNumbers
from strava_live.sync.models import SyncRun
from strava_live.sync.results_by_hand import add_own_event
from tests.clubs.runs import ran, watched
from tests.sync.runs import waiting_run_of
from tests.web import kept
from tests.web.reading import said

pytestmark = pytest.mark.django_db
ADDRESS = "/settings/disconnect-strava/"


@pytest.fixture
def results(athlete: User, club: Club, member: Membership) -> tuple[ParkrunResult, ...]:
    """A recognised parkrun, one whose time the athlete has typed in, and one that never was at Strava."""
    kept.connected(athlete)
    recognised, timed, typed = watched(athlete, 1, 1), watched(athlete, 2, 2), ran(athlete, 3)
    ParkrunResult.objects.filter(pk=timed.pk).update(source="typed", official_time_s=1490)
    StartingNumbers.objects.create(athlete=athlete, parkruns=5)
    waiting_run_of(athlete)
    share(club.pk, athlete.pk, parkruns=True)
    return recognised, timed, typed


def days_in_feed() -> list[str]:
    return sorted(Entry.objects.not_removed().filter(kind="parkrun").values_list("data__date", flat=True))


def test_what_was_typed_in_stays(as_athlete: Client, athlete: User, results: tuple[ParkrunResult, ...]) -> None:
    _, timed, typed = results
    assert len(days_in_feed()) == 3

    as_athlete.post(ADDRESS, {"keep_typed_in": "on"})

    left = {row.pk: (row.activity_id, row.withheld) for row in ParkrunResult.objects.all()}
    assert left == {timed.pk: (None, True), typed.pk: (None, False)}
    assert days_in_feed() == [typed.day.isoformat()], "clubs do not see the one that was recognised or timed"
    assert StartingNumbers.objects.exists()
    assert_nothing_from_strava()


def test_form_that_does_not_ask_deletes_nothing_that_was_typed_in(
    as_athlete: Client, results: tuple[ParkrunResult, ...]
) -> None:
    """The settings page may have been open since before the form asked."""
    as_athlete.post(ADDRESS)

    assert {row.pk for row in ParkrunResult.objects.all()} == {row.pk for row in results[1:]}
    assert StartingNumbers.objects.exists()


def assert_nothing_from_strava() -> None:
    for model in (StravaConnection, SyncRun):
        assert not model.objects.exists()
    assert not Activity.with_gone.exists()


def test_everything_goes_if_nothing_is_to_be_kept(
    as_athlete: Client, athlete: User, results: tuple[ParkrunResult, ...]
) -> None:
    add_own_event(athlete.pk, "Garden parkrun")

    assert '<input type="hidden" name="asked" value="yes">' in said(as_athlete.get("/settings/"))

    as_athlete.post(ADDRESS, {"asked": "yes"})

    assert not ParkrunResult.objects.exists()
    assert not StartingNumbers.objects.exists()
    assert not ParkrunEvent.objects.own(athlete.pk).exists()
    assert days_in_feed() == []
    assert_nothing_from_strava()
    assert User.objects.filter(pk=athlete.pk).exists()
    assert Membership.objects.of(athlete.pk).exists()


def test_settings_say_in_numbers_what_goes_and_what_stays(
    as_athlete: Client, results: tuple[ParkrunResult, ...]
) -> None:
    page = said(as_athlete.get("/settings/"))

    assert "2 activities and 1 parkrun that we recognised in them" in page
    assert "Keep what I typed in or pasted: 2 parkruns" in page
    assert "Until Strava has done so, we keep one encrypted key" in page
    assert "Of these, 1 had an activity: only you will see it then." in page


def test_disconnecting_without_a_connection_deletes_nothing(as_athlete: Client, athlete: User) -> None:
    ran(athlete, 3)

    as_athlete.post(ADDRESS)

    assert ParkrunResult.objects.exists()
