"""Connecting Strava to an account that is signed in, and disconnecting it, against the stand-in over real HTTP."""

from urllib.parse import urlsplit

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from simulators.process import StandIn
from strava_live.accounts.encryption import code_of_athlete
from strava_live.accounts.models import Revocation, StravaConnection, User
from strava_live.accounts.revocations import revoke_due
from strava_live.activities.models import AthleteState
from strava_live.feed.parkrun_entries import has_full_history
from strava_live.lifecycle.disconnecting import disconnect
from strava_live.sync.models import SyncRun
from tests.accounts.strava_consent import come_back, whoami
from tests.passwords import PASSWORD
from tests.web.reading import messages_in

pytestmark = pytest.mark.django_db(transaction=True)


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

    assert "another" in messages_in(answer)
    assert StravaConnection.objects.get().user == athlete


@pytest.fixture
def linked(client: Client, stand_in: StandIn, strava_id: int) -> User:
    """A user whose account was created through Strava, so the link stays when they disconnect."""
    come_back(client, stand_in, strava_id)
    return StravaConnection.objects.get().user


def test_refused_connect_stores_nothing_and_is_revoked(
    as_athlete: Client, linked: User, stand_in: StandIn, strava_id: int
) -> None:
    disconnect(linked, keep_typed_in=True)

    answer = come_back(as_athlete, stand_in, strava_id, connecting=True)

    assert "another" in messages_in(answer)
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

    assert "another" in messages_in(answer)
    connection = StravaConnection.objects.get()
    assert connection.user == linked
    assert connection.refresh_token.reveal() != old
    async_to_sync(revoke_due)()
    assert not Revocation.objects.exists()
    assert async_to_sync(whoami)(strava_id) == strava_id


def test_connect_of_a_visitor_who_signed_out_is_revoked(as_athlete: Client, stand_in: StandIn, strava_id: int) -> None:
    as_athlete.post("/accounts/reauthenticate/", {"password": PASSWORD})
    start = as_athlete.post("/accounts/strava/login/?process=connect")
    back = urlsplit(stand_in.consent(start.headers["Location"], strava_id))
    session = as_athlete.session
    for name in ("_auth_user_id", "_auth_user_backend", "_auth_user_hash"):
        del session[name]
    session.save()

    as_athlete.get(f"{back.path}?{back.query}")

    assert not StravaConnection.objects.exists()
    assert Revocation.objects.get().strava_id == code_of_athlete(strava_id)


def test_sign_in_of_a_deactivated_account_is_revoked(
    client: Client, linked: User, stand_in: StandIn, strava_id: int
) -> None:
    disconnect(linked, keep_typed_in=True)
    Revocation.objects.all().delete()
    User.objects.filter(pk=linked.pk).update(is_active=False)

    come_back(Client(), stand_in, strava_id)

    assert not StravaConnection.objects.exists()
    assert Revocation.objects.get().strava_id == code_of_athlete(strava_id)


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
        disconnect(athlete, keep_typed_in=True)


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

    assert "Disconnect that one first" in messages_in(answer)
    assert StravaConnection.objects.get().strava_id == strava_id
    assert not Revocation.objects.of_athlete(strava_id).exists(), "the refused grant is revoked"


def test_disconnecting_revokes_at_once_and_keeps_sign_in_with_strava(
    client: Client, stand_in: StandIn, strava_id: int
) -> None:
    come_back(client, stand_in, strava_id)

    answer = client.post("/settings/disconnect-strava/")

    assert "withdrawn our access" in messages_in(answer)
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

    assert "keep asking it" in messages_in(answer)
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
