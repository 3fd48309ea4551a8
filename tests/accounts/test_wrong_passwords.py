"""Limits on wrong passwords, for each address and each account, which never lock out the owner."""

from collections.abc import Iterator

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from strava_live.accounts.known_devices import COOKIE
from strava_live.accounts.models import User
from tests.passwords import PASSWORD
from tests.people import clubmate
from tests.web.reading import said

pytestmark = pytest.mark.once
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.1"
TOO_MANY = "Too many wrong passwords"


@pytest.fixture(autouse=True)
def behind_a_proxy(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-21T09:00:00Z", tick=True) as clock:
        yield clock


def attempt(client: Client, login: str, password: str, address: str) -> str:
    """Try to sign in and return the result. The first address of the header is one that the client forged."""
    form = {"login": login, "password": password}
    answer = client.post("/accounts/login/", form, headers={"x-forwarded-for": f"203.0.113.7, {address}"})
    if answer.status_code == 302:
        return "signed in"
    if answer.status_code == 429:
        return "too many requests"
    return "too many" if TOO_MANY in said(answer) else "wrong"


def guesses(count: int, address: str, login: str = "alva") -> list[str]:
    return [attempt(Client(), login, "wrong", address) for _ in range(count)]


def sign_out(client: Client) -> None:
    client.post("/accounts/logout/")


def test_guessing_blocks_only_the_address_of_the_guesser(athlete: User) -> None:
    assert guesses(7, ELSEWHERE) == ["wrong"] * 5 + ["too many"] * 2

    assert attempt(Client(), "alva", PASSWORD, ELSEWHERE) == "too many"
    assert attempt(Client(), "alva", PASSWORD, HOME) == "signed in"


def test_forged_address_is_ignored(athlete: User) -> None:
    form = {"login": "alva", "password": "wrong"}

    for n in range(6):
        answer = Client().post("/accounts/login/", form, headers={"x-forwarded-for": f"203.0.113.{n}, {ELSEWHERE}"})

    assert TOO_MANY in said(answer)


def test_one_address_cannot_try_many_accounts(athlete: User, clock: time_machine.Traveller) -> None:
    clubmate()
    found = [attempt(Client(), f"account{n}", "wrong", ELSEWHERE) for n in range(12)]

    assert found == ["wrong"] * 10 + ["too many"] * 2
    assert attempt(Client(), "alva", PASSWORD, ELSEWHERE) == "too many"
    clock.shift(61)
    assert attempt(Client(), "bruno", PASSWORD, ELSEWHERE) == "signed in"


def test_ipv6_addresses_of_one_network_count_as_one(athlete: User) -> None:
    found = [attempt(Client(), "alva", "wrong", f"2001:db8:1:2::{n}") for n in range(6)]

    assert found == ["wrong"] * 5 + ["too many"]


def test_blocked_address_does_not_use_up_the_limit_of_the_account(athlete: User, clock: time_machine.Traveller) -> None:
    for _ in range(11):
        guesses(8, ELSEWHERE)
        clock.shift(301)

    assert attempt(Client(), "alva", PASSWORD, HOME) == "signed in"


def test_guesses_from_many_addresses_reach_the_limit_of_the_account(
    athlete: User, clock: time_machine.Traveller
) -> None:
    found = [guess for n in range(60) for guess in guesses(1, f"198.51.100.{n}")]

    assert found == ["wrong"] * 50 + ["too many"] * 10
    assert attempt(Client(), "alva", PASSWORD, HOME) == "too many"
    clock.shift(3601)
    assert attempt(Client(), "alva", PASSWORD, HOME) == "signed in"


@pytest.mark.parametrize("address", [HOME, "192.0.2.99", "198.51.100.3"])
def test_known_browser_can_sign_in_during_an_attack(athlete: User, address: str) -> None:
    browser = Client()
    attempt(browser, "alva", PASSWORD, HOME)
    sign_out(browser)
    for n in range(12):
        guesses(6, f"198.51.100.{n}")
    assert attempt(Client(), "alva", PASSWORD, address) == "too many"

    assert attempt(browser, "alva", "wrong", address) == "wrong"
    assert attempt(browser, "Alva", PASSWORD, address) == "signed in"


def test_known_browser_has_a_limit_too(athlete: User) -> None:
    browser = Client()
    attempt(browser, "alva", PASSWORD, HOME)
    sign_out(browser)

    found = [attempt(browser, "alva", "wrong", f"198.51.100.{n}") for n in range(7)]

    assert found == ["wrong"] * 5 + ["too many"] * 2


def test_browser_is_known_only_to_accounts_that_signed_in_with_it(athlete: User) -> None:
    clubmate()
    browser = Client()
    attempt(browser, "bruno", PASSWORD, ELSEWHERE)
    sign_out(browser)

    found = [attempt(browser, "alva", "wrong", ELSEWHERE) for _ in range(6)]

    assert found[-1] == "too many"
    assert attempt(browser, "bruno", PASSWORD, ELSEWHERE) == "signed in"


@pytest.mark.parametrize("forged", ["", "x", "eyJpZCI6IngiLCJhY2NvdW50cyI6WzFdfQ:1tabcd:AAAA"])
def test_forged_cookie_does_not_make_a_browser_known(athlete: User, forged: str) -> None:
    found = []
    for _ in range(6):
        client = Client()
        client.cookies[COOKIE] = forged
        found.append(attempt(client, "alva", "wrong", ELSEWHERE))

    assert found == ["wrong"] * 5 + ["too many"]


def test_right_passwords_are_not_counted(athlete: User) -> None:
    assert {attempt(Client(), "alva", PASSWORD, HOME) for _ in range(12)} == {"signed in"}


def test_cookie_is_sent_to_account_pages_only(client: Client, athlete: User) -> None:
    attempt(client, "alva", PASSWORD, HOME)

    cookie = client.cookies[COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/accounts/", True, "Lax")
    assert "alva" not in cookie.value


def test_limit_for_a_username_does_not_reveal_its_address(athlete: User, client: Client) -> None:
    athlete.emailaddress_set.create(email="alva@example.org", primary=True, verified=True)  # type: ignore[attr-defined]
    for n in range(12):
        guesses(5, f"198.51.100.{n}")

    assert attempt(client, "alva", "wrong", HOME) == "too many"
    assert attempt(client, "alva@example.org", "wrong", HOME) == "wrong"


def test_signed_in_owner_can_reauthenticate_during_an_attack(athlete: User) -> None:
    browser = Client()
    browser.force_login(athlete)
    for n in range(12):
        guesses(5, f"198.51.100.{n}")

    answer = browser.post("/accounts/reauthenticate/", {"password": PASSWORD})

    assert answer.status_code == 302


def test_new_password_resets_the_limit_of_the_account(
    athlete: User, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    for n in range(12):
        guesses(5, f"198.51.100.{n}")
    call_command("reset_link", "alva")
    form = client.get(capsys.readouterr().out.strip().removeprefix("http://testserver"), follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "a-brand-new-clock", "password2": "a-brand-new-clock"})

    assert attempt(Client(), "alva", "a-brand-new-clock", HOME) == "signed in"
