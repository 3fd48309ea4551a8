"""Who is signed in by which session."""

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from strava_live.accounts.models import User
from strava_live.accounts.sessions import signed_in
from strava_live.broadcast import person_target, session_target
from strava_live.live import signing_out
from tests.clubs.evictions import Evictions
from tests.passwords import PASSWORD


def session_of(user: User) -> str:
    client = Client()
    assert client.login(username=user.username, password=PASSWORD)
    return str(client.session.session_key)


def test_all_are_found_in_two_queries(
    athlete: User, clubmate: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    phone, laptop, other = session_of(athlete), session_of(athlete), session_of(clubmate)
    with django_assert_num_queries(2):
        found = signed_in([phone, laptop, other, "nobodys", "", "x" * 5000])
    assert found == {phone: athlete, laptop: athlete, other: clubmate}


def test_nobody_is_asked_for_nothing(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert signed_in([]) == signed_in(["", "\x00", "not a key"]) == {}


def test_a_session_that_no_longer_holds_is_nobodys(athlete: User, clubmate: User, captain: User) -> None:
    expired, switched_off, new_password, signed_out = (
        session_of(athlete),
        session_of(clubmate),
        session_of(captain),
        session_of(athlete),
    )
    stays = session_of(athlete)
    Session.objects.filter(pk=expired).update(expire_date=timezone.now() - timedelta(seconds=1))
    User.objects.filter(pk=clubmate.pk).update(is_active=False)
    captain.set_password("another one entirely")
    captain.save()
    SessionStore(signed_out).flush()

    assert signed_in([expired, switched_off, new_password, signed_out, stays]) == {stays: athlete}


@pytest.mark.parametrize(
    "change",
    [{HASH_SESSION_KEY: ""}, {"_auth_user_backend": "elsewhere"}, {"_auth_user_id": "x"}, {"_auth_user_id": ""}],
)
def test_a_session_that_says_something_else_is_nobodys(athlete: User, change: dict[str, str]) -> None:
    session = SessionStore(session_of(athlete))
    session.update(change)
    session.save()
    assert signed_in([str(session.session_key)]) == {}
    for missing in (HASH_SESSION_KEY, "_auth_user_backend", "_auth_user_id"):
        session = SessionStore(session_of(athlete))
        del session[missing]
        session.save()
        assert signed_in([str(session.session_key)]) == {}


def test_a_stored_session_that_is_broken_is_nobodys(athlete: User) -> None:
    key = session_of(athlete)
    Session.objects.filter(pk=key).update(session_data="broken")
    assert signed_in([key]) == {}


@pytest.mark.django_db(transaction=True)  # as on a site: what is to be done on a commit is done before the view goes on
def test_session_is_over_before_its_sockets_are_closed(athlete: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who knocks at that very moment must not be let in."""
    key = session_of(athlete)
    client = Client()
    client.cookies["sessionid"] = key
    found: list[object] = []

    async def close(name: str, code: int) -> None:
        found.append((name, code, await sync_to_async(signed_in)([key])))

    monkeypatch.setattr(signing_out, "close_sockets", close)
    assert client.post("/accounts/logout/").status_code == 302

    assert found == [(session_target(key), 4401, {})]


def test_a_new_password_has_every_socket_of_theirs_dial_anew(
    athlete: User, django_capture_on_commit_callbacks: Any
) -> None:
    here, evictions = Client(), Evictions()
    assert here.login(username=athlete.username, password=PASSWORD)
    new = "another one entirely"

    with django_capture_on_commit_callbacks(execute=True):
        form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        assert here.post("/accounts/password/change/", form).status_code == 302

    assert (person_target(athlete.pk), 4012) in evictions.sent()
    assert signed_in([str(here.session.session_key)]) == {
        str(here.session.session_key): User.objects.get(pk=athlete.pk)
    }
