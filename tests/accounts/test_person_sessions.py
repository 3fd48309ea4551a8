"""Which sessions belong to a person: those that name the person's id, never those that share a text with a username."""

from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from strava_live.accounts import person_sessions
from strava_live.accounts.models import User
from strava_live.accounts.person_sessions import sessions_of
from strava_live.lifecycle.erasure import erase
from tests.person_with_everything import BACKEND

pytestmark = pytest.mark.django_db


def stored(content: dict[str, Any]) -> str:
    session = SessionStore()
    session.update(content)
    session.create()
    return str(session.session_key)


def signed_in(user_id: int) -> dict[str, Any]:
    steps = [
        {"method": "socialaccount", "provider": "strava"},
        {"method": "password"},
        {"method": "mfa", "type": "totp"},
    ]
    return {
        SESSION_KEY: str(user_id),
        "_auth_user_backend": BACKEND,
        "account_authentication_methods": steps,
        "account_authentication_methods_user": str(user_id),
    }


def signing_up(strava_id: int) -> dict[str, Any]:
    account = {"provider": "strava", "uid": str(strava_id)}
    return {"socialaccount_sociallogin": {"account": account, "user": {"username": "somebody"}}}


@pytest.mark.parametrize("username", ["strava", "password", "totp", "socialaccount", BACKEND, "the id of the other"])
def test_username_that_stands_in_other_sessions_deletes_none_of_them(athlete: User, username: str) -> None:
    name = str(athlete.pk) if username == "the id of the other" else username
    leaving = User.objects.create_user(name)
    other = stored(signed_in(athlete.pk))
    under_way = stored(signing_up(17))
    stored(signed_in(leaving.pk))

    erase(leaving)

    assert {session.session_key for session in Session.objects.all()} == {other, under_way}


def test_sign_up_with_the_persons_strava_belongs_to_the_person(athlete: User) -> None:
    mine = stored(signing_up(918273645))
    stored(signing_up(17))

    assert sessions_of(athlete.pk, {"918273645"}).keys == [mine]


def test_session_of_an_account_that_is_created_meanwhile_stays(athlete: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new account is stored while sessions are being read."""
    new_id = athlete.pk + 1000
    stored(signed_in(new_id))
    decoded = person_sessions.decoded

    def sign_up_first(session_data: str) -> Any:
        User.objects.get_or_create(pk=new_id, username="newcomer")
        return decoded(session_data)

    monkeypatch.setattr(person_sessions, "decoded", sign_up_first)

    assert sessions_of(athlete.pk, set()).keys == []
