"""/settings/delete-account/: it asks for a proof, counts what goes, deletes the account, and gives a receipt."""

import time

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client

from simulators.process import StandIn
from strava_live.accounts.models import Revocation, User
from strava_live.clubs.models import Club
from strava_live.web.access import signed_in_user
from strava_live.web.delete_account_page import give_receipt
from tests.accounts.strava_consent import come_back
from tests.clubs.visits import as_
from tests.person_with_everything import NAME, USERNAME, person_with_everything
from tests.web.deletion import ADDRESS, RIGHT, make_sign_in_older
from tests.web.reading import said

pytestmark = pytest.mark.django_db
RECEIPT = "/settings/account-deleted/"


def exists(who: User) -> bool:
    return User.objects.filter(pk=who.pk).exists()


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "Tick the box"),
        ({"confirm": "yes"}, "Enter your password"),
        ({"confirm": "no", "password": RIGHT["password"]}, "Tick the box"),
        ({"password": RIGHT["password"]}, "Tick the box"),
        ({"confirm": "yes", "password": "wrong"}, "That isn't your password"),
    ],
)
def test_form_obeys_password_and_confirm(as_athlete: Client, athlete: User, form: dict[str, str], words: str) -> None:
    answer = as_athlete.post(ADDRESS, form)

    assert answer.status_code == 422
    assert words in said(answer)
    assert exists(athlete)
    assert as_athlete.get("/settings/").status_code == 200


def test_page_shows_in_numbers_what_goes_and_which_club_closes(client: Client) -> None:
    client.force_login(person_with_everything().person)

    page = said(client.get(ADDRESS))

    for words in (
        f"<strong>{NAME}</strong> ({USERNAME})",
        "3 activities from Strava",
        "3 parkruns",
        "2 club memberships",
        "2 posts",
    ):
        assert words in page
    assert "Sunday Club closes because you're its only member." in page
    assert "sign-ins on devices" in page


@pytest.mark.parametrize("form", [None, {"confirm": "yes", "password": "wrong"}])
def test_page_reads_no_sessions_but_the_visitors_own(
    as_athlete: Client, form: dict[str, str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading the sessions of all people takes long, and every user may request the page."""

    def refuse(session_data: str) -> None:
        raise AssertionError("a session was decoded")

    monkeypatch.setattr("strava_live.accounts.person_sessions.decoded", refuse)

    answer = as_athlete.get(ADDRESS) if form is None else as_athlete.post(ADDRESS, form)

    assert answer.status_code == (200 if form is None else 422)


def test_page_is_limited_per_person(as_athlete: Client, athlete: User, client: Client, clubmate: User) -> None:
    answers = [as_athlete.get(ADDRESS).status_code for _ in range(21)]

    assert answers == [200] * 20 + [429]
    refused = as_athlete.post(ADDRESS, RIGHT)
    assert (refused.status_code, "Too many requests" in said(refused)) == (429, True)
    assert exists(athlete)
    assert as_(clubmate).get(ADDRESS).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_receipt_is_shown_to_the_signed_out_person_without_a_name(client: Client) -> None:
    everything = person_with_everything()
    client.force_login(everything.person)
    other_device = as_(everything.person)

    answer = client.post(ADDRESS, RIGHT)

    assert (answer.status_code, answer.headers["Location"]) == (302, RECEIPT)
    page = said(client.get(RECEIPT))
    assert "3 activities from Strava" in page
    assert "We've asked Strava" in page
    assert [mark for mark in everything.marks if mark in page] == []
    assert other_device.get("/settings/").headers["Location"].startswith("/accounts/login/")
    assert not Session.objects.filter(session_key=other_device.session.session_key).exists()
    assert "sign-in" in said(client.get(RECEIPT)), "it can be loaded again for a while"
    assert Client().get(RECEIPT).headers["Location"] == "/"


def test_receipt_ends(as_athlete: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    as_athlete.post(ADDRESS, RIGHT)
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 601)

    assert as_athlete.get(RECEIPT).headers["Location"] == "/"


def test_wrong_passwords_are_limited_as_at_sign_in(as_athlete: Client, athlete: User) -> None:
    answers = [said(as_athlete.post(ADDRESS, RIGHT | {"password": f"wrong {number}"})) for number in range(6)]

    assert "That isn't your password" in answers[4]
    assert "Too many wrong passwords" in answers[5]
    assert "Too many wrong passwords" in said(as_athlete.post(ADDRESS, RIGHT))
    assert exists(athlete)


def test_right_password_counts_as_no_attempt(as_athlete: Client, athlete: User) -> None:
    for number in range(4):
        as_athlete.post(ADDRESS, RIGHT | {"password": f"wrong {number}"})

    assert as_athlete.post(ADDRESS, RIGHT).status_code == 302
    assert not exists(athlete)


def test_account_without_a_password_and_strava_is_sent_to_the_operators(client: Client) -> None:
    who = User.objects.create_user("nobody")
    client.force_login(who)

    assert "Ask the people who run" in said(client.get(ADDRESS))
    assert "Ask the people who run" in said(client.get("/accounts/password/set/"))
    assert client.post(ADDRESS, {"confirm": "yes", "password": "x"}).status_code == 422
    assert exists(who)


@pytest.mark.django_db(transaction=True)
def test_fresh_sign_in_with_strava_takes_the_place_of_the_password(client: Client, stand_in: StandIn) -> None:
    strava_id = stand_in.add_athlete(activities=1)
    come_back(client, stand_in, strava_id)
    who = User.objects.get()
    assert str(strava_id) not in str(dict(client.session.items()))
    make_sign_in_older(client)
    assert client.post(ADDRESS, {"confirm": "yes"}).status_code == 422
    assert "Sign in with Strava again" in said(client.get(ADDRESS))

    come_back(client, stand_in, strava_id)
    assert "You've just signed in with Strava" in said(client.get(ADDRESS))
    answer = client.post(ADDRESS, {"confirm": "yes"})

    assert answer.status_code == 302
    assert not exists(who)
    assert strava_id not in stand_in.stats()["connected"]
    assert "Strava has withdrawn our access" in said(client.get(RECEIPT))


def test_someone_else_at_strava_neither_confirms_nor_gets_an_account(
    as_athlete: Client, athlete: User, stand_in: StandIn
) -> None:
    stranger_id = stand_in.add_athlete(activities=1)

    start = as_athlete.post("/accounts/strava/login/", {"next": ADDRESS})
    back = stand_in.consent(start.headers["Location"], stranger_id)
    answer = as_athlete.get(back.partition("testserver")[2])

    assert answer.headers["Location"] == ADDRESS
    assert "another Strava account" in said(as_athlete.get(ADDRESS))
    assert User.objects.count() == 1


def test_two_step_sign_in_is_not_asked_for_again(as_athlete: Client, athlete: User) -> None:
    TOTP.activate(athlete, "JBSWY3DPEHPK3PXP")

    assert as_athlete.post(ADDRESS, RIGHT).status_code == 302
    assert not exists(athlete)


def test_second_device_that_deletes_at_the_same_moment_is_signed_out(
    as_athlete: Client, athlete: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account is deleted after the second device's request has been admitted."""
    second = as_(athlete)
    monkeypatch.setattr("strava_live.web.delete_account_page.erase", deleting_before(as_athlete))

    answer = second.post(ADDRESS, RIGHT)

    assert answer.headers["Location"] == RECEIPT
    assert "This account has been deleted." in said(second.get(RECEIPT, follow=True))


def test_button_that_is_pressed_twice_leads_to_the_receipt(
    as_athlete: Client, athlete: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from strava_live.lifecycle.erasure import erase

    def answer_first_press(user: User, **how: bool) -> object:
        answer = HttpResponse()
        give_receipt(answer, erase(User.objects.get(pk=user.pk)).receipt)
        as_athlete.cookies.update(answer.cookies)
        return erase(user, **how)

    monkeypatch.setattr("strava_live.web.delete_account_page.erase", answer_first_press)

    answer = as_athlete.post(ADDRESS, RIGHT)

    assert (answer.status_code, answer.headers["Location"]) == (302, RECEIPT)
    assert "your account: name, username, password and profile" in said(as_athlete.get(RECEIPT))


@pytest.mark.django_db(transaction=True)
def test_receipt_is_given_although_the_database_fails_after_the_deletion(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client.force_login(person_with_everything().person)

    async def fail(_: object) -> None:
        raise OperationalError("the database has gone away")

    monkeypatch.setattr("strava_live.lifecycle.erasure.revoke_now", fail)

    client.post(ADDRESS, RIGHT)

    assert "We've asked Strava" in said(client.get(RECEIPT))
    assert "could not be withdrawn now" in caplog.text
    assert Revocation.objects.exists()


def deleting_before(client: Client):  # type: ignore[no-untyped-def]
    from strava_live.lifecycle.erasure import erase

    def delete_first(user: User, **how: bool) -> object:
        erase(User.objects.get(pk=user.pk))
        return erase(user, **how)

    return delete_first


def test_form_of_another_device_stores_nothing(
    as_athlete: Client, athlete: User, club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    from strava_live.lifecycle.erasure import erase

    def delete_meanwhile(request):  # type: ignore[no-untyped-def]
        user = signed_in_user(request)
        if exists(user):
            erase(User.objects.get(pk=user.pk))
        return user

    monkeypatch.setattr("strava_live.web.settings_page.signed_in_user", delete_meanwhile)
    answer = as_athlete.post("/settings/", {"display_name": "Ghost", "time_zone": "UTC"})

    assert answer.headers["Location"] == "/"
    assert not exists(athlete)


def test_request_to_the_api_of_another_device_is_401(
    as_athlete: Client, athlete: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from strava_live.feed.parkrun_entries import athlete_lock
    from strava_live.lifecycle.erasure import erase

    def delete_meanwhile(athlete_id: int):  # type: ignore[no-untyped-def]
        if exists(athlete):
            erase(User.objects.get(pk=athlete_id))
        return athlete_lock(athlete_id)

    monkeypatch.setattr("strava_live.sync.results_by_hand.athlete_lock", delete_meanwhile)
    from tests.clubs.runs import event

    event()
    body = {"event": "bushy", "date": "2024-06-01", "how": "run"}
    answer = as_athlete.post("/api/v1/parkruns", body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
