"""Forms that wait for their club or athlete, and the page that asks to try again."""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest
from django.db import OperationalError, connection, connections
from django.test import Client
from psycopg_pool import PoolTimeout
from pytest_django import Settings

from strava_live.accounts.models import Revocation, User
from strava_live.accounts.revocations import Outcome, revoke_now
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.sync.models import SyncRun
from strava_live.write_queue import athlete_key, club_key, signed_out_writers, writers
from tests.live.held_lock import held_row
from tests.patience import PATIENCE_S
from tests.web import kept

POSTS = "/clubs/striders/posts/"


@pytest.fixture
def clubs(athlete: User) -> Iterator[None]:
    for slug in ("striders", "harriers"):
        Membership.objects.create(club=Club.objects.create(slug=slug, name=slug), user=athlete)
    yield
    assert not writers.running
    assert not writers.waiting


def texts() -> list[str]:
    return list(Entry.objects.values_list("text", flat=True))


def test_form_waits_for_its_club_and_forms_of_others_go_on(as_athlete: Client, clubs: None, settings: Settings) -> None:
    settings.WRITE_PATIENCE_S = 0.01
    before = writers.ask([club_key("striders")])

    assert as_athlete.post(POSTS, {"text": "waits"}).status_code == 503
    assert as_athlete.post("/clubs/harriers/posts/", {"text": "goes on"}).status_code == 302
    before.leave()

    assert as_athlete.post(POSTS, {"text": "again"}).status_code == 302
    assert sorted(texts()) == ["again", "goes on"]


@pytest.mark.parametrize("key", [athlete_key, lambda _: club_key("harriers")])
def test_what_an_athlete_changes_waits_for_all_that_it_is_written_to(
    as_athlete: Client, athlete: User, clubs: None, settings: Settings, key: object
) -> None:
    assert callable(key)
    settings.WRITE_PATIENCE_S = 0.01
    before = writers.ask([key(athlete.pk)])

    assert as_athlete.post("/sync/cancel/").status_code == 503
    before.leave()

    assert as_athlete.post("/sync/cancel/").status_code == 302


def test_page_says_that_nothing_was_changed_without_database_or_session(
    as_athlete: Client, clubs: None, settings: Settings
) -> None:
    settings.WRITE_PATIENCE_S = 0.01
    before = writers.ask([club_key("striders")])

    page = as_athlete.post(POSTS, {"text": "waits"})
    data = as_athlete.post(POSTS, {"text": "waits"}, headers={"accept": "application/json"})
    before.leave()

    assert page.status_code == data.status_code == 503
    assert page.headers["Retry-After"] == data.headers["Retry-After"] == "5"
    assert "It won't be done twice" in page.content.decode()
    assert 'class="site-nav"' not in page.content.decode()
    assert json.loads(data.content)["code"] == "try_again"


def test_pages_are_read_while_all_writers_wait(as_athlete: Client, clubs: None) -> None:
    turns = [writers.ask([club_key("striders")]) for _ in range(10)]

    assert as_athlete.get("/clubs/striders/").status_code == 200

    for turn in turns:
        turn.leave()


def test_signing_in_does_not_wait_for_members_who_write(client: Client, athlete: User, settings: Settings) -> None:
    settings.WRITE_PATIENCE_S = 0.01
    turns = [writers.ask([]) for _ in range(writers.most)]
    assert client.post("/accounts/login/", {"login": "alva", "password": "wrong"}).status_code == 200

    full = [signed_out_writers.ask([]) for _ in range(signed_out_writers.most)]
    assert client.post("/accounts/login/", {"login": "alva", "password": "wrong"}).status_code == 503

    for turn in (*turns, *full):
        turn.leave()


@pytest.mark.django_db(transaction=True)
def test_form_that_waits_holds_no_connection(as_athlete: Client, clubs: None, settings: Settings) -> None:
    settings.WRITE_PATIENCE_S = 2 * PATIENCE_S
    own, before, given_back = connections["default"], writers.ask([club_key("striders")]), []

    def look_and_let_go() -> None:
        patience = time.monotonic() + PATIENCE_S
        while not (writers.waiting and own.connection is None) and time.monotonic() < patience:
            time.sleep(0.005)
        given_back.append(own.connection is None)
        before.leave()

    looking = threading.Thread(target=look_and_let_go)
    looking.start()
    assert as_athlete.post(POSTS, {"text": "waited"}).status_code == 302
    looking.join()
    assert given_back == [True]
    assert texts() == ["waited"]


def test_a_page_for_which_the_pool_has_no_connection_asks_to_try_again(
    athlete: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Raised by a middleware, as the one that finds out who is signed in would."""

    def no_connection(_: User) -> NoReturn:
        raise OperationalError("no connection") from PoolTimeout("no connection")

    client = Client(raise_request_exception=False)
    client.force_login(athlete)
    assert client.get("/settings/").status_code == 200  # a module that is first imported now would keep the patch
    monkeypatch.setattr("strava_live.web.time_zone.zone_of", no_connection)

    answer = client.get("/settings/")

    assert answer.status_code == 503
    assert "Wait a few seconds, then reload" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_form_whose_row_is_locked_asks_to_try_again(as_athlete: Client, clubs: None) -> None:
    with locked_striders():
        answer = as_athlete.post(POSTS, {"text": "Hello"})

    assert answer.status_code == 503
    assert as_athlete.post(POSTS, {"text": "Hello"}).status_code == 302
    assert texts() == ["Hello"]


@contextmanager
def locked_striders() -> Iterator[None]:
    """By another connection: the row on Postgres, the whole database on SQLite."""
    if connection.vendor == "postgresql":
        with held_row(connection.connection.info.dsn, "strava_live_club", "slug", "striders"):
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.close()


@pytest.mark.django_db(transaction=True)
def test_other_forms_go_on_while_one_waits_for_strava(
    as_athlete: Client, athlete: User, clubs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    running: list[int] = []

    async def watched(revocation: Revocation) -> Outcome:
        running.append(len(writers.running))
        return await revoke_now(revocation)

    monkeypatch.setattr("strava_live.web.settings_page.revoke_now", watched)
    kept.connected(athlete)

    assert as_athlete.post("/settings/disconnect-strava/").status_code == 302
    assert running == [0]


def test_starting_while_a_run_is_being_stopped_holds_up_no_other_form(
    as_athlete: Client, athlete: User, clubs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    running: list[int] = []

    async def stopped(athlete_id: int) -> None:
        running.append(len(writers.running))

    monkeypatch.setattr("strava_live.web.sync_page.stopped", stopped)
    kept.connected(athlete)
    as_athlete.post("/sync/start/")
    SyncRun.objects.update(state="running", cancel_asked=True, lease_owner="somebody")

    answer = as_athlete.post("/sync/start/", follow=True)

    assert "import is still stopping" in answer.content.decode()
    assert running == [0]
