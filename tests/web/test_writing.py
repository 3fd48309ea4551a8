"""Forms wait for other forms of their club or athlete. After a time, a page asks to try again."""

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
from strava_live.accounts.revocations import RevocationOutcome, revoke_now
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


def test_form_waits_for_its_club_but_not_for_other_clubs(as_athlete: Client, clubs: None, settings: Settings) -> None:
    settings.WRITE_PATIENCE_S = 0.01
    before = writers.enqueue([club_key("striders")])

    assert as_athlete.post(POSTS, {"text": "waits"}).status_code == 503
    assert as_athlete.post("/clubs/harriers/posts/", {"text": "goes on"}).status_code == 302
    before.release()

    assert as_athlete.post(POSTS, {"text": "again"}).status_code == 302
    assert sorted(texts()) == ["again", "goes on"]


@pytest.mark.parametrize("key", [athlete_key, lambda _: club_key("harriers")])
def test_form_of_an_athlete_waits_for_all_their_clubs(
    as_athlete: Client, athlete: User, clubs: None, settings: Settings, key: object
) -> None:
    assert callable(key)
    settings.WRITE_PATIENCE_S = 0.01
    before = writers.enqueue([key(athlete.pk)])

    assert as_athlete.post("/sync/cancel/").status_code == 503
    before.release()

    assert as_athlete.post("/sync/cancel/").status_code == 302


def test_timeout_page_needs_neither_database_nor_session(as_athlete: Client, clubs: None, settings: Settings) -> None:
    settings.WRITE_PATIENCE_S = 0.01
    before = writers.enqueue([club_key("striders")])

    page = as_athlete.post(POSTS, {"text": "waits"})
    data = as_athlete.post(POSTS, {"text": "waits"}, headers={"accept": "application/json"})
    before.release()

    assert page.status_code == data.status_code == 503
    assert page.headers["Retry-After"] == data.headers["Retry-After"] == "5"
    assert "It won't be done twice" in page.content.decode()
    assert 'class="site-nav"' not in page.content.decode()
    assert json.loads(data.content)["code"] == "try_again"


def test_pages_can_be_read_while_all_writers_wait(as_athlete: Client, clubs: None) -> None:
    tickets = [writers.enqueue([club_key("striders")]) for _ in range(10)]

    assert as_athlete.get("/clubs/striders/").status_code == 200

    for ticket in tickets:
        ticket.release()


def test_signing_in_does_not_wait_for_members_who_write(client: Client, athlete: User, settings: Settings) -> None:
    settings.WRITE_PATIENCE_S = 0.01
    tickets = [writers.enqueue([]) for _ in range(writers.limit)]
    assert client.post("/accounts/login/", {"login": "alva", "password": "wrong"}).status_code == 200

    full = [signed_out_writers.enqueue([]) for _ in range(signed_out_writers.limit)]
    assert client.post("/accounts/login/", {"login": "alva", "password": "wrong"}).status_code == 503

    for ticket in (*tickets, *full):
        ticket.release()


@pytest.mark.django_db(transaction=True)
def test_form_that_waits_holds_no_connection(as_athlete: Client, clubs: None, settings: Settings) -> None:
    settings.WRITE_PATIENCE_S = 2 * PATIENCE_S
    own, before, given_back = connections["default"], writers.enqueue([club_key("striders")]), []

    def look_and_let_go() -> None:
        patience = time.monotonic() + PATIENCE_S
        while not (writers.waiting and own.connection is None) and time.monotonic() < patience:
            time.sleep(0.005)
        given_back.append(own.connection is None)
        before.release()

    looking = threading.Thread(target=look_and_let_go)
    looking.start()
    assert as_athlete.post(POSTS, {"text": "waited"}).status_code == 302
    looking.join()
    assert given_back == [True]
    assert texts() == ["waited"]


def test_page_without_a_pooled_connection_is_503(athlete: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is raised in a middleware, as it is if AuthenticationMiddleware cannot get a connection."""

    def no_connection(_: str) -> NoReturn:
        raise OperationalError("no connection") from PoolTimeout("no connection")

    client = Client(raise_request_exception=False)
    client.force_login(athlete)
    assert client.get("/settings/").status_code == 200  # imports all modules before the patch
    monkeypatch.setattr("strava_live.web.middleware.zone_or_utc", no_connection)

    answer = client.get("/settings/")

    assert answer.status_code == 503
    assert "Wait a few seconds, then reload" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_form_whose_row_is_locked_is_503(as_athlete: Client, clubs: None) -> None:
    with locked_striders():
        answer = as_athlete.post(POSTS, {"text": "Hello"})

    assert answer.status_code == 503
    assert as_athlete.post(POSTS, {"text": "Hello"}).status_code == 302
    assert texts() == ["Hello"]


@contextmanager
def locked_striders() -> Iterator[None]:
    """Lock the club with another connection: its row on Postgres, the whole database on SQLite."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET lock_timeout = 50")
            with held_row(connection.connection.info.dsn, "strava_live_club", "slug", "striders"):
                yield
            cursor.execute("RESET lock_timeout")
            return
        cursor.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.close()


@pytest.mark.django_db(transaction=True)
def test_other_forms_run_while_one_waits_for_strava(
    as_athlete: Client, athlete: User, clubs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    running: list[int] = []

    async def watched(revocation: Revocation) -> RevocationOutcome:
        running.append(len(writers.running))
        return await revoke_now(revocation)

    monkeypatch.setattr("strava_live.web.disconnect_strava.revoke_now", watched)
    kept.connected(athlete)

    assert as_athlete.post("/settings/disconnect-strava/").status_code == 302
    assert running == [0]


def test_start_while_a_run_is_stopping_does_not_block_other_forms(
    as_athlete: Client, athlete: User, clubs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    running: list[int] = []

    async def wait_until_stopped(athlete_id: int) -> None:
        running.append(len(writers.running))

    monkeypatch.setattr("strava_live.sync.start_and_stop.wait_until_stopped", wait_until_stopped)
    kept.connected(athlete)
    as_athlete.post("/sync/start/")
    SyncRun.objects.update(state="running", cancel_asked=True, lease_owner="another process")

    answer = as_athlete.post("/sync/start/", follow=True)

    assert "import is still stopping" in answer.content.decode()
    assert running == [0]
