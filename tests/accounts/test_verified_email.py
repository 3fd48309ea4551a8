"""Email addresses: only a confirmed one gives rights, and sign-up does not reveal which ones are known."""

import re
from html import unescape
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from strava_live.accounts.models import User
from tests.passwords import PASSWORD
from tests.web.addresses import every_address
from tests.web.reading import said

pytestmark = pytest.mark.once

ADDRESS = "carol@example.org"
FORM = {"username": "newcomer", "password1": PASSWORD, "password2": PASSWORD}
CLAIMS = [
    "sent you",
    "ve sent",
    "is on its way",
    "Check your email",
    "send you",
    "Resend",
    "Send a",
    "Send link",
]


@pytest.fixture(params=["with EMAIL_URL", "without EMAIL_URL"])
def sends_email(request: pytest.FixtureRequest, settings: Settings) -> bool:
    settings.EMAIL_CONFIGURED = request.param == "with EMAIL_URL"
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional" if settings.EMAIL_CONFIGURED else "none"
    return bool(settings.EMAIL_CONFIGURED)


@pytest.fixture
def with_email(settings: Settings) -> None:
    settings.EMAIL_CONFIGURED = True
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"


def entered(user: User, address: str = ADDRESS, *, verified: bool) -> None:
    """Store the address, and copy it to the user's row as allauth does."""
    EmailAddress.objects.create(user=user, email=address, primary=True, verified=verified)
    user.email = address
    user.save()


def signed_in(client: Client, login: str, password: str = PASSWORD) -> bool:
    client.post("/accounts/login/", {"login": login, "password": password})
    return "_auth_user_id" in client.session


def messages_of(client: Client) -> list[str]:
    """Return the messages on the next page."""
    return [str(message) for message in client.get("/").context["messages"]]


def link_in(letter: Any) -> str:
    found = re.search(r"http://testserver(\S+)", letter.body)
    assert found
    return found[1]


def new_account(username: str, address: str) -> tuple[Client, list[Any]]:
    """Sign up. Return the browser, and everything it sees of the answer with the address and username removed."""
    client = Client()
    answer = client.post("/accounts/signup/", FORM | {"username": username, "email": address})
    words = [text.replace(address, "A") for text in messages_of(client)]
    page = said(client.get("/accounts/email/")).replace(address, "A")
    page = re.sub(r'csrfmiddlewaretoken" value="\w+"|\bnewcomer\w\b', "", page)
    return client, [answer.status_code, answer.headers.get("Location"), answer.content, words, page]


@pytest.mark.parametrize("verified", [True, False])
def test_sign_up_does_not_reveal_known_addresses(captain: User, sends_email: bool, verified: bool) -> None:
    entered(captain, verified=verified)

    _, known = new_account("newcomer1", ADDRESS)
    _, unknown = new_account("newcomer2", "never@example.org")

    assert known == unknown
    assert [letter.to for letter in mail.outbox] == ([[ADDRESS], ["never@example.org"]] if sends_email else [])


def test_settings_do_not_reveal_known_addresses(captain: User, as_athlete: Client, sends_email: bool) -> None:
    entered(captain, verified=True)

    as_athlete.post("/accounts/reauthenticate/", {"password": PASSWORD})

    said_of = []
    for address in (ADDRESS, "never@example.org"):
        answer = as_athlete.post("/accounts/email/", {"action_add": "", "email": address})
        words = [text.replace(address, "A") for text in messages_of(as_athlete)]
        said_of.append((answer.status_code, answer.headers["Location"], words))

    assert said_of[0] == said_of[1]


def test_sign_in_by_confirmed_address(captain: User, client: Client, sends_email: bool) -> None:
    entered(captain, verified=True)

    assert signed_in(client, "Carol@Example.org")
    assert client.get("/settings/").context["user"] == captain


def test_unconfirmed_address_does_not_sign_in(stranger: User, client: Client, sends_email: bool) -> None:
    entered(stranger, verified=False)

    assert not signed_in(client, ADDRESS)
    assert signed_in(client, "stefan")


def test_confirmed_address_signs_in_its_owner_only(captain: User, stranger: User, client: Client) -> None:
    stranger.set_password("another-clock-tower")
    stranger.save()
    entered(stranger, verified=False)
    entered(captain, verified=True)

    assert not signed_in(client, ADDRESS, "another-clock-tower")
    assert signed_in(client, ADDRESS)
    assert client.get("/settings/").context["user"] == captain


def test_username_that_is_an_address_still_signs_in(captain: User, client: Client) -> None:
    User.objects.create_user(ADDRESS, password="another-clock-tower")
    entered(captain, verified=True)

    assert signed_in(client, ADDRESS, "another-clock-tower")
    assert client.get("/settings/").context["user"].username == ADDRESS


def test_deactivated_account_cannot_sign_in_by_address(captain: User, client: Client) -> None:
    entered(captain, verified=True)
    User.objects.filter(pk=captain.pk).update(is_active=False)

    answer = client.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD})

    assert answer.headers["Location"] == "/accounts/inactive/"
    assert "_auth_user_id" not in client.session


def test_wrong_password_does_not_reveal_known_addresses(captain: User, client: Client) -> None:
    entered(captain, verified=True)

    answers = [
        said(client.post("/accounts/login/", {"login": login, "password": "wrong"})).replace(login, "L")
        for login in (ADDRESS, "never@example.org")
    ]

    assert "Wrong username or password." in answers[0]
    assert len({re.sub(r'csrfmiddlewaretoken" value="\w+"', "", answer) for answer in answers}) == 1


def test_old_sessions_stay_valid(captain: User, client: Client, settings: Settings) -> None:
    client.force_login(captain, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.get("/settings/").status_code == 200


def test_reset_link_is_sent_to_the_confirmed_owner_only(
    captain: User, stranger: User, athlete: User, client: Client, with_email: None
) -> None:
    entered(stranger, verified=False)
    entered(captain, verified=True)
    entered(athlete, "alva@example.org", verified=False)

    answers = [
        client.post("/accounts/password/reset/", {"email": address})
        for address in (ADDRESS, "alva@example.org", "never@example.org")
    ]

    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {
        (302, "/accounts/password/reset/done/")
    }
    assert [letter.to for letter in mail.outbox] == [[ADDRESS]]
    form = client.get(link_in(mail.outbox[0]), follow=True)
    new = {"password1": "a-brand-new-clock", "password2": "a-brand-new-clock"}
    client.post(form.redirect_chain[-1][0], new)
    assert signed_in(Client(), "carol", "a-brand-new-clock")


def test_owner_confirms_an_address_that_a_stranger_entered_first(with_email: None, db: None) -> None:
    claimant, _ = new_account("claimant", ADDRESS)
    mail.outbox.clear()
    cache.clear()  # three minutes pass: an address gets one letter in that time

    owner, _ = new_account("owner", ADDRESS)
    path = link_in(mail.outbox[0])
    owner.get(path)
    owner.post(path)

    assert list(EmailAddress.objects.filter(verified=True).values_list("user__username", "email")) == [
        ("owner", ADDRESS)
    ]
    fresh = Client()
    assert signed_in(fresh, ADDRESS)
    assert fresh.get("/settings/").context["user"].username == "owner"
    assert "Not confirmed" in said(claimant.get("/accounts/email/"))


def test_confirmation_email_names_the_account(with_email: None, db: None) -> None:
    new_account("claimant", ADDRESS)

    assert '"claimant"' in mail.outbox[0].body
    assert "If it wasn't you, you can ignore this email" in mail.outbox[0].body


# --- Without EMAIL_URL no page and no message claims that a letter was sent


@pytest.mark.parametrize("who", ["stranger", "athlete with an address"])
def test_no_page_mentions_emails_if_none_are_sent(athlete: User, client: Client, who: str) -> None:
    if who != "stranger":
        entered(athlete, verified=False)
        client.force_login(athlete)

    for path in every_address():
        page = client.get(path)
        words = said(page) if "text/html" in page.headers.get("Content-Type", "") else ""

        assert [claim for claim in CLAIMS if claim in words] == [], path


def test_no_form_claims_to_have_sent_an_email(as_athlete: Client, athlete: User) -> None:
    path = "/accounts/email/"
    new = {"action_add": "", "email": ADDRESS}
    as_athlete.post("/accounts/reauthenticate/", {"password": PASSWORD})

    added = unescape(said(as_athlete.post(path, new, follow=True)))
    again = said(as_athlete.post(path, {"action_send": "", "email": ADDRESS}, follow=True))
    reset = said(Client().post("/accounts/password/reset/", {"email": ADDRESS}, follow=True))

    assert f"We don't send email, so {ADDRESS} can't be confirmed." in added
    assert "We don't send email" in reset
    assert "Ask the people who run" in reset
    assert [claim for claim in CLAIMS if claim in added + again + reset] == []
    assert mail.outbox == []


def test_pages_mention_emails_if_they_are_sent(as_athlete: Client, with_email: None) -> None:
    as_athlete.post("/accounts/reauthenticate/", {"password": PASSWORD})

    added = unescape(said(as_athlete.post("/accounts/email/", {"action_add": "", "email": ADDRESS}, follow=True)))

    assert f"We've sent an email to {ADDRESS}" in added
    assert "Username or email" in said(Client().get("/accounts/login/"))
    assert "Check your email" in said(Client().get("/accounts/password/reset/done/"))
