"""The pages / and /start/ for visitors, for people without a club and for members."""

from datetime import UTC, date, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from simulators.process import StandIn
from site_config.environment import Site
from strava_live.accounts.models import User
from strava_live.clubs.founding import found_club_at
from strava_live.clubs.models import Club, Membership
from strava_live.web.home import sleeps_to_saturday
from strava_live.webhook.models import WebhookSubscription
from strava_live.webhook.subscription import callback_url
from tests.clubs.visits import as_
from tests.passwords import PASSWORD
from tests.web.kept import connected, parkrun
from tests.web.reading import said

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def clubs(captain: User) -> list[Club]:
    return [found_club_at(slug, slug.title(), time_zone="UTC", captain=captain) for slug in ("hillside", "harbour")]


def heading_of(page: str) -> str:
    return page.partition("<h1>")[2].partition("</h1>")[0]


def test_home_shows_the_club_visited_last(clubs: list[Club], captain: User) -> None:
    browser = as_(captain)
    assert heading_of(said(browser.get("/"))) == "Hillside"

    browser.get("/clubs/harbour/")
    assert heading_of(said(browser.get("/"))) == "Harbour"

    Membership.objects.of(captain.pk).filter(club__slug="harbour").delete()
    assert heading_of(said(browser.get("/"))) == "Hillside"


@pytest.mark.parametrize("noted", ["", "0", "x" * 3000, "é"])
def test_cookie_of_a_club_they_are_not_in_is_ignored(clubs: list[Club], captain: User, noted: str) -> None:
    browser = as_(captain)
    browser.cookies["last_club"] = noted

    assert heading_of(said(browser.get("/"))) == "Hillside"


def test_start_page_is_in_the_menu_and_leads_to_feed_members_and_sharing(clubs: list[Club], captain: User) -> None:
    browser = as_(captain)
    assert 'class="menu-item" href="/start/"' in said(browser.get("/"))

    page = said(browser.get("/start/"))

    assert "Hello, Carol Dunn" in page
    for path in ("/clubs/harbour/", "/athletes/?club=harbour", "/clubs/harbour/sharing/", "/clubs/harbour/manage/"):
        assert f'href="{path}"' in page


def test_start_page_needs_a_sign_in(client: Client) -> None:
    assert client.get("/start/").headers["Location"] == "/accounts/login/?next=/start/"


def test_connecting_from_home_leads_to_the_import(athlete: User, stand_in: StandIn) -> None:
    browser, strava_id = as_(athlete), stand_in.add_athlete(activities=1)
    page = said(browser.get("/"))
    assert 'name="next" value="/sync/"' in page

    asked = browser.post("/accounts/strava/login/?process=connect", {"next": "/sync/"}).headers["Location"]
    consent = browser.post(asked, {"password": PASSWORD}).headers["Location"]
    back = urlsplit(stand_in.consent(consent, strava_id))

    assert browser.get(back.path, dict(parse_qsl(back.query))).headers["Location"] == "/sync/"


def test_connecting_again_from_home_leads_to_the_import_too(athlete: User) -> None:
    connection = connected(athlete)
    connection.trouble = "reconnect_needed"
    connection.save()

    assert 'name="next" value="/sync/"' in said(as_(athlete).get("/"))


def test_start_page_sums_up_the_import_and_looks_for_new_runs(athlete: User) -> None:
    connection = connected(athlete)
    assert "Import my runs" in said(as_(athlete).get("/start/"))

    connection.synced_until = datetime(2026, 11, 21, 12, tzinfo=UTC)
    connection.save()
    parkrun(athlete, 1)
    page = said(as_(athlete).get("/start/"))

    assert "1 run in 2026, a parkrun." in page
    assert 'action="/sync/start/"' in page
    assert 'name="since" value="2026-11-07"' in page
    assert "Look for new runs</button>" in page


@pytest.mark.parametrize(
    ("day", "sleeps"),
    [(date(2026, 11, 14), 0), (date(2026, 11, 15), 6), (date(2026, 11, 19), 2), (date(2026, 11, 20), 1)],
)
def test_sleeps_to_saturday(day: date, sleeps: int) -> None:
    assert sleeps_to_saturday(day) == sleeps


@pytest.mark.parametrize(("zone", "words"), [("Europe/London", "2</span>"), ("Australia/Brisbane", "1</span>")])
def test_days_to_saturday_use_the_persons_time_zone(athlete: User, zone: str, words: str) -> None:
    User.objects.filter(pk=athlete.pk).update(time_zone=zone)
    athlete.refresh_from_db()

    with time_machine.travel("2026-11-19T20:00:00+00:00", tick=False):  # in Brisbane it is Friday
        page = said(as_(athlete).get("/start/"))

    assert f'<span class="bib-number">{words}' in page


def test_link_preview_has_absolute_addresses(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://club.example.org"
    settings.SITE = Site(settings.SITE_URL, "https", "club.example.org", None)

    page = said(client.get("/"))

    assert "<title>Saturday Live: your club's parkruns, live</title>" in page
    assert '<meta property="og:url" content="https://club.example.org/">' in page
    assert '<meta property="og:image" content="https://club.example.org/static/img/preview' in page


def test_visitors_read_that_there_is_nothing_to_press(client: Client) -> None:
    page = said(client.get("/"))
    assert "There's nothing to press." in page
    assert "A few hours later at most, your club sees it" in page
    assert "Seconds later" not in page

    assert "within a few hours if it's from the last two weeks" in said(client.get("/privacy/"))

    other = WebhookSubscription.objects.create(strava_id=1, callback_url="https://other.example.org/strava/webhook/x/")
    assert "within a few hours" in said(client.get("/privacy/")), "its events go to another site"
    other.delete()

    WebhookSubscription.objects.create(strava_id=1, callback_url=callback_url())

    assert "Seconds later your club sees it" in said(client.get("/"))
    assert "It leaves every feed and screen by itself: usually within seconds." in said(client.get("/privacy/"))


def test_pages_of_an_athlete_say_that_new_runs_come_in_by_themselves(athlete: User) -> None:
    browser, connection = as_(athlete), connected(athlete)
    assert "Once this is done, new runs come in by themselves" in said(browser.get("/sync/"))

    connection.synced_until = datetime(2026, 11, 21, 12, tzinfo=UTC)
    connection.save()

    assert "New runs come in by themselves, within a few hours of the upload." in said(browser.get("/start/"))
    WebhookSubscription.objects.create(strava_id=1, callback_url=callback_url())
    assert "New runs come in by themselves, usually within seconds of the upload." in said(browser.get("/start/"))
    assert "Look for new runs</button>" in said(browser.get("/start/")), "it stays, for runs that are missing"
