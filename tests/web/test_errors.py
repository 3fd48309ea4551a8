"""The error pages, and protection against forged requests."""

from io import BytesIO

import pytest
from django.test import Client, RequestFactory
from django.utils.http import urlencode
from pytest_django import Settings

from strava_live.accounts.models import User
from strava_live.web import errors

pytestmark = pytest.mark.once


@pytest.mark.django_db
def test_unknown_address_shows_the_404_page(client: Client) -> None:
    answer = client.get("/no/such/page/")

    assert answer.status_code == 404
    assert answer.templates[0].name == "errors/404.html"


def test_unknown_host_shows_the_400_page(client: Client) -> None:
    answer = client.get("/", headers={"host": "elsewhere.example"})

    assert answer.status_code == 400
    assert b"<h1" in answer.content


def test_server_error_page_shows_the_request_id() -> None:
    request = RequestFactory().get("/")
    request.scope = {"request_id": "abc123def456"}  # type: ignore[attr-defined]

    answer = errors.server_error(request)

    assert answer.status_code == 500
    assert b"abc123def456" in answer.content


@pytest.mark.django_db
def test_form_without_a_csrf_token_is_refused_with_an_explanation() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "alva", "password": "x"})

    assert answer.status_code == 403
    assert answer.templates[0].name == "errors/csrf.html"


def test_form_from_a_foreign_origin_is_refused(athlete: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(athlete)
    client.get("/settings/")
    token = client.cookies["csrftoken"].value
    form = {"display_name": "Mallory", "time_zone": "UTC", "csrfmiddlewaretoken": token}

    foreign = client.post("/settings/", form, headers={"origin": "https://evil.example"})
    own = client.post("/settings/", form, headers={"origin": "http://testserver"})

    assert (foreign.status_code, own.status_code) == (403, 302)


@pytest.mark.django_db
def test_pages_carry_their_security_headers(client: Client, settings: Settings) -> None:
    headers = client.get("/").headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/", "/privacy/", "/settings/", "/accounts/login/", "/accounts/logout/"])
def test_reading_a_page_changes_nothing(as_athlete: Client, path: str) -> None:
    before = list(User.objects.values())

    as_athlete.get(path)

    assert list(User.objects.values()) == before
    assert as_athlete.get("/settings/").status_code == 200


@pytest.mark.parametrize("path", ["/clubs/striders/posts/", "/settings/", "/accounts/signup/", "/accounts/login/"])
@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"text": "x" * 2_700_000}, "over the 2.5\xa0MB limit"),
        ({f"f{n}": "" for n in range(1100)}, "more than 1000 fields"),
    ],
)
def test_too_large_form_is_answered_with_the_limit(
    athlete: User, path: str, form: dict[str, str], sentence: str
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(athlete)
    client.get("/settings/")  # sets the CSRF cookie, which a browser would have

    answer = client.post(path, urlencode(form), content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 413
    assert sentence in answer.content.decode()
    assert "nothing was saved" in answer.content.decode()


def test_too_many_files_are_answered_with_an_explanation(as_athlete: Client) -> None:
    files = {f"file{n}": BytesIO(b"x") for n in range(150)}

    assert as_athlete.post("/settings/", files).status_code == 413
