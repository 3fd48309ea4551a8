"""Tokens, codes and the secret of Bucket are in no log, session, message, page or column, whatever happens."""

import logging
import traceback
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from asgiref.sync import async_to_sync
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from simulators.bucket_process import BucketStandIn
from site_config.logs import OWN_FIELDS, KeyValueFormatter
from strava_live.accounts.models import User
from strava_live.bucket import connections
from strava_live.bucket.bucket_app import bucket as client_of_site
from strava_live.bucket.models import BucketConnection, BucketRevocation
from strava_live.bucket.revocations import revoke_bucket_due
from strava_live.bucket.tokens import bucket_token_source
from strava_live.bucket_client.errors import BucketError
from tests.bucket.consenting import begin, follow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
FORMATTER = KeyValueFormatter()


class Leaks:
    """Collects secrets during a test, and everything in which they must not appear."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self.caplog = caplog
        self.secrets: set[str] = set()
        self.shown: list[str] = []

    def note_stored_tokens(self) -> None:
        for row in [*BucketConnection.objects.all(), *BucketRevocation.objects.all()]:
            self.secrets |= {row.access_token.reveal(), row.refresh_token.reveal()}

    def note_query(self, address: str) -> None:
        query = parse_qs(urlsplit(address).query)
        self.secrets |= {value for name in ("code", "state") for value in query.get(name, [])}

    def logged(self) -> Iterator[str]:
        """Yield each log line as it is written, and without masking."""
        for record in self.caplog.records:
            yield FORMATTER.format(record)
            extra = {name: value for name, value in vars(record).items() if name not in OWN_FIELDS}
            raised = traceback.format_exception(record.exc_info[1]) if record.exc_info else []
            yield f"{record.getMessage()} {extra} {raised}"

    def stored(self) -> Iterator[str]:
        for model in apps.get_models():
            for row in model._default_manager.values():
                yield str(row)
        for session in Session.objects.all():
            yield str(session.get_decoded())

    def found(self) -> list[str]:
        secrets = self.secrets - {""}
        assert len(secrets) > 3
        places = [*self.logged(), *self.stored(), *self.shown]
        return [place for place in places if any(secret in place for secret in secrets)]


@pytest.fixture
def leaks(caplog: pytest.LogCaptureFixture) -> Leaks:
    caplog.set_level(logging.DEBUG)
    for name in ("strava_live", "httpx", "httpcore", "django", "asyncio"):
        caplog.set_level(logging.DEBUG, name)
    return Leaks(caplog)


def connect(leaks: Leaks, client: Client, bucket: BucketStandIn, username: str) -> None:
    """Connect, or fail to, and read the page that follows."""
    address = begin(client)
    back = bucket.consent(address, username)
    leaks.note_query(address)
    leaks.note_query(back)
    leaks.shown.append(follow(client, back).content.decode())
    leaks.shown.append(client.get("/bucket/").content.decode())
    leaks.note_stored_tokens()


def test_connecting_refreshing_failing_and_disconnecting_leak_nothing(
    as_athlete: Client, bucket: BucketStandIn, username: str, leaks: Leaks, settings: Settings
) -> None:
    settings.BUCKET_CLIENT_ID, settings.BUCKET_CLIENT_SECRET = bucket.confidential_id, bucket.confidential_secret
    leaks.secrets.add(bucket.confidential_secret)
    connect(leaks, as_athlete, bucket, username)
    connection = BucketConnection.objects.get()

    async def list_things() -> None:
        async with bucket_token_source(connection) as tokens:
            await client_of_site().list_things(tokens)

    for fault, endpoint in (("server_error", "refresh"), ("html", "list_things"), ("invalid_grant", "refresh")):
        BucketConnection.objects.update(expires_at=timezone.now())
        bucket.fault(fault, endpoint)
        with pytest.raises(BucketError):
            async_to_sync(list_things)()
        leaks.note_stored_tokens()
        bucket.clear_faults()
    connect(leaks, as_athlete, bucket, username)
    bucket.fault("html", "revoke")
    leaks.shown.append(str(as_athlete.post("/bucket/disconnect/", {"delete_there": "yes"}).content))
    leaks.note_stored_tokens()
    bucket.clear_faults()
    BucketRevocation.objects.update(next_try_at=timezone.now())
    async_to_sync(revoke_bucket_due)()

    assert leaks.found() == []
    assert len(leaks.secrets) >= 10


@pytest.mark.parametrize(("fault", "endpoint"), [("html", "exchange"), ("server_error", "userinfo")])
def test_failed_connecting_leaks_nothing(
    as_athlete: Client, bucket: BucketStandIn, username: str, leaks: Leaks, fault: str, endpoint: str
) -> None:
    bucket.fault(fault, endpoint)
    connect(leaks, as_athlete, bucket, username)
    bucket.clear_faults()
    connect(leaks, as_athlete, bucket, username)

    assert leaks.found() == []


def test_fault_of_the_site_leaks_nothing_and_the_grant_is_revoked(
    as_athlete: Client, bucket: BucketStandIn, username: str, leaks: Leaks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a fault of the site")

    monkeypatch.setattr(connections, "store_grant", fail)
    as_athlete.raise_request_exception = False

    connect(leaks, as_athlete, bucket, username)

    assert "a fault of the site" in leaks.caplog.text
    assert leaks.found() == []
    assert async_to_sync(revoke_bucket_due)() == 1
    assert bucket.grants(username) == []


def test_another_person_neither_sees_nor_uses_the_connection(
    as_athlete: Client, athlete: User, clubmate: User, bucket: BucketStandIn, username: str, leaks: Leaks
) -> None:
    connect(leaks, as_athlete, bucket, username)
    name = BucketConnection.objects.get().name
    other = Client()
    other.force_login(clubmate)

    for path in ("/bucket/", "/settings/", f"/athletes/{athlete.pk}/"):
        assert name not in other.get(path).content.decode()
    answer = other.post("/bucket/disconnect/", {"delete_there": "yes"})

    assert answer.status_code == 302
    assert BucketConnection.objects.get().user == athlete
    assert len(bucket.grants(username)) == 1
