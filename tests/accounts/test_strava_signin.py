"""Signing in with Strava, against the stand-in over real HTTP."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from simulators.process import StandIn
from site_config.environment import Site
from strava_live.accounts.models import StravaConnection, User
from tests.accounts.strava_consent import BOTH, come_back

pytestmark = pytest.mark.django_db(transaction=True)


def test_first_sign_in_creates_the_account(client: Client, stand_in: StandIn, strava_id: int) -> None:
    answer = come_back(client, stand_in, strava_id)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/sync/"), "where the first import starts"
    connection = StravaConnection.objects.get(strava_id=strava_id)
    assert connection.granted == set(BOTH)
    assert connection.joined_at == datetime(2014, 3, 1, 8, tzinfo=UTC)
    assert connection.user.display_name
    assert not connection.user.has_usable_password()
    assert client.get("/settings/").status_code == 200


@pytest.mark.parametrize(("zone", "kept"), [("Australia/Brisbane", "Australia/Brisbane"), ("Mars/Olympus", "UTC")])
def test_first_sign_in_takes_the_browsers_time_zone(
    client: Client, stand_in: StandIn, strava_id: int, zone: str, kept: str
) -> None:
    come_back(client, stand_in, strava_id, zone=zone)

    assert User.objects.get().time_zone == kept


def test_account_without_a_time_zone_takes_that_of_its_next_sign_in_only(
    client: Client, stand_in: StandIn, strava_id: int
) -> None:
    for zone in ("", "Europe/London", "Australia/Brisbane"):
        come_back(client, stand_in, strava_id, zone=zone)

    assert User.objects.get().time_zone == "Europe/London"


def test_second_sign_in_uses_the_same_account(client: Client, stand_in: StandIn, strava_id: int) -> None:
    come_back(client, stand_in, strava_id)
    come_back(Client(), stand_in, strava_id)

    assert User.objects.count() == 1


def test_sign_in_requests_only_the_scopes_it_needs(client: Client, stand_in: StandIn) -> None:
    start = client.post("/accounts/strava/login/")
    more = client.post("/accounts/strava/login/", {"scope": ["activity:read_all", "activity:write"]})

    assert "scope=read%2Cactivity%3Aread&" in start.headers["Location"] + "&"
    assert "scope=read%2Cactivity%3Aread%2Cactivity%3Aread_all&" in more.headers["Location"] + "&"


def test_only_granted_scopes_are_stored(client: Client, stand_in: StandIn, strava_id: int) -> None:
    come_back(client, stand_in, strava_id, scopes=("read",))

    connection = StravaConnection.objects.get()
    assert connection.granted == {"read"}
    assert not connection.may_read_activities


def test_denied_consent_shows_a_page(client: Client, stand_in: StandIn, strava_id: int) -> None:
    answer = come_back(client, stand_in, strava_id, cancel=True)

    page = client.get(answer.headers["Location"])
    assert page.status_code == 200
    assert page.templates[0].name == "socialaccount/login_cancelled.html"
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("unauthorized", 401),
        ("inactive", 503),
        ("rate_limited", 503),
        ("server_error", 503),
        ("html", 503),
        ("empty", 503),
        ("drop", 503),
    ],
)
def test_failure_of_strava_during_sign_in_shows_a_page(
    client: Client, stand_in: StandIn, strava_id: int, fault: str, status: int
) -> None:
    stand_in.fault(fault, "exchange")

    answer = come_back(client, stand_in, strava_id)

    assert answer.status_code == status
    assert b"Strava" in answer.content
    assert not User.objects.exists()


def test_code_that_was_used_before_shows_a_page(client: Client, stand_in: StandIn, strava_id: int) -> None:
    start = client.post("/accounts/strava/login/")
    back = urlsplit(stand_in.consent(start.headers["Location"], strava_id))
    client.get(f"{back.path}?{back.query}")

    again = Client().get(f"{back.path}?{back.query}")

    assert again.status_code == 401


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?error=access_denied", "?code=x&state=y&scope=z"])
def test_callback_without_a_sign_in_shows_a_page(client: Client, query: str) -> None:
    answer = client.get(f"/accounts/strava/login/callback/{query}", follow=True)

    assert answer.status_code in {200, 401}
    assert not User.objects.exists()


def test_no_session_or_table_holds_a_plain_token(client: Client, stand_in: StandIn, strava_id: int) -> None:
    come_back(client, stand_in, strava_id)

    connection = StravaConnection.objects.get()
    tokens = {connection.access_token.reveal(), connection.refresh_token.reveal()}
    kept = str([session.get_decoded() for session in Session.objects.all()]) + str(dump())
    assert not [token for token in tokens if token in kept]


def dump() -> list[object]:
    """Return every row of every table as stored."""
    from django.db import connection

    rows: list[object] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 names from the database itself
            rows.extend(cursor.fetchall())
    return rows


def test_unknown_scopes_are_ignored(client: Client, stand_in: StandIn, strava_id: int) -> None:
    start = client.post("/accounts/strava/login/")
    back = urlsplit(stand_in.consent(start.headers["Location"], strava_id))

    client.get(f"{back.path}?{back.query.replace('scope=', 'scope=read%00,everything,')}")

    assert StravaConnection.objects.get().granted <= {"read", "activity:read"}


@pytest.mark.parametrize(
    ("site", "host", "callback"),
    [
        ("https://club.example.org", "other.example.org", "https://club.example.org"),
        ("http://localhost:8000", "127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://localhost:8000", "127.0.0.1:9999", "http://localhost:8000"),
        ("http://localhost:8000", "evil.example", "http://localhost:8000"),
    ],
)
def test_callback_url_is_the_sites_own(client: Client, settings: Settings, site: str, host: str, callback: str) -> None:
    parts = urlsplit(site)
    settings.SITE = Site(site, parts.scheme, str(parts.hostname), parts.port)
    settings.SITE_URL = site
    settings.ALLOWED_HOSTS = ["*"]

    start = client.post("/accounts/strava/login/", headers={"host": host})

    asked = dict(parse_qsl(urlsplit(start.headers["Location"]).query))
    assert asked["redirect_uri"] == f"{callback}/accounts/strava/login/callback/"


def test_allauths_connections_page_cannot_delete_the_link(client: Client, stand_in: StandIn, strava_id: int) -> None:
    come_back(client, stand_in, strava_id)
    account = SocialAccount.objects.get()

    answer = client.post("/accounts/3rdparty/", {"account": account.pk})

    assert answer.headers["Location"] == "/settings/"
    assert SocialAccount.objects.exists()


def test_sign_in_without_strava_credentials_explains_itself(client: Client, settings: Settings) -> None:
    settings.STRAVA_CONFIGURED = False

    for answer in (client.post("/accounts/strava/login/"), client.get("/accounts/strava/login/callback/?code=x")):
        assert answer.status_code == 404
        assert answer.templates[0].name == "accounts/strava_not_set_up.html"
