"""A stolen session changes none of the ways to sign in: that needs the password, or a sign-in with Strava."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from simulators.process import StandIn
from strava_live.accounts.models import StravaConnection, User
from tests.accounts.strava_consent import come_back
from tests.passwords import PASSWORD
from tests.web.deletion import ADDRESS, make_sign_in_older
from tests.web.reading import said

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
CONNECT = "/accounts/strava/login/?process=connect"
SET_PASSWORD = "/accounts/password/set/"
NEW = {"password1": "a-thief's-long-clock", "password2": "a-thief's-long-clock"}


def is_linked(who: User) -> bool:
    return bool(SocialAccount.objects.filter(user=who).exists())


def test_connecting_asks_for_the_password_and_then_goes_on(
    as_athlete: Client, athlete: User, stand_in: StandIn
) -> None:
    asked = as_athlete.post(CONNECT, {"next": "/sync/"})
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")

    as_athlete.post(asked.headers["Location"], {"password": "wrong"})
    on = as_athlete.post(asked.headers["Location"], {"password": PASSWORD})

    back = urlsplit(stand_in.consent(on.headers["Location"], stand_in.add_athlete(activities=1)))
    assert as_athlete.get(f"{back.path}?{back.query}").headers["Location"] == "/sync/"
    assert is_linked(athlete)


def test_link_that_comes_back_from_strava_too_late_is_rejected(
    as_athlete: Client, athlete: User, stand_in: StandIn
) -> None:
    strava_id = stand_in.add_athlete(activities=1)
    asked = as_athlete.post(CONNECT)
    on = as_athlete.post(asked.headers["Location"], {"password": PASSWORD})
    back = urlsplit(stand_in.consent(on.headers["Location"], strava_id))
    make_sign_in_older(as_athlete)

    answer = as_athlete.get(f"{back.path}?{back.query}")

    assert "we have to know that it's you" in said(as_athlete.get(answer.headers["Location"]))
    assert not is_linked(athlete)
    assert not StravaConnection.objects.exists()


def test_new_account_connects_without_being_asked_again(client: Client, stand_in: StandIn) -> None:
    form = {"username": "newcomer", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/signup/", form).status_code == 302

    assert client.post(CONNECT).headers["Location"].startswith(stand_in.url)


@pytest.fixture
def stolen(client: Client, stand_in: StandIn, strava_id: int) -> Client:
    """The session of an account without a password, eleven minutes after its sign-up with Strava."""
    come_back(client, stand_in, strava_id)
    make_sign_in_older(client)
    return client


def test_first_password_needs_a_new_sign_in_with_strava(stolen: Client, stand_in: StandIn, strava_id: int) -> None:
    assert "Sign in with Strava again" in said(stolen.get(SET_PASSWORD))
    assert stolen.post(SET_PASSWORD, NEW).status_code == 403
    assert not User.objects.get().has_usable_password()

    come_back(stolen, stand_in, strava_id)

    assert stolen.post(SET_PASSWORD, NEW).status_code == 302
    assert User.objects.get().has_usable_password()


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/accounts/email/", {"action_add": "", "email": "thief@example.org"}),
        ("/accounts/2fa/totp/activate/", {"code": "123456"}),
    ],
)
def test_other_ways_in_need_it_too(stolen: Client, path: str, form: dict[str, str]) -> None:
    answer = stolen.post(path, form)

    assert answer.status_code == 403
    assert "Sign in with Strava again" in said(answer)
    assert not EmailAddress.objects.exists()
    assert not Authenticator.objects.exists()


def test_another_athlete_takes_the_place_of_a_link_only_with_a_proof(stolen: Client, stand_in: StandIn) -> None:
    thief_id, owner = stand_in.add_athlete(activities=1), User.objects.get()
    stolen.post("/settings/disconnect-strava/")

    come_back(stolen, stand_in, thief_id, connecting=True)

    assert SocialAccount.objects.get(user=owner).uid != str(thief_id)
    assert not StravaConnection.objects.exists()


def test_same_athlete_is_connected_again_without_a_proof(stolen: Client, stand_in: StandIn, strava_id: int) -> None:
    stolen.post("/settings/disconnect-strava/")

    come_back(stolen, stand_in, strava_id, connecting=True)

    assert StravaConnection.objects.get().strava_id == strava_id


def test_link_that_was_made_lately_does_not_confirm_a_deletion(
    as_athlete: Client, athlete: User, stand_in: StandIn, strava_id: int
) -> None:
    User.objects.filter(pk=athlete.pk).update(date_joined=athlete.date_joined - timedelta(days=1))
    come_back(as_athlete, stand_in, strava_id, connecting=True)

    come_back(as_athlete, stand_in, strava_id)

    assert "Your password" in said(as_athlete.get(ADDRESS))
    assert as_athlete.post(ADDRESS, {"confirm": "yes"}).status_code == 422
    link = SocialAccount.objects.get()
    link.date_joined -= timedelta(seconds=601)
    link.save()
    assert as_athlete.post(ADDRESS, {"confirm": "yes"}).status_code == 302
