"""Finding the users of many sessions."""

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from strava_live.accounts.models import User
from strava_live.accounts.sessions import purge_sessions, users_by_session
from strava_live.broadcast import person_target, session_target
from strava_live.live import signing_out
from tests.clubs.evictions import Evictions
from tests.passwords import PASSWORD


def session_of(user: User) -> str:
    client = Client()
    assert client.login(username=user.username, password=PASSWORD)
    return str(client.session.session_key)


def test_users_of_all_sessions_in_two_queries(
    athlete: User, clubmate: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    phone, laptop, other = session_of(athlete), session_of(athlete), session_of(clubmate)
    with django_assert_num_queries(2):
        found = users_by_session([phone, laptop, other, "unknown", "", "x" * 5000])
    assert found == {phone: athlete, laptop: athlete, other: clubmate}


def test_no_valid_keys_need_no_query(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert users_by_session([]) == users_by_session(["", "\x00", "not a key"]) == {}


def test_sessions_that_are_no_longer_valid(athlete: User, clubmate: User, captain: User) -> None:
    expired, switched_off, new_password, signed_out = (
        session_of(athlete),
        session_of(clubmate),
        session_of(captain),
        session_of(athlete),
    )
    stays = session_of(athlete)
    Session.objects.filter(pk=expired).update(expire_date=timezone.now() - timedelta(seconds=1))
    User.objects.filter(pk=clubmate.pk).update(is_active=False)
    captain.set_password("a-completely-new-clock")
    captain.save()
    SessionStore(signed_out).flush()

    assert users_by_session([expired, switched_off, new_password, signed_out, stays]) == {stays: athlete}


@pytest.mark.parametrize(
    "change",
    [{HASH_SESSION_KEY: ""}, {"_auth_user_backend": "elsewhere"}, {"_auth_user_id": "x"}, {"_auth_user_id": ""}],
)
def test_sessions_with_wrong_or_missing_fields(athlete: User, change: dict[str, str]) -> None:
    session = SessionStore(session_of(athlete))
    session.update(change)
    session.save()
    assert users_by_session([str(session.session_key)]) == {}
    for missing in (HASH_SESSION_KEY, "_auth_user_backend", "_auth_user_id"):
        session = SessionStore(session_of(athlete))
        del session[missing]
        session.save()
        assert users_by_session([str(session.session_key)]) == {}


def test_session_with_broken_data(athlete: User) -> None:
    key = session_of(athlete)
    Session.objects.filter(pk=key).update(session_data="broken")
    assert users_by_session([key]) == {}


@pytest.mark.django_db(transaction=True)  # as on a site: what is to be done on a commit is done before the view goes on
def test_session_ends_before_its_sockets_are_closed(athlete: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket that connects in between must be refused."""
    key = session_of(athlete)
    client = Client()
    client.cookies["sessionid"] = key
    found: list[object] = []

    async def close(name: str, code: int) -> None:
        found.append((name, code, await sync_to_async(users_by_session)([key])))

    monkeypatch.setattr(signing_out, "close_sockets", close)
    assert client.post("/accounts/logout/").status_code == 302

    assert found == [(session_target(key), 4401, {})]


def test_new_password_makes_all_sockets_of_the_user_reconnect(
    athlete: User, django_capture_on_commit_callbacks: Any
) -> None:
    here, evictions = Client(), Evictions()
    assert here.login(username=athlete.username, password=PASSWORD)
    new = "a-completely-new-clock"

    with django_capture_on_commit_callbacks(execute=True):
        form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        assert here.post("/accounts/password/change/", form).status_code == 302

    assert (person_target(athlete.pk), 4012) in evictions.sent()
    assert users_by_session([str(here.session.session_key)]) == {
        str(here.session.session_key): User.objects.get(pk=athlete.pk)
    }


@pytest.mark.django_db(transaction=True)
def test_expired_sessions_are_deleted(athlete: User) -> None:
    valid, expired = session_of(athlete), session_of(athlete)
    Session.objects.filter(session_key=expired).update(expire_date=timezone.now() - timedelta(seconds=1))

    async_to_sync(purge_sessions)()

    assert [session.session_key for session in Session.objects.all()] == [valid]
