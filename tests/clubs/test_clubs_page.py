"""/clubs/new/: for staff, or for anyone if the operator allows it."""

import pytest
from django.test import Client
from pytest_django import Settings

from strava_live.accounts.models import User
from strava_live.clubs.models import MAX_CLUB_NAME, Club, Membership
from tests.clubs.visits import as_
from tests.invisible_texts import INVISIBLE
from tests.web.reading import said

pytestmark = pytest.mark.django_db
GOOD = {"name": "Hillside Harriers", "time_zone": "Australia/Brisbane"}


def test_signed_out_are_sent_to_sign_in(client: Client) -> None:
    for answer in (client.get("/clubs/new/"), client.post("/clubs/new/", GOOD)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")


def test_athlete_learns_who_can_start_a_club(athlete: User) -> None:
    for answer in (as_(athlete).get("/clubs/new/"), as_(athlete).post("/clubs/new/", GOOD)):
        assert answer.status_code == 403
        assert "Only the people who run this site can start a club" in said(answer)
    assert not Club.objects.exists()


def test_staff_found_a_club_and_are_its_captain(operator: User) -> None:
    answer = as_(operator).post("/clubs/new/", GOOD)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/clubs/hillside-harriers/manage/")
    assert Club.objects.get().time_zone == "Australia/Brisbane"
    assert Membership.objects.captains().get().user == operator


def test_anyone_can_found_a_club_if_the_operator_allows_it(athlete: User, settings: Settings) -> None:
    settings.CLUB_CREATION = "anyone"
    assert 'value="Europe/London"' in said(as_(athlete).get("/clubs/new/"))

    answer = as_(athlete).post("/clubs/new/", GOOD)

    assert answer.status_code == 302
    assert as_(athlete).get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "\u200b\u202e"},
        {"name": "x" * (MAX_CLUB_NAME + 1)},
        {"name": "x\x00y"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": ""},
        {"name": "", "time_zone": ""},
    ],
)
def test_invalid_form_is_refused_and_shown_again(operator: User, wrong: dict[str, str]) -> None:
    answer = as_(operator).post("/clubs/new/", GOOD | wrong)

    assert answer.status_code == 422
    assert "Please fix th" in said(answer)
    assert answer.context["form"]["time_zone"].value() == (GOOD | wrong)["time_zone"]
    assert not Club.objects.exists()


def test_empty_form_is_refused(operator: User) -> None:
    assert as_(operator).post("/clubs/new/").status_code == 422


@pytest.mark.parametrize("name", INVISIBLE)
def test_invisible_name_is_refused(operator: User, name: str) -> None:
    assert as_(operator).post("/clubs/new/", GOOD | {"name": name}).status_code == 422


def test_name_is_a_line_that_can_be_seen(operator: User) -> None:
    as_(operator).post("/clubs/new/", GOOD | {"name": "Hill\u202eside\n <b>Harriers</b>"})

    assert Club.objects.get().name == "Hillside <b>Harriers</b>"
    assert "&lt;b&gt;Harriers" in said(as_(operator).get("/clubs/hillside-bharriersb/manage/"))
