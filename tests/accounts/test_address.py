"""Every page ignores a `next` that cannot be redirected to."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils.http import urlencode

from simulators.process import StandIn
from strava_live.accounts.address import can_redirect_to
from strava_live.accounts.models import User
from tests.passwords import PASSWORD
from tests.web import kept

pytestmark = pytest.mark.once
UNUSABLE = ["//[", "http://[", "//[x]", "https://]", "//℀", "\\\\[", "/" + "é" * 700]
PAGES = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/logout/",
    "/accounts/password/reset/",
    "/accounts/strava/login/",
    "/accounts/confirm-email/none/",
    "/admin/login/",
    "/admin/logout/",
    "/settings/",
]


@pytest.mark.parametrize("unusable", UNUSABLE)
@pytest.mark.parametrize("page", PAGES)
def test_page_ignores_a_bad_next(client: Client, db: None, page: str, unusable: str) -> None:
    without = client.get(page)

    answer = client.get(f"{page}?{urlencode({'next': unusable})}")

    if page in {"/settings/", "/admin/login/"} and len(unusable) < 100:
        # One comes back to the whole address, and there its `next` counts for nothing.
        assert parse_qs(urlsplit(answer.headers["Location"]).query)["next"][0].startswith(page)
    elif page not in {"/settings/", "/admin/login/"}:
        assert answer.headers.get("Location") == without.headers.get("Location")
        assert answer.status_code == without.status_code
    assert answer.status_code < 500


@pytest.mark.parametrize("unusable", UNUSABLE)
@pytest.mark.parametrize("page", [page for page in PAGES if "confirm" not in page])
def test_page_ignores_a_bad_next_when_signed_in(as_athlete: Client, page: str, unusable: str) -> None:
    without = as_athlete.get(page)

    answer = as_athlete.get(f"{page}?{urlencode({'next': unusable})}")

    assert answer.status_code == without.status_code
    assert answer.headers.get("Location") == without.headers.get("Location")


@pytest.mark.parametrize("unusable", UNUSABLE)
@pytest.mark.parametrize("named", ["query", "form"])
def test_forms_ignore_a_bad_next(client: Client, athlete: User, named: str, unusable: str) -> None:
    query, field = (f"?{urlencode({'next': unusable})}", {}) if named == "query" else ("", {"next": unusable})

    signed_in = client.post(f"/accounts/login/{query}", {"login": "alva", "password": PASSWORD} | field)
    signed_out = client.post(f"/accounts/logout/{query}", field)
    new = {"username": "newcomer", "password1": PASSWORD, "password2": PASSWORD}
    signed_up = client.post(f"/accounts/signup/{query}", new | field)

    assert [answer.headers["Location"] for answer in (signed_in, signed_out, signed_up)] == ["/", "/", "/"]


@pytest.mark.parametrize("unusable", UNUSABLE)
def test_strava_sign_in_ignores_a_bad_next(client: Client, db: None, stand_in: StandIn, unusable: str) -> None:
    answer = client.post(f"/accounts/strava/login/?{urlencode({'next': unusable})}")

    assert answer.headers["Location"].startswith(stand_in.oauth_url)


@pytest.mark.parametrize("unusable", UNUSABLE)
def test_forms_of_the_site_ignore_a_bad_next(as_athlete: Client, unusable: str) -> None:
    kept.activity(User.objects.get(), 1)

    saved = as_athlete.post("/activities/1/save/", {"next": unusable})
    page = as_athlete.get(f"/activities/1/parkrun/?{urlencode({'next': unusable})}")

    assert saved.headers["Location"] == "/activities/1/"
    assert page.status_code == 200


@pytest.mark.parametrize("path", ["//[", "//[/settings/", "//℀/", "/[x]/", "//settings/"])
def test_malformed_path_is_not_found(client: Client, db: None, path: str) -> None:
    assert client.get("/", PATH_INFO=path.encode().decode("latin-1")).status_code == 404


def test_valid_urls_can_be_redirected_to() -> None:
    assert all(can_redirect_to(url) for url in ["/", "/sync/#maybes", "/a/?b=[1]", "https://example.org/", "/ü/"])
