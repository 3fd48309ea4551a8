"""/join/<code>/: what strangers see, joining, requests to join, link previews, and codes that do not work."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from site_config.environment import Site
from strava_live.accounts.models import User
from strava_live.clubs.keys import invite, revoke_invitation
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.membership.joining import approve
from tests.clubs.runs import ran
from tests.clubs.visits import as_
from tests.passwords import PASSWORD
from tests.web.reading import said

pytestmark = pytest.mark.django_db


@pytest.fixture
def nameless() -> User:
    return User.objects.create_user("sam")


def of(who: User) -> Membership:
    return Membership.objects.get(user=who)


def test_stranger_sees_the_club_and_links_to_sign_up_and_sign_in(code: str, client: Client) -> None:
    page = client.get(f"/join/{code}/")

    assert page.status_code == 200
    assert "Striders" in said(page)
    for way in ("/accounts/signup/", "/accounts/login/"):
        assert f'href="{way}?next=/join/{code}/"' in said(page)
    assert f'name="next" value="/join/{code}/"' in said(page)


def test_new_account_returns_to_the_invitation_without_having_joined(code: str, client: Client) -> None:
    form = {"username": "newcomer", "password1": PASSWORD, "password2": PASSWORD}

    answer = client.post(f"/accounts/signup/?next=/join/{code}/", form)

    assert answer.headers["Location"] == f"/join/{code}/"
    assert not Membership.objects.filter(user__username="newcomer").exists()


def test_signed_out_post_redirects_to_sign_in(code: str, client: Client) -> None:
    for path in (f"/join/{code}/", "/join/no-such-code/"):
        answer = client.post(path, {"parkruns": "on"})
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"/accounts/login/?next={path}"


def test_form_previews_each_way_to_show_the_name_and_shares_nothing_by_default(code: str, athlete: User) -> None:
    page = said(as_(athlete).get(f"/join/{code}/"))

    for name in ("Alva Berg", "Alva B.", "A member"):
        assert f'>{name}</span> <span class="option-words">' in page
    assert 'name="name"' not in page
    assert 'name="parkruns" value="on" id="share-parkruns" aria-describedby="share-parkruns-help">' in page
    assert 'value="short" id="shown-as-short" checked>' in page


@pytest.mark.parametrize(
    ("form", "parkruns", "shown_as"),
    [
        ({}, False, "short"),
        ({"parkruns": "on"}, True, "short"),
        ({"parkruns": ""}, False, "short"),
        ({"parkruns": "on", "shown_as": "full"}, True, "full"),
        ({"shown_as": "hidden"}, False, "hidden"),
    ],
)
def test_joining_stores_the_choices(
    club: Club, code: str, athlete: User, form: dict[str, str], parkruns: bool, shown_as: str
) -> None:
    answer = as_(athlete).post(f"/join/{code}/", form)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/clubs/striders/")
    member = of(athlete)
    assert (member.club, member.state, member.shares_parkruns, member.shown_as) == (club, "active", parkruns, shown_as)
    assert member.consented_at is not None


@pytest.mark.parametrize(
    "form",
    [
        {"parkruns": "yes"},
        {"parkruns": "true"},
        {"parkruns": "off"},
        {"parkruns": "on", "shown_as": "everything"},
        {"parkruns": "x" * 10_000},
        {"parkruns": "on", "shown_as": "\x00"},
    ],
)
def test_invalid_choices_are_refused(code: str, athlete: User, form: dict[str, str]) -> None:
    answer = as_(athlete).post(f"/join/{code}/", form)

    assert answer.status_code == 422
    assert "Please fix this" in said(answer)
    assert not Membership.objects.of(athlete.pk).exists()


def test_joining_twice_changes_nothing(code: str, athlete: User) -> None:
    browser = as_(athlete)
    browser.post(f"/join/{code}/", {"parkruns": "on"})

    again = browser.post(f"/join/{code}/", {})
    page = browser.get(f"/join/{code}/")

    assert (again.status_code, again.headers["Location"]) == (302, "/clubs/striders/")
    assert "You're in Striders" in said(page)
    assert of(athlete).shares_parkruns
    assert Entry.objects.not_removed().count() == 1


def test_request_waits_for_a_captain_and_can_be_changed(club: Club, athlete: User) -> None:
    ran(athlete, 1)
    code = invite(club.pk, needs_approval=True).secret.reveal()
    browser = as_(athlete)
    assert "Ask to join" in said(browser.get(f"/join/{code}/"))

    answer = browser.post(f"/join/{code}/", {"parkruns": "on"})

    assert answer.headers["Location"] == f"/join/{code}/"
    page = said(browser.get(f"/join/{code}/"))
    assert "asked to join Striders" in page
    assert 'http-equiv="refresh"' in page
    form = said(browser.get(f"/join/{code}/?change"))
    assert 'aria-describedby="share-parkruns-help" checked>' in form
    assert 'http-equiv="refresh"' not in form
    browser.post(f"/join/{code}/", {"shown_as": "hidden"})
    assert (of(athlete).state, of(athlete).shares_parkruns, of(athlete).shown_as) == ("asking", False, "hidden")
    assert not Entry.objects.exists()
    assert browser.get("/clubs/striders/sharing/").status_code == 404
    assert "Join Striders</button>" in said(browser.get(f"/join/{invite(club.pk).secret.reveal()}/"))


@pytest.mark.parametrize("signed_in", [True, False])
def test_code_that_does_not_work_reveals_nothing_about_the_club(
    club: Club, athlete: User, client: Client, signed_in: bool
) -> None:
    revoked, expired = invite(club.pk), invite(club.pk, lasts=timedelta(days=1))
    revoke_invitation(club.pk, revoked.pk)
    browser = as_(athlete) if signed_in else client

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        browser = as_(athlete) if signed_in else client
        for code in (revoked.secret.reveal(), expired.secret.reveal(), "nonsense", "x" * 2000, "é"):
            for answer in [browser.get(f"/join/{code}/")] + [browser.post(f"/join/{code}/")] * signed_in:
                assert answer.status_code == 404
                assert "This invitation doesn't work" in said(answer)
                assert "Striders" not in said(answer)
    assert not Membership.objects.of(athlete.pk).exists()


@pytest.mark.parametrize("signed_in", [True, False])
def test_code_stays_out_of_search_engines_and_referers(
    code: str, athlete: User, client: Client, signed_in: bool
) -> None:
    browser = as_(athlete) if signed_in else client
    for path in (f"/join/{code}/", "/join/nonsense/"):
        answer = browser.get(path)
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Referrer-Policy"] == "strict-origin"
        assert "no-store" in answer.headers["Cache-Control"]
        assert 'name="robots" content="noindex' in said(answer)


def test_joining_needs_a_csrf_token(code: str, athlete: User) -> None:
    forger = Client(enforce_csrf_checks=True)
    forger.force_login(athlete)

    assert forger.post(f"/join/{code}/", {"parkruns": "on"}).status_code == 403
    assert not Membership.objects.of(athlete.pk).exists()


# --- A name


def test_person_without_a_name_is_asked_for_one(code: str, nameless: User) -> None:
    page = said(as_(nameless).get(f"/join/{code}/"))

    assert 'name="name"' in page
    assert page.count('>sam</span> <span class="option-words">') == 2  # in full and in short


@pytest.mark.parametrize(("name", "full", "short"), [(" Sam  Reed ", "Sam Reed", "Sam R."), ("", "", "sam")])
def test_name_given_while_joining_is_shown_to_the_club(
    code: str, nameless: User, name: str, full: str, short: str
) -> None:
    as_(nameless).post(f"/join/{code}/", {"name": name})

    member = of(nameless)
    assert (member.user.display_name, member.shown_name) == (full, short)
    assert Entry.objects.not_removed().get().name == short


def test_existing_name_is_not_overwritten(code: str, athlete: User) -> None:
    as_(athlete).post(f"/join/{code}/", {"name": "Other Name"})

    assert of(athlete).user.display_name == "Alva Berg"


def test_name_that_is_too_long_is_refused(code: str, nameless: User) -> None:
    answer = as_(nameless).post(f"/join/{code}/", {"name": "x" * 61})

    assert answer.status_code == 422
    assert '<a href="#id_name">Your name:' in said(answer)
    assert not Membership.objects.of(nameless.pk).exists()


# --- Waiting for a captain


def test_waiting_page_learns_the_captains_answer(club: Club, athlete: User, captain: User) -> None:
    browser, asked = as_(athlete), invite(club.pk, needs_approval=True).secret.reveal()
    assert browser.get("/start/clubs/").json() == {"clubs": []}

    browser.post(f"/join/{asked}/", {})
    assert browser.get("/start/clubs/").json() == {"clubs": [{"slug": "striders", "state": "asking"}]}
    for path in ("/", "/start/", f"/join/{asked}/"):
        page = said(browser.get(path))
        assert 'data-join-request="striders"' in page
        assert 'http-equiv="refresh"' in page

    approve(club.pk, athlete.pk, by=captain.pk)
    assert browser.get("/start/clubs/").json() == {"clubs": [{"slug": "striders", "state": "active"}]}
    assert "data-feed" in said(browser.get("/"))
    for path in ("/start/", f"/join/{asked}/"):
        assert 'http-equiv="refresh"' not in said(browser.get(path))


def test_captains_answer_needs_a_sign_in(club: Club, client: Client) -> None:
    assert client.get("/start/clubs/").headers["Location"].startswith("/accounts/login/")


# --- Link previews


def test_link_preview_shows_the_club_and_its_size_and_no_names(
    code: str, member: Membership, client: Client, settings: Settings
) -> None:
    settings.SITE_URL = "https://club.example.org"
    settings.SITE = Site(settings.SITE_URL, "https", "club.example.org", None)

    page = said(client.get(f"/join/{code}/"))

    assert "<title>Join Striders · Saturday Live</title>" in page
    assert '<meta property="og:title" content="Join Striders">' in page
    assert '<meta property="og:description" content="2 members. See each other' in page
    assert f'<meta property="og:url" content="https://club.example.org/join/{code}/">' in page
    assert '<meta property="og:image" content="https://club.example.org/static/img/preview' in page
    for name in ("Carol", "Dunn", "Alva", "Berg"):
        assert name not in page
