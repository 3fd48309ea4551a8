"""Operators: reset links, the admin, and two-step sign-in for staff."""

from io import StringIO

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, yield_hotp_counters_from_time
from allauth.mfa.totp.internal.auth import hotp_value as hotp
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.utils import timezone

from strava_live.accounts.connections import connect_strava
from strava_live.accounts.encryption import code_of_athlete
from strava_live.accounts.models import Revocation, User
from strava_live.strava.payloads import Tokens
from tests.passwords import PASSWORD

pytestmark = pytest.mark.once

SECRET = "JBSWY3DPEHPK3PXP"


def reset_link(who: str) -> str:
    said = StringIO()
    call_command("reset_link", who, stdout=said)
    return said.getvalue().strip()


def test_reset_link_sets_a_new_password_once(athlete: User, client: Client) -> None:
    link = reset_link("alva")
    assert link.startswith("http://testserver/accounts/password/reset/key/")
    path = link.removeprefix("http://testserver")

    form = client.get(path, follow=True)
    new = {"password1": "a-brand-new-clock", "password2": "a-brand-new-clock"}
    client.post(form.redirect_chain[-1][0], new)

    assert Client().login(username="alva", password="a-brand-new-clock")
    assert not Client().login(username="alva", password=PASSWORD)
    again = Client().get(path, follow=True)
    assert "form" not in again.context or again.context.get("token_fail")


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["unknown", "strava:17", "strava:x", ""])
def test_reset_link_for_an_unknown_user(who: str) -> None:
    with pytest.raises(CommandError, match="no account called"):
        reset_link(who)


@pytest.mark.django_db
def test_password_reset_without_email_names_who_can_help(client: Client) -> None:
    page = client.get("/accounts/password/reset/")

    assert page.status_code == 200
    assert b"Ask the people who run" in page.content
    assert b'name="email"' not in page.content


def test_admin_is_hidden_from_visitors_and_athletes(as_athlete: Client, client: Client) -> None:
    assert client.get("/admin/").headers["Location"].startswith("/admin/login/")
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/login/")
    assert as_athlete.get("/admin/", follow=True).status_code == 404


def test_admin_requires_two_step_sign_in(operator: User, client: Client) -> None:
    client.login(username="olive", password=PASSWORD)

    before = client.get("/admin/", follow=True)
    assert before.redirect_chain[-1][0].startswith(("/accounts/2fa/totp/activate/", "/accounts/reauthenticate/"))
    TOTP.activate(operator, SECRET)

    fresh = Client()
    stage = fresh.post("/accounts/login/?next=/admin/", {"login": "olive", "password": PASSWORD})
    assert stage.headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert fresh.get("/admin/").status_code == 302
    counter = next(iter(yield_hotp_counters_from_time()))
    fresh.post("/accounts/2fa/authenticate/", {"code": format_hotp_value(hotp(SECRET, counter))})

    assert fresh.get("/admin/").status_code == 200


def test_admin_lists_users_but_no_tokens() -> None:
    from django.contrib import admin

    assert {model.__name__ for model in admin.site._registry} == {"ParkrunEvent", "User"}


def test_deleting_a_user_in_the_admin_revokes_their_token(operator: User, athlete: User, rf: RequestFactory) -> None:
    from django.contrib import admin

    tokens = Tokens("access", "refresh", timezone.now())
    connect_strava(athlete, strava_id=17, tokens=tokens, scopes="read")

    admin.site._registry[User].delete_queryset(rf.post("/"), User.objects.filter(pk=athlete.pk))

    assert not User.objects.filter(pk=athlete.pk).exists()
    assert Revocation.objects.get().strava_id == code_of_athlete(17)


def test_sign_in_limit_ignores_a_forged_header(athlete: User) -> None:
    answers = []
    for number in range(12):
        forged = {"x-forwarded-for": f"203.0.113.{number}"}
        wrong = {"login": "alva", "password": f"wrong-{number}"}
        answers.append(Client().post("/accounts/login/", wrong, headers=forged))

    refused = [answer for answer in answers if b"Too many" in answer.content]
    assert refused
    right = Client().post(
        "/accounts/login/", {"login": "alva", "password": PASSWORD}, headers={"x-forwarded-for": "1.2.3.4"}
    )
    assert right.status_code != 302
