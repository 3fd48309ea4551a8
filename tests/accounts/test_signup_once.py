"""A sign-up form that is sent again because its answer was lost."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from strava_live.accounts.models import User
from strava_live.idempotency.models import AnsweredForm
from tests.together import at_once
from tests.web.forms import filled_in

FORM = {"username": "alva", "password1": "under-the-clock-tower", "password2": "under-the-clock-tower"}
KEYED = FORM | {"idempotency_key": "abcdefghijklmnopqrstuvwx"}
PATH = "/accounts/signup/"


def signed_up() -> None:
    """Sign up in a browser whose answer is lost, together with its session."""
    assert Client().post(PATH, KEYED).status_code == 302


def is_signed_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


@pytest.mark.django_db
def test_sign_up_form_has_an_idempotency_key(client: Client) -> None:
    fields = filled_in(client, PATH, FORM)
    assert Client().post(PATH, fields).status_code == 302

    answer = client.post(PATH, fields)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert is_signed_in(client)


@pytest.mark.django_db
def test_second_submission_redirects_like_the_first(client: Client) -> None:
    signed_up()

    answer = client.post(PATH, KEYED | {"next": "/join/abc/"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/join/abc/")
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "different",
    [
        {"password1": "another-clock-tower", "password2": "another-clock-tower"},
        {"password1": "", "password2": ""},
        {"idempotency_key": ""},
        {"idempotency_key": "yxwvutsrqponmlkjihgfedcba"},
    ],
)
def test_different_password_or_key_does_not_sign_in(client: Client, different: dict[str, str]) -> None:
    signed_up()

    answer = client.post(PATH, KEYED | different)

    assert answer.status_code == 200
    assert answer.context["form"].errors["username"]
    assert not is_signed_in(client)


@pytest.mark.django_db
def test_wrong_passwords_are_limited_as_on_the_sign_in_page(client: Client) -> None:
    signed_up()
    for number in range(8):
        guess = f"another-clock-tower-{number}"
        client.post(PATH, KEYED | {"password1": guess, "password2": guess})

    client.post(PATH, KEYED)

    assert not is_signed_in(client)


@pytest.mark.django_db
def test_same_key_with_a_different_username_creates_an_account(client: Client) -> None:
    signed_up()

    answer = client.post(PATH, KEYED | {"username": "bruno"})

    assert answer.status_code == 302
    assert User.objects.count() == 2


@pytest.mark.django_db
def test_second_submission_needs_the_second_factor(client: Client) -> None:
    signed_up()
    TOTP.activate(User.objects.get(), generate_totp_secret())
    assert Authenticator.objects.exists()

    answer = client.post(PATH, KEYED)

    assert answer.headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert not is_signed_in(client)


@pytest.mark.django_db
def test_refused_sign_up_does_not_use_up_its_key(client: Client) -> None:
    assert client.post(PATH, KEYED | {"password2": "something-else"}).status_code == 200
    assert not AnsweredForm.objects.exists()

    assert client.post(PATH, KEYED).status_code == 302
    assert is_signed_in(client)


@pytest.mark.django_db
def test_same_form_can_recreate_a_deleted_account(client: Client) -> None:
    signed_up()
    User.objects.get().delete()

    assert client.post(PATH, KEYED).status_code == 302
    assert is_signed_in(client)


@pytest.mark.django_db(transaction=True)
def test_concurrent_submissions_create_one_account_and_all_sign_in() -> None:
    def sign_up() -> bool:
        client = Client()
        client.post(PATH, KEYED)
        return is_signed_in(client)

    assert at_once(8, sign_up) == [True] * 8
    assert User.objects.count() == 1
