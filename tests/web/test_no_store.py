"""What is personal stays in no browser's cache: after signing out, Back shows nothing of it."""

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from strava_live.accounts.models import User
from strava_live.clubs.founding import found_club
from strava_live.clubs.keys import put_up_screen
from tests.web import kept
from tests.web.addresses import every_address


def test_every_page_for_somebody_signed_in_is_stored_nowhere(operator: User) -> None:
    kept.activity(operator, 1)
    club = found_club("Striders", time_zone="UTC", captain=operator)
    TOTP.activate(operator, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(operator)
    client = Client()
    client.force_login(operator)
    answers = {path: client.get(path) for path in every_address(slug=club.slug, user_id=operator.pk, pk=operator.pk)}

    stored = {path for path, answer in answers.items() if "no-store" not in answer.headers.get("Cache-Control", "")}

    assert stored == set()
    shown = {path for path, answer in answers.items() if answer.status_code == 200}
    assert {"/settings/", "/settings/delete-account/", "/accounts/2fa/", "/admin/", "/privacy/"} <= shown


def test_pages_where_people_sign_in_are_stored_nowhere(client: Client, db: None) -> None:
    paths = [path for path in every_address() if path.startswith(("/accounts/", "/settings/", "/admin/"))]

    assert [path for path in paths if "no-store" not in client.get(path).headers["Cache-Control"]] == []


def test_what_leads_out_is_stored_nowhere(as_athlete: Client) -> None:
    form = {"confirm": "yes", "password": "x"}

    refused = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "alva"})
    deleted = as_athlete.post("/settings/delete-account/", form)

    assert refused.headers["Cache-Control"] == deleted.headers["Cache-Control"] == "no-store"


def test_page_without_anybody_may_be_stored(client: Client, db: None) -> None:
    assert "Cache-Control" not in client.get("/privacy/").headers


def test_screen_keeps_its_own_rule(as_athlete: Client, captain: User) -> None:
    club = found_club("Striders", time_zone="UTC", captain=captain)
    secret = put_up_screen(club.pk).secret.reveal()

    for client in (as_athlete, Client()):
        answer = client.get(f"/clubs/{club.slug}/screen/{secret}/")

        assert (answer.status_code, answer.headers["Cache-Control"]) == (
            200,
            "max-age=0, no-cache, no-store, must-revalidate, private",
        )
