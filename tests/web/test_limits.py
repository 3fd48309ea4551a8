"""Rate limits for each person: 60 forms in 10 seconds, and 10 new clubs in an hour."""

import math
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from strava_live.accounts.models import User
from strava_live.clubs.founding import found_club_at
from strava_live.clubs.models import Club
from strava_live.feed.models import Cheer, Entry
from strava_live.social.posts import post
from tests.clubs.visits import as_
from tests.passwords import PASSWORD
from tests.web.forms import filled_in
from tests.web.reading import said

pytestmark = [pytest.mark.django_db, pytest.mark.once]
JSON = {"accept": "application/json"}


@pytest.fixture
def club(captain: User) -> Club:
    return found_club_at("striders", "Striders", time_zone="UTC", captain=captain)


@pytest.fixture
def browser(club: Club, captain: User, limit_clock: dict[str, float]) -> Client:
    return as_(captain)


def fill(browser: Client, times: int = 60) -> None:
    for _ in range(times):
        assert browser.post("/sync/cancel/").status_code == 302


def test_sixty_forms_then_429_with_the_waiting_time(browser: Client, limit_clock: dict[str, float]) -> None:
    fill(browser)

    refused = browser.post("/sync/cancel/")

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert "Too many requests" in said(refused)
    assert refused.templates[0].name == "429.html"
    limit_clock["now"] += math.ceil(float(refused.headers["Retry-After"]))
    assert browser.post("/sync/cancel/").status_code == 302


def test_refused_forms_do_not_lengthen_the_wait(browser: Client, limit_clock: dict[str, float]) -> None:
    fill(browser)
    for _ in range(30):
        assert browser.post("/sync/cancel/").status_code == 429

    limit_clock["now"] += 10.0
    fill(browser)


def test_limit_is_shared_by_a_persons_browsers_and_by_no_one_else(
    browser: Client, captain: User, clubmate: User
) -> None:
    fill(browser)

    assert as_(captain).post("/sync/cancel/").status_code == 429
    assert as_(clubmate).post("/sync/cancel/").status_code == 302


def test_pages_can_be_read_while_forms_are_limited(browser: Client) -> None:
    fill(browser)

    assert browser.get("/clubs/striders/").status_code == 200


def test_cheer_toggled_by_form_is_limited(browser: Client, club: Club, captain: User) -> None:
    entry = post(captain.pk, club.pk, "Coffee?")
    address = f"/clubs/striders/entries/{entry.pk}"

    answers = [browser.post(f"{address}/{verb}/").status_code for _ in range(31) for verb in ("cheer", "uncheer")]

    assert answers == [302] * 60 + [429] * 2
    assert not Cheer.objects.exists()


def test_refused_post_keeps_its_text_in_the_form(browser: Client) -> None:
    fill(browser)

    refused = browser.post("/clubs/striders/posts/", {"text": "Coffee at <ten>?", "ref": "a"})

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert "Coffee at &lt;ten&gt;?</textarea>" in said(refused)
    assert "Too many requests" in said(refused)
    assert not Entry.objects.exists()


def test_post_over_the_rate_of_posts_keeps_its_text_in_the_form(browser: Client, few_posts: None) -> None:
    for number in range(20):
        assert browser.post("/clubs/striders/posts/", {"text": "Coffee?", "ref": f"r{number}"}).status_code == 302

    refused = browser.post("/clubs/striders/posts/", {"text": "Coffee at <ten>?", "ref": "a"})
    again = browser.post("/clubs/striders/posts/", {"text": "Coffee?", "ref": "r0"})

    assert (refused.status_code, refused.headers["Retry-After"], again.status_code) == (429, "10", 302)
    assert "Coffee at &lt;ten&gt;?</textarea>" in said(refused)
    assert "a lot of posts in a few minutes" in said(refused)
    assert Entry.objects.count() == 20


@pytest.mark.parametrize("path", ["/clubs/striders/posts/", "/sync/cancel/"])
def test_request_for_json_is_refused_with_json(browser: Client, path: str) -> None:
    fill(browser)

    refused = browser.post(path, {"text": "Coffee?"}, headers=JSON)

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert refused.json()["code"] == "too_many_requests"
    assert refused.json()["message"]


def test_form_without_a_csrf_token_does_not_count(browser: Client, captain: User) -> None:
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(captain)
    for _ in range(61):
        assert forged.post("/sync/cancel/").status_code == 403

    assert browser.post("/sync/cancel/").status_code == 302


def found(browser: Client, number: int, **more: str) -> Any:
    return browser.post("/clubs/new/", {"name": f"Harriers {number}", "time_zone": "UTC", **more})


@pytest.fixture
def anyone_founds(settings: Settings) -> None:
    settings.CLUB_CREATION = "anyone"


@pytest.mark.usefixtures("anyone_founds")
def test_ten_clubs_an_hour(browser: Client, limit_clock: dict[str, float]) -> None:
    for number in range(10):
        assert found(browser, number).status_code == 302

    refused = found(browser, 11)

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "360")
    assert refused.context["form"]["name"].value() == "Harriers 11"
    assert "Please try again later" in said(refused)
    assert Club.objects.filter(name__startswith="Harriers").count() == 10
    limit_clock["now"] += 360
    assert found(browser, 11).status_code == 302


@pytest.mark.usefixtures("anyone_founds")
def test_only_clubs_that_were_created_count(browser: Client) -> None:
    fields = filled_in(browser, "/clubs/new/", {})
    for _ in range(11):
        assert browser.post("/clubs/new/", {"name": "", "time_zone": "UTC"}).status_code == 422
        assert found(browser, 0, **fields).status_code == 302

    assert found(browser, 1).status_code == 302


def test_too_many_sign_ins_get_a_retry_after(client: Client, athlete: User) -> None:
    for _ in range(31):
        refused = client.post("/accounts/login/", {"login": "", "password": PASSWORD})

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert refused.templates[0].name == "429.html"
    assert "Too many requests" in said(refused)
