"""Signing in with Strava and connecting it, against the stand-in over real HTTP."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from asgiref.sync import async_to_sync
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from simulators.process import StandIn
from site_config.environment import Site
from strava_live.accounts.models import Revocation, StravaConnection, User
from strava_live.accounts.revocations import revoke_due
from strava_live.accounts.strava_app import strava
from strava_live.accounts.tokens import token_source_for
from strava_live.activities.models import AthleteState
from strava_live.feed.parkrun_entries import has_full_history
from strava_live.lifecycle.connecting import disconnect
from strava_live.sync.models import SyncRun
from tests.accounts.strava_consent import BOTH, come_back

pytestmark = pytest.mark.django_db(transaction=True)


def said(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


@pytest.fixture
def strava_id(stand_in: StandIn) -> int:
    """The Strava id of an athlete who is not connected."""
    return stand_in.add_athlete(activities=3)


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


def test_connecting_belongs_to_the_signed_in_user(
    as_athlete: Client, athlete: User, stand_in: StandIn, strava_id: int
) -> None:
    answer = come_back(as_athlete, stand_in, strava_id, connecting=True)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/sync/")
    assert StravaConnection.objects.get().user == athlete


def test_strava_account_of_another_user_is_refused_with_a_message(
    as_athlete: Client, athlete: User, clubmate: User, stand_in: StandIn, strava_id: int
) -> None:
    come_back(as_athlete, stand_in, strava_id, connecting=True)
    other = Client()
    other.force_login(clubmate)

    answer = come_back(other, stand_in, strava_id, connecting=True)

    assert "another" in said(answer)
    assert StravaConnection.objects.get().user == athlete


@pytest.fixture
def linked(client: Client, stand_in: StandIn, strava_id: int) -> User:
    """A user whose account was created through Strava, so the link stays when they disconnect."""
    come_back(client, stand_in, strava_id)
    return StravaConnection.objects.get().user


def test_refused_connect_stores_nothing_and_is_revoked(
    as_athlete: Client, linked: User, stand_in: StandIn, strava_id: int
) -> None:
    disconnect(linked)

    answer = come_back(as_athlete, stand_in, strava_id, connecting=True)

    assert "another" in said(answer)
    assert not StravaConnection.objects.exists()
    assert strava_id in stand_in.stats()["connected"]
    async_to_sync(revoke_due)()
    assert strava_id not in stand_in.stats()["connected"]


def test_refused_connect_keeps_the_connection_of_the_other_user(
    as_athlete: Client, linked: User, stand_in: StandIn, strava_id: int
) -> None:
    old = StravaConnection.objects.get().refresh_token.reveal()
    stand_in.revoke(strava_id)  # so that the refused grant is the only one alive

    answer = come_back(as_athlete, stand_in, strava_id, connecting=True)

    assert "another" in said(answer)
    connection = StravaConnection.objects.get()
    assert connection.user == linked
    assert connection.refresh_token.reveal() != old
    async_to_sync(revoke_due)()
    assert not Revocation.objects.exists()
    assert async_to_sync(whoami)(strava_id) == strava_id


async def whoami(strava_id: int) -> int:
    async with token_source_for(strava_id) as tokens:
        return (await strava().athlete(tokens)).strava_id


def test_connect_of_a_visitor_who_signed_out_is_revoked(as_athlete: Client, stand_in: StandIn, strava_id: int) -> None:
    start = as_athlete.post("/accounts/strava/login/?process=connect")
    back = urlsplit(stand_in.consent(start.headers["Location"], strava_id))
    session = as_athlete.session
    for name in ("_auth_user_id", "_auth_user_backend", "_auth_user_hash"):
        del session[name]
    session.save()

    as_athlete.get(f"{back.path}?{back.query}")

    assert not StravaConnection.objects.exists()
    assert Revocation.objects.get().strava_id == strava_id


def test_sign_in_of_a_deactivated_account_is_revoked(
    client: Client, linked: User, stand_in: StandIn, strava_id: int
) -> None:
    disconnect(linked)
    Revocation.objects.all().delete()
    User.objects.filter(pk=linked.pk).update(is_active=False)

    come_back(Client(), stand_in, strava_id)

    assert not StravaConnection.objects.exists()
    assert Revocation.objects.get().strava_id == strava_id


def test_second_strava_account_needs_its_own_history(
    as_athlete: Client, athlete: User, stand_in: StandIn, strava_id: int
) -> None:
    """Reconnecting the same Strava account keeps `history_known`; connecting a different one clears it."""
    started = timezone.now()
    SyncRun.objects.create(athlete=athlete, strava_id=strava_id, state="finished", started_at=started)
    AthleteState.objects.update_or_create(athlete=athlete, defaults={"history_known": True})
    for connected_id, known in ((strava_id, True), (stand_in.add_athlete(activities=1), False)):
        come_back(as_athlete, stand_in, connected_id, connecting=True)
        assert StravaConnection.objects.get().strava_id == connected_id
        assert AthleteState.objects.get().history_known is known
        disconnect(athlete)


def test_count_stays_when_the_activities_box_is_unticked(
    as_athlete: Client, athlete: User, stand_in: StandIn, strava_id: int
) -> None:
    """The count stays while nothing can be read. With the permission, it waits until the history has been read."""
    AthleteState.objects.update_or_create(athlete=athlete, defaults={"history_known": True})

    come_back(as_athlete, stand_in, strava_id, connecting=True, scopes=("read",))

    assert AthleteState.objects.get().history_known
    come_back(as_athlete, stand_in, strava_id, connecting=True)
    assert not AthleteState.objects.get().history_known


def test_typed_parkruns_count_if_the_connection_may_read_nothing(
    as_athlete: Client, athlete: User, stand_in: StandIn, strava_id: int
) -> None:
    come_back(as_athlete, stand_in, strava_id, connecting=True, scopes=("read",))
    assert has_full_history(athlete.pk)

    come_back(as_athlete, stand_in, strava_id, connecting=True)
    assert not has_full_history(athlete.pk)


def test_second_strava_account_is_refused_with_a_message(as_athlete: Client, stand_in: StandIn, strava_id: int) -> None:
    come_back(as_athlete, stand_in, strava_id, connecting=True)

    answer = come_back(as_athlete, stand_in, stand_in.add_athlete(activities=1), connecting=True)

    assert "Disconnect that one first" in said(answer)
    assert StravaConnection.objects.get().strava_id == strava_id
    assert Revocation.objects.get().strava_id != strava_id, "the refused grant is revoked"


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


def test_disconnecting_revokes_at_once_and_keeps_sign_in_with_strava(
    client: Client, stand_in: StandIn, strava_id: int
) -> None:
    come_back(client, stand_in, strava_id)

    answer = client.post("/settings/disconnect-strava/")

    assert "withdrawn our access" in said(answer)
    assert not StravaConnection.objects.exists()
    assert not Revocation.objects.get().token
    assert strava_id not in stand_in.stats()["connected"]
    come_back(Client(), stand_in, strava_id)
    assert User.objects.count() == 1


def test_disconnecting_while_strava_is_down_is_retried(
    client: Client, stand_in: StandIn, strava_id: int, settings: Settings
) -> None:
    come_back(client, stand_in, strava_id)
    stand_in.fault("server_error", "revoke")

    answer = client.post("/settings/disconnect-strava/")

    assert "keep asking it" in said(answer)
    assert Revocation.objects.get().token


def test_user_with_a_password_can_pass_on_their_strava_account(
    as_athlete: Client, clubmate: User, stand_in: StandIn, strava_id: int
) -> None:
    come_back(as_athlete, stand_in, strava_id, connecting=True)
    as_athlete.post("/settings/disconnect-strava/")
    other = Client()
    other.force_login(clubmate)

    come_back(other, stand_in, strava_id, connecting=True)

    assert StravaConnection.objects.get().user == clubmate


def test_connecting_needs_a_signed_in_user(client: Client, stand_in: StandIn) -> None:
    answer = client.post("/accounts/strava/login/?process=connect")

    assert answer.headers["Location"] == "/accounts/login/"
    assert client.post("/accounts/strava/login/?process=redirect").status_code == 404


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
