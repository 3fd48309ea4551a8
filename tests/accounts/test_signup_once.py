"""A sign-up that is sent again because its answer was lost."""

import threading

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connections
from django.test import Client

from strava_live.accounts.models import User
from strava_live.idempotency.models import AnsweredForm
from tests.web.forms import filled_in

FORM = {"username": "alva", "password1": "under-the-clock-tower", "password2": "under-the-clock-tower"}
KEYED = FORM | {"idempotency_key": "abcdefghijklmnopqrstuvwx"}
PATH = "/accounts/signup/"


def signed_up() -> None:
    """The answer, and the session with it, is lost."""
    assert Client().post(PATH, KEYED).status_code == 302


def is_signed_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


@pytest.mark.django_db
def test_form_carries_a_key(client: Client) -> None:
    fields = filled_in(client, PATH, FORM)
    assert Client().post(PATH, fields).status_code == 302

    answer = client.post(PATH, fields)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert is_signed_in(client)


@pytest.mark.django_db
def test_second_submission_goes_where_the_first_would_have(client: Client) -> None:
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
def test_another_password_or_key_does_not_sign_in(client: Client, different: dict[str, str]) -> None:
    signed_up()

    answer = client.post(PATH, KEYED | different)

    assert answer.status_code == 200
    assert answer.context["form"].errors["username"]
    assert not is_signed_in(client)


@pytest.mark.django_db
def test_passwords_are_not_guessed_there_more_often_than_on_the_sign_in_page(client: Client) -> None:
    signed_up()
    for number in range(8):
        guess = f"another-clock-tower-{number}"
        client.post(PATH, KEYED | {"password1": guess, "password2": guess})

    client.post(PATH, KEYED)

    assert not is_signed_in(client)


@pytest.mark.django_db
def test_key_means_nothing_for_another_name(client: Client) -> None:
    signed_up()

    answer = client.post(PATH, KEYED | {"username": "bruno"})

    assert answer.status_code == 302
    assert User.objects.count() == 2


@pytest.mark.django_db
def test_second_factor_is_asked_for(client: Client) -> None:
    signed_up()
    TOTP.activate(User.objects.get(), generate_totp_secret())
    assert Authenticator.objects.exists()

    answer = client.post(PATH, KEYED)

    assert answer.headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert not is_signed_in(client)


@pytest.mark.django_db
def test_refused_sign_up_leaves_its_key_unused(client: Client) -> None:
    assert client.post(PATH, KEYED | {"password2": "something-else"}).status_code == 200
    assert not AnsweredForm.objects.exists()

    assert client.post(PATH, KEYED).status_code == 302
    assert is_signed_in(client)


@pytest.mark.django_db
def test_name_of_a_deleted_account_can_be_taken_with_the_same_form(client: Client) -> None:
    signed_up()
    User.objects.get().delete()

    assert client.post(PATH, KEYED).status_code == 302
    assert is_signed_in(client)


@pytest.mark.django_db(transaction=True)
def test_eight_at_the_same_moment_make_one_account_and_all_sign_in() -> None:
    signed_in: list[bool] = []
    ready = threading.Barrier(8)

    def sign_up() -> None:
        client = Client()
        ready.wait()
        client.post(PATH, KEYED)
        signed_in.append(is_signed_in(client))
        connections.close_all()

    threads = [threading.Thread(target=sign_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert signed_in == [True] * 8
    assert User.objects.count() == 1
