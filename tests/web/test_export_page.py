"""/settings/export/: a zip that is streamed to the signed-in person, and its section on the settings page."""

import asyncio
import json
import logging

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.test import Client
from pytest_django import Settings

from strava_live.accounts.models import User
from strava_live.activities.models import Activity
from strava_live.api_tokens.models import ApiToken
from strava_live.api_tokens.tokens import make_token
from strava_live.lifecycle.erasure import erase
from strava_live.web.export_page import EXPORTS
from tests.hub.in_process_socket import eventually
from tests.hub.in_process_stream import InProcessStream
from tests.lifecycle.export.everything import read_back
from tests.live.founding import sessions_of
from tests.web import kept

EXPORT = "/settings/export/"


@pytest.mark.django_db
def test_settings_page_offers_the_export(as_athlete: Client) -> None:
    page = as_athlete.get("/settings/").content.decode()

    assert page.count("Download everything about me") == 1
    assert f'<a class="button button-quiet" href="{EXPORT}">' in page


@pytest.mark.django_db
@time_machine.travel("2026-11-27T23:30:00Z", tick=False)
def test_file_has_the_name_of_the_site_and_the_date_of_the_person(athlete: User, settings: Settings) -> None:
    athlete.time_zone = "Australia/Brisbane"
    athlete.save()
    client = Client()
    client.force_login(athlete)
    answer = client.get(EXPORT)

    assert answer.headers["Content-Disposition"] == 'attachment; filename="saturday-live-2026-11-28.zip"'
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    settings.SITE_NAME = "Läufe; “am” Samstag"
    named = client.get(EXPORT).headers["Content-Disposition"]
    assert named == "attachment; filename*=utf-8''l%C3%A4ufe-am-samstag-2026-11-28.zip"


@pytest.mark.django_db
def test_only_the_session_counts_and_signed_out_people_sign_in_first(athlete: User) -> None:
    _, secret = make_token(athlete.pk, name="Script", scope=ApiToken.Scope.READ)

    for headers in ({}, {"authorization": f"Bearer {secret}"}):
        answer = Client().get(EXPORT, headers=headers)
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/accounts/login/?next={EXPORT}")


@pytest.mark.django_db
def test_sixth_export_within_the_hour_is_refused_with_words(as_athlete: Client, stranger: User) -> None:
    for _ in range(20):
        assert as_athlete.head(EXPORT).status_code == 200
    for _ in range(EXPORTS.amount):
        assert as_athlete.get(EXPORT).status_code == 200
    refused = as_athlete.get(EXPORT)

    assert refused.status_code == 429
    assert 700 <= int(refused.headers["Retry-After"]) <= 720
    assert "You have downloaded your data 5 times just now. You can do so again in 12 minutes." in (
        refused.content.decode()
    )
    other = Client()
    other.force_login(stranger)
    assert other.get(EXPORT).status_code == 200


@pytest.fixture
def session(transactional_db: None, athlete: User) -> str:
    """The session of an athlete with 500 activities, which are read in three chunks."""
    first = kept.activity(athlete, 1)
    fields = {field.attname: getattr(first, field.attname) for field in Activity._meta.concrete_fields}
    Activity.objects.bulk_create(Activity(**{**fields, "id": None, "strava_id": 1 + n}) for n in range(1, 500))
    return sessions_of([athlete])[0]


async def begun(session: str) -> InProcessStream:
    """Begin a download, and stop reading after the first bytes have arrived."""
    stream = InProcessStream(EXPORT, session, **{"accept-encoding": "gzip"}).connect()
    await eventually(lambda: stream.body)
    stream.reading.clear()
    return stream


async def finished(stream: InProcessStream) -> bytes:
    stream.reading.set()
    await eventually(lambda: stream.ended)
    await stream.until_over()
    return stream.body


async def test_download_has_everything_and_nothing_compresses_it_again(session: str, connections_closed: None) -> None:
    stream = await begun(session)
    exported = read_back(await finished(stream))

    assert len(exported.json("activities")) == len(exported.csv("activities")) == 500
    assert json.loads(exported.texts["contents.json"])["username"] == "alva"
    assert stream.headers["content-type"] == "application/zip"
    assert "content-encoding" not in stream.headers
    assert "content-length" not in stream.headers


async def test_answer_to_head_reads_nothing(session: str, connections_closed: None) -> None:
    stream = InProcessStream(EXPORT, session)
    stream.method = "HEAD"
    stream.connect()

    assert await finished(stream) == b""
    assert stream.status == 200
    assert stream.headers["content-type"] == "application/zip"


async def test_first_bytes_arrive_before_the_rows_are_read(session: str, connections_closed: None) -> None:
    """What is deleted after the first bytes have arrived is not in the download."""
    stream = await begun(session)
    await sync_to_async(Activity.objects.all().delete)()

    assert read_back(await finished(stream)).json("activities") == []


async def test_slow_client_holds_no_database_connection(session: str, connections_closed: None) -> None:
    opened: list[BaseDatabaseWrapper] = []

    def note(connection: BaseDatabaseWrapper, **_: object) -> None:
        opened.append(connection)

    connection_created.connect(note)
    try:
        stream = await begun(session)
        await eventually(lambda: opened and all(one.connection is None for one in opened))
        await finished(stream)
    finally:
        connection_created.disconnect(note)


async def test_client_that_leaves_ends_the_work(
    session: str, connections_closed: None, caplog: pytest.LogCaptureFixture
) -> None:
    stream = await begun(session)
    with caplog.at_level(logging.WARNING):
        stream.disconnect()
        await stream.until_over()
        received = len(stream.body)
        stream.reading.set()
        await asyncio.sleep(0)

    assert len(stream.body) == received < 10_000
    assert not stream.ended
    assert not caplog.records


@pytest.mark.parametrize("how", ["signs out", "changes the password", "deletes the account"])
async def test_download_ends_with_a_note_when_the_access_ends(session: str, connections_closed: None, how: str) -> None:
    stream = await begun(session)
    await sync_to_async(end_access)(how)
    exported = read_back(await finished(stream))

    assert "deleted your account" in exported.texts["NOT-COMPLETE.txt"]
    assert not [name for name in exported.texts if "activities" in name]
    assert await sync_to_async(User.objects.filter(username="alva").exists)() == (how != "deletes the account")


def end_access(how: str) -> None:
    athlete = User.objects.get(username="alva")
    if how == "signs out":
        Session.objects.all().delete()
    elif how == "changes the password":
        athlete.set_password("another one")
        athlete.save()
    else:
        erase(athlete)
    connections.close_all()


async def test_two_downloads_at_once_are_both_complete(session: str, connections_closed: None) -> None:
    streams = [await begun(session), await begun(session)]
    one, other = [read_back(await finished(stream)) for stream in streams]

    assert len(one.json("activities")) == 500
    assert one.json("activities") == other.json("activities")
