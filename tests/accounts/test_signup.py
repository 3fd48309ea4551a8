"""Sign-up with a username and password."""

import re

import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings

from strava_live.accounts.address import client_address
from strava_live.accounts.models import User
from strava_live.accounts.password_forms import MISMATCH
from tests.together import at_once

FORM = {"username": "alva", "password1": "under-the-clock-tower", "password2": "under-the-clock-tower"}


@pytest.mark.django_db
def test_sign_up_needs_no_email_and_signs_in(client: Client) -> None:
    answer = client.post("/accounts/signup/", FORM)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/settings/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "kept"), [("Australia/Brisbane", "Australia/Brisbane"), ("Mars/Olympus", "UTC"), ("", "UTC")]
)
def test_sign_up_takes_the_browsers_time_zone(client: Client, zone: str, kept: str) -> None:
    client.post("/accounts/signup/", FORM | {"time_zone": zone})

    user = User.objects.get()
    assert (user.time_zone, user.time_zone_known) == (kept, kept != "UTC")


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "shown"), [("  Sam   Smith ", "Sam Smith"), ("", "alva"), ("\u3164", "alva")])
def test_name_is_optional_at_sign_up(client: Client, name: str, shown: str) -> None:
    assert 'name="name"' in client.get("/accounts/signup/").text

    client.post("/accounts/signup/", FORM | {"name": name})

    assert User.objects.get().shown_name == shown


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "title"),
    [
        ({"password2": "something-else"}, "Please fix this"),
        ({"password1": "1234", "password2": "1234"}, "Please fix these 3 things"),
        ({"username": "", "password2": "something-else"}, "Please fix these 2 things"),
    ],
)
def test_error_summary_counts_its_errors(client: Client, wrong: dict[str, str], title: str) -> None:
    page = client.post("/accounts/signup/", FORM | wrong).text

    summary = page.partition('class="error-summary"')[2].partition("</div>")[0]
    assert title in summary
    assert summary.count("<li>") == int((re.findall(r"\d+", title) or ["1"])[0])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "x" * 151}, "username"),
        ({"username": "al va"}, "username"),
        ({"username": "a\x00b"}, "username"),
        ({"username": "\u3164\u1160"}, "username"),
        ({"password1": "", "password2": ""}, "password1"),
        ({"password1": "12345678", "password2": "12345678"}, "password1"),
        ({"password2": "something-else"}, "password2"),
        ({"email": "no-address"}, "email"),
        ({"password1": "long enough " * 1000, "password2": "long enough " * 1000}, "password1"),
    ],
)
def test_invalid_sign_up_shows_an_error_at_the_field(client: Client, wrong: dict[str, str], field: str) -> None:
    answer = client.post("/accounts/signup/", FORM | wrong)

    assert field in answer.context["form"].errors
    assert not User.objects.exists()


@pytest.mark.django_db
def test_different_passwords_are_explained(client: Client) -> None:
    answer = client.post("/accounts/signup/", FORM | {"password2": "something-else"})

    assert answer.context["form"].errors["password2"] == [MISMATCH]


@pytest.mark.django_db
def test_login_of_a_megabyte_is_a_form_error(client: Client) -> None:
    answer = client.post("/accounts/login/", {"login": "%" * 1_000_000, "password": "x"})

    assert answer.status_code == 200
    assert "login" in answer.context["form"].errors


@pytest.mark.django_db(transaction=True)
def test_concurrent_sign_ups_with_one_username_create_one_account() -> None:
    answers = at_once(4, lambda: Client().post("/accounts/signup/", FORM).status_code)

    assert sorted(answers) == [200, 200, 200, 302]
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "1.1.1.1", "10.0.0.9"),
        (1, "1.1.1.1, 2.2.2.2", "2.2.2.2"),
        (2, "1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (2, "2.2.2.2", "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "1.1.1.1, rubbish", "10.0.0.9"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_client_address_behind_proxies(settings: Settings, proxies: int, forwarded: str, address: str) -> None:
    settings.TRUSTED_PROXIES = proxies

    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded}, REMOTE_ADDR="10.0.0.9")

    assert client_address(request) == address
