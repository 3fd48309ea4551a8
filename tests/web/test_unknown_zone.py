"""Time zones of users and clubs that today's time-zone database does not have: pages use UTC and say so."""

from datetime import UTC, date

import pytest
from django.test import Client
from pytest_django import Settings

from strava_live.accounts.connections import connect_strava
from strava_live.accounts.models import User
from strava_live.clubs.founding import found_club_at
from strava_live.clubs.keys import invite, put_up_screen
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.feed.parkrun_entries import athlete_lock, reconcile_parkrun_entries
from strava_live.membership.joining import join
from strava_live.membership.sharing import share
from strava_live.strava.payloads import Tokens
from strava_live.sync.models import SyncRun
from strava_live.sync.runs import end_run, start_run
from strava_live.time_zones import zone_or_utc
from tests.clubs.runs import event, ran
from tests.clubs.visits import as_
from tests.sync.runs import LEASE, sync_run_of
from tests.web.kept import NEWEST
from tests.web.reading import said

pytestmark = pytest.mark.once

GONE = "Mars/Olympus"
SENTENCE = f"We don't know the time zone “{GONE}”"
PAGES = (
    "/",
    "/sync/",
    "/activities/",
    "/parkruns/",
    "/parkruns/add/",
    "/parkruns/import/",
    "/parkruns/start/",
    "/settings/",
    "/settings/delete-account/",
    "/athletes/",
    "/clubs/new/",
    "/clubs/striders/",
    "/clubs/striders/manage/",
    "/clubs/striders/sharing/",
    "/accounts/2fa/",
)


@pytest.fixture
def club(captain: User) -> Club:
    return found_club_at("striders", "Striders", time_zone=GONE, captain=captain)


@pytest.fixture
def captain_without_zone(captain: User, club: Club) -> User:
    """The captain of the club, whose own time zone is unknown too."""
    User.objects.filter(pk=captain.pk).update(time_zone=GONE)
    captain.refresh_from_db()
    return captain


@pytest.mark.parametrize("name", [GONE, "", "Europe", "../../etc/passwd", "/etc/passwd", "a\0b", "\ud800", "x" * 40])
def test_unknown_name_is_utc(name: str) -> None:
    assert zone_or_utc(name).key == "UTC"


def test_known_name_is_that_zone() -> None:
    assert zone_or_utc("Australia/Brisbane").key == "Australia/Brisbane"


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_for_a_user_in_an_unknown_zone(
    captain_without_zone: User, path: str, settings: Settings
) -> None:
    settings.CLUB_CREATION = "anyone"

    assert as_(captain_without_zone).get(path).status_code == 200


def test_settings_name_the_unknown_zone_until_another_is_chosen(captain_without_zone: User) -> None:
    browser = as_(captain_without_zone)
    assert SENTENCE in said(browser.get("/settings/")).replace("&#x27;", "'")

    browser.post("/settings/", {"display_name": "Carol", "time_zone": "Europe/London"})

    captain_without_zone.refresh_from_db()
    assert captain_without_zone.time_zone == "Europe/London"
    assert GONE not in said(browser.get("/settings/"))


def test_saving_another_setting_says_that_the_zone_is_unknown(captain_without_zone: User) -> None:
    answer = as_(captain_without_zone).post("/settings/", {"display_name": "Carola", "time_zone": GONE})

    assert answer.status_code == 422
    assert SENTENCE in said(answer).replace("&#x27;", "'")
    assert answer.context["form"]["display_name"].value() == "Carola"


def test_captain_is_shown_the_unknown_zone_and_chooses_another(captain: User, club: Club) -> None:
    browser = as_(captain)
    assert SENTENCE in said(browser.get("/clubs/striders/manage/")).replace("&#x27;", "'")
    refused = browser.post("/clubs/striders/manage/", {"name": "New name", "time_zone": GONE})
    assert refused.status_code == 422
    assert SENTENCE in said(refused).replace("&#x27;", "'")

    browser.post("/clubs/striders/manage/", {"name": "New name", "time_zone": "Europe/London"})

    club.refresh_from_db()
    assert (club.name, club.time_zone) == ("New name", "Europe/London")
    assert GONE not in said(browser.get("/clubs/striders/manage/"))


def test_parkrun_is_added_by_a_user_in_an_unknown_zone(captain_without_zone: User, today: None) -> None:
    answer = as_(captain_without_zone).post(
        "/parkruns/add/", {"event": "Bushy", "day": "2026-11-14", "how": "run", "official_time": "25:00"}
    )

    assert answer.status_code == 302


def test_sync_is_started_for_a_user_in_an_unknown_zone(captain_without_zone: User) -> None:
    connect_strava(captain_without_zone, strava_id=17, tokens=Tokens("a", "r", NEWEST), scopes="read,activity:read")

    run = start_run(captain_without_zone, since=date(2026, 11, 1))

    assert run.after
    assert run.after.astimezone(UTC).isoformat() == "2026-11-01T00:00:00+00:00"


def test_sync_of_a_member_ends_in_a_club_of_an_unknown_zone(club: Club, athlete: User) -> None:
    join(athlete.pk, invite(club.pk).secret.reveal(), parkruns=True)
    ran(athlete, 0)

    assert end_run(sync_run_of(athlete), LEASE, state=SyncRun.RunState.FINISHED)

    assert Entry.objects.of_club(club.pk).filter(kind=Entry.Kind.PARKRUN).count() == 1


def test_join_and_post_in_a_club_of_an_unknown_zone(club: Club, athlete: User) -> None:
    ran(athlete, 0)
    browser = as_(athlete)

    joined = browser.post(f"/join/{invite(club.pk).secret.reveal()}/", {"parkruns": "on", "shown_as": "full"})
    posted = browser.post("/clubs/striders/posts/", {"text": "Coffee?"})

    assert (joined.status_code, posted.status_code) == (302, 302)
    assert Membership.objects.of(athlete.pk).get().state == Membership.MemberState.ACTIVE
    kinds = set(Entry.objects.of_club(club.pk).not_removed().values_list("kind", flat=True))
    assert kinds == {"joined", "parkrun", "post"}
    assert browser.get("/clubs/striders/").status_code == 200


def test_wall_of_a_club_in_an_unknown_zone_runs_in_utc(club: Club, captain: User) -> None:
    share(club.pk, captain.pk, parkruns=True)
    with athlete_lock(captain.pk):
        ran(captain, 0)
        reconcile_parkrun_entries(captain.pk)
    path = f"/clubs/striders/screen/{put_up_screen(club.pk).secret.reveal()}/"

    wall, figures = Client().get(path), Client().get(f"{path}figures/")

    assert (wall.status_code, figures.status_code) == (200, 200)
    assert 'data-zone="UTC"' in said(wall)
    assert event().name in said(wall)
