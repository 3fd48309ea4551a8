"""Signing in with Strava and connecting it, against the stand-in over real HTTP."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from asgiref.sync import async_to_sync
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.http import HttpResponse
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
from strava_live.feed.parkrun_entries import is_counted
from strava_live.lifecycle.disconnecting import disconnect
from strava_live.sync.models import SyncRun

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = ("read", "activity:read")


def come_back(
    client: Client,
    stand_in: StandIn,
    strava_id: int,
    *,
    scopes: tuple[str, ...] = BOTH,
    zone: str = "",
    **how: bool,
) -> HttpResponse:
    """What a browser does: the button, Strava's consent page, the way back."""
    connecting = how.pop("connecting", False)
    form = {"time_zone": zone}
    start = client.post("/accounts/strava/login/" + ("?process=connect" if connecting else ""), form)
    assert start.status_code == 302, start.content
    back = urlsplit(stand_in.consent(start.headers["Location"], strava_id, scopes=scopes, **how))
    answer: HttpResponse = client.get(f"{back.path}?{back.query}")  # type: ignore[assignment]
    return answer


def said(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


@pytest.fixture
def somebody(stand_in: StandIn) -> int:
    """An athlete at Strava whom nobody has connected yet."""
    return stand_in.add_athlete(activities=3)


def test_first_sign_in_makes_the_account_without_a_form(client: Client, stand_in: StandIn, somebody: int) -> None:
    answer = come_back(client, stand_in, somebody)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/sync/"), "where the first import starts"
    connection = StravaConnection.objects.get(strava_id=somebody)
    assert connection.granted == set(BOTH)
    assert connection.joined_at == datetime(2014, 3, 1, 8, tzinfo=UTC)
    assert connection.user.display_name
    assert not connection.user.has_usable_password()
    assert client.get("/settings/").status_code == 200


@pytest.mark.parametrize(("zone", "kept"), [("Australia/Brisbane", "Australia/Brisbane"), ("Mars/Olympus", "UTC")])
def test_first_sign_in_takes_the_browsers_time_zone(
    client: Client, stand_in: StandIn, somebody: int, zone: str, kept: str
) -> None:
    come_back(client, stand_in, somebody, zone=zone)

    assert User.objects.get().time_zone == kept


def test_account_in_utc_takes_the_time_zone_of_its_next_sign_in_and_no_later_one(
    client: Client, stand_in: StandIn, somebody: int
) -> None:
    for zone in ("", "Europe/London", "Australia/Brisbane"):
        come_back(client, stand_in, somebody, zone=zone)

    assert User.objects.get().time_zone == "Europe/London"


def test_second_sign_in_is_the_same_person(client: Client, stand_in: StandIn, somebody: int) -> None:
    come_back(client, stand_in, somebody)
    come_back(Client(), stand_in, somebody)

    assert User.objects.count() == 1


def test_sign_in_asks_for_no_more_than_it_needs(client: Client, stand_in: StandIn) -> None:
    start = client.post("/accounts/strava/login/")
    more = client.post("/accounts/strava/login/", {"scope": ["activity:read_all", "activity:write"]})

    assert "scope=read%2Cactivity%3Aread&" in start.headers["Location"] + "&"
    assert "scope=read%2Cactivity%3Aread%2Cactivity%3Aread_all&" in more.headers["Location"] + "&"


def test_scopes_are_those_really_granted(client: Client, stand_in: StandIn, somebody: int) -> None:
    come_back(client, stand_in, somebody, scopes=("read",))

    connection = StravaConnection.objects.get()
    assert connection.granted == {"read"}
    assert not connection.may_read_activities


def test_denied_consent_is_answered_kindly(client: Client, stand_in: StandIn, somebody: int) -> None:
    answer = come_back(client, stand_in, somebody, cancel=True)

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
def test_strava_failing_in_mid_sign_in_is_a_page_that_says_so(
    client: Client, stand_in: StandIn, somebody: int, fault: str, status: int
) -> None:
    stand_in.fault(fault, "exchange")

    answer = come_back(client, stand_in, somebody)

    assert answer.status_code == status
    assert b"Strava" in answer.content
    assert not User.objects.exists()


def test_code_used_twice_is_a_page_that_says_so(client: Client, stand_in: StandIn, somebody: int) -> None:
    start = client.post("/accounts/strava/login/")
    back = urlsplit(stand_in.consent(start.headers["Location"], somebody))
    client.get(f"{back.path}?{back.query}")

    again = Client().get(f"{back.path}?{back.query}")

    assert again.status_code == 401


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?error=access_denied", "?code=x&state=y&scope=z"])
def test_callback_out_of_the_blue_is_a_page_that_says_so(client: Client, query: str) -> None:
    answer = client.get(f"/accounts/strava/login/callback/{query}", follow=True)

    assert answer.status_code in {200, 401}
    assert not User.objects.exists()


def test_connecting_belongs_to_who_is_signed_in(
    as_athlete: Client, athlete: User, stand_in: StandIn, somebody: int
) -> None:
    answer = come_back(as_athlete, stand_in, somebody, connecting=True)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/sync/")
    assert StravaConnection.objects.get().user == athlete


def test_one_strava_account_is_refused_to_a_second_person_in_words(
    as_athlete: Client, athlete: User, clubmate: User, stand_in: StandIn, somebody: int
) -> None:
    come_back(as_athlete, stand_in, somebody, connecting=True)
    other = Client()
    other.force_login(clubmate)

    answer = come_back(other, stand_in, somebody, connecting=True)

    assert "another" in said(answer)
    assert StravaConnection.objects.get().user == athlete


@pytest.fixture
def linked(client: Client, stand_in: StandIn, somebody: int) -> User:
    """Whose account was made by Strava, so that the link stays when they disconnect."""
    come_back(client, stand_in, somebody)
    return StravaConnection.objects.get().user


def test_refused_connect_reconnects_nobody_and_is_given_back(
    as_athlete: Client, linked: User, stand_in: StandIn, somebody: int
) -> None:
    disconnect(linked)

    answer = come_back(as_athlete, stand_in, somebody, connecting=True)

    assert "another" in said(answer)
    assert not StravaConnection.objects.exists()
    assert somebody in stand_in.stats()["connected"]
    async_to_sync(revoke_due)()
    assert somebody not in stand_in.stats()["connected"]


def test_refused_connect_keeps_alive_who_is_connected(
    as_athlete: Client, linked: User, stand_in: StandIn, somebody: int
) -> None:
    old = StravaConnection.objects.get().refresh_token.reveal()
    stand_in.revoke(somebody)  # so that the refused grant is the only one alive

    answer = come_back(as_athlete, stand_in, somebody, connecting=True)

    assert "another" in said(answer)
    connection = StravaConnection.objects.get()
    assert connection.user == linked
    assert connection.refresh_token.reveal() != old
    async_to_sync(revoke_due)()
    assert not Revocation.objects.exists()
    assert async_to_sync(whoami)(somebody) == somebody


async def whoami(strava_id: int) -> int:
    async with token_source_for(strava_id) as tokens:
        return (await strava().athlete(tokens)).strava_id


def test_connect_of_a_visitor_who_has_signed_out_is_given_back(
    as_athlete: Client, stand_in: StandIn, somebody: int
) -> None:
    start = as_athlete.post("/accounts/strava/login/?process=connect")
    back = urlsplit(stand_in.consent(start.headers["Location"], somebody))
    session = as_athlete.session
    for name in ("_auth_user_id", "_auth_user_backend", "_auth_user_hash"):
        del session[name]
    session.save()

    as_athlete.get(f"{back.path}?{back.query}")

    assert not StravaConnection.objects.exists()
    assert Revocation.objects.get().strava_id == somebody


def test_sign_in_of_a_closed_account_is_given_back(
    client: Client, linked: User, stand_in: StandIn, somebody: int
) -> None:
    disconnect(linked)
    Revocation.objects.all().delete()
    User.objects.filter(pk=linked.pk).update(is_active=False)

    come_back(Client(), stand_in, somebody)

    assert not StravaConnection.objects.exists()
    assert Revocation.objects.get().strava_id == somebody


def test_another_strava_account_has_a_history_of_its_own(
    as_athlete: Client, athlete: User, stand_in: StandIn, somebody: int
) -> None:
    """That of the same one, connected again, is still known."""
    started = timezone.now()
    SyncRun.objects.create(athlete=athlete, strava_id=somebody, state="finished", started_at=started)
    AthleteState.objects.update_or_create(athlete=athlete, defaults={"history_known": True})
    for strava_id, known in ((somebody, True), (stand_in.add_athlete(activities=1), False)):
        come_back(as_athlete, stand_in, strava_id, connecting=True)
        assert StravaConnection.objects.get().strava_id == strava_id
        assert AthleteState.objects.get().history_known is known
        disconnect(athlete)


def test_count_stays_when_the_activities_box_is_unticked(
    as_athlete: Client, athlete: User, stand_in: StandIn, somebody: int
) -> None:
    """Nothing can be read, so nothing is being counted anew; once it can, the count waits for the history."""
    AthleteState.objects.update_or_create(athlete=athlete, defaults={"history_known": True})

    come_back(as_athlete, stand_in, somebody, connecting=True, scopes=("read",))

    assert AthleteState.objects.get().history_known
    come_back(as_athlete, stand_in, somebody, connecting=True)
    assert not AthleteState.objects.get().history_known


def test_typed_in_parkruns_are_counted_beside_a_connection_that_may_read_nothing(
    as_athlete: Client, athlete: User, stand_in: StandIn, somebody: int
) -> None:
    come_back(as_athlete, stand_in, somebody, connecting=True, scopes=("read",))
    assert is_counted(athlete.pk)

    come_back(as_athlete, stand_in, somebody, connecting=True)
    assert not is_counted(athlete.pk)


def test_a_second_strava_account_is_refused_in_words(as_athlete: Client, stand_in: StandIn, somebody: int) -> None:
    come_back(as_athlete, stand_in, somebody, connecting=True)

    answer = come_back(as_athlete, stand_in, stand_in.add_athlete(activities=1), connecting=True)

    assert "Disconnect that one first" in said(answer)
    assert StravaConnection.objects.get().strava_id == somebody
    assert Revocation.objects.get().strava_id != somebody, "the consent that was not kept is given back"


def test_tokens_are_in_no_session_and_no_table_in_clear(client: Client, stand_in: StandIn, somebody: int) -> None:
    come_back(client, stand_in, somebody)

    connection = StravaConnection.objects.get()
    tokens = {connection.access_token.reveal(), connection.refresh_token.reveal()}
    kept = str([session.get_decoded() for session in Session.objects.all()]) + str(dump())
    assert not [token for token in tokens if token in kept]


def dump() -> list[object]:
    """Every row of every table, as the database holds it."""
    from django.db import connection

    rows: list[object] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 names from the database itself
            rows.extend(cursor.fetchall())
    return rows


def test_disconnecting_revokes_at_once_and_keeps_the_way_in(client: Client, stand_in: StandIn, somebody: int) -> None:
    come_back(client, stand_in, somebody)

    answer = client.post("/settings/disconnect-strava/")

    assert "withdrawn our access" in said(answer)
    assert not StravaConnection.objects.exists()
    assert not Revocation.objects.get().token
    assert somebody not in stand_in.stats()["connected"]
    come_back(Client(), stand_in, somebody)
    assert User.objects.count() == 1


def test_disconnecting_while_strava_is_down_is_taken_up_again(
    client: Client, stand_in: StandIn, somebody: int, settings: Settings
) -> None:
    come_back(client, stand_in, somebody)
    stand_in.fault("server_error", "revoke")

    answer = client.post("/settings/disconnect-strava/")

    assert "keep asking it" in said(answer)
    assert Revocation.objects.get().token


def test_who_has_a_password_may_give_the_strava_account_to_another(
    as_athlete: Client, clubmate: User, stand_in: StandIn, somebody: int
) -> None:
    come_back(as_athlete, stand_in, somebody, connecting=True)
    as_athlete.post("/settings/disconnect-strava/")
    other = Client()
    other.force_login(clubmate)

    come_back(other, stand_in, somebody, connecting=True)

    assert StravaConnection.objects.get().user == clubmate


def test_connecting_needs_somebody_who_is_signed_in(client: Client, stand_in: StandIn) -> None:
    answer = client.post("/accounts/strava/login/?process=connect")

    assert answer.headers["Location"] == "/accounts/login/"
    assert client.post("/accounts/strava/login/?process=redirect").status_code == 404


def test_scopes_of_nobody_are_left_out(client: Client, stand_in: StandIn, somebody: int) -> None:
    start = client.post("/accounts/strava/login/")
    back = urlsplit(stand_in.consent(start.headers["Location"], somebody))

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
def test_way_back_leads_to_the_sites_own_address(
    client: Client, settings: Settings, site: str, host: str, callback: str
) -> None:
    parts = urlsplit(site)
    settings.SITE = Site(site, parts.scheme, str(parts.hostname), parts.port)
    settings.SITE_URL = site
    settings.ALLOWED_HOSTS = ["*"]

    start = client.post("/accounts/strava/login/", headers={"host": host})

    asked = dict(parse_qsl(urlsplit(start.headers["Location"]).query))
    assert asked["redirect_uri"] == f"{callback}/accounts/strava/login/callback/"


def test_connection_cannot_be_dropped_past_our_own_way(client: Client, stand_in: StandIn, somebody: int) -> None:
    come_back(client, stand_in, somebody)
    account = SocialAccount.objects.get()

    answer = client.post("/accounts/3rdparty/", {"account": account.pk})

    assert answer.headers["Location"] == "/settings/"
    assert SocialAccount.objects.exists()


def test_sign_in_is_said_not_to_be_set_up_when_it_is_not(client: Client, settings: Settings) -> None:
    settings.STRAVA_CONFIGURED = False

    for answer in (client.post("/accounts/strava/login/"), client.get("/accounts/strava/login/callback/?code=x")):
        assert answer.status_code == 404
        assert answer.templates[0].name == "accounts/strava_not_set_up.html"
