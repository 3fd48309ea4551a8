"""The site's small middleware: methods and caching, on every address of the site, and compression."""

import gzip
from collections.abc import Iterator

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory

from strava_live.accounts.models import User
from strava_live.clubs.founding import found_club
from strava_live.clubs.keys import put_up_screen
from strava_live.protocol.api_common import V1
from strava_live.web.middleware import CompressionMiddleware
from tests.web import kept
from tests.web.addresses import every_address
from tests.web.deletion import RIGHT

pytestmark = pytest.mark.once

# --- Methods

REFUSED = ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "CONNECT", "PROPFIND", "NONSENSE"]


@pytest.mark.parametrize("method", REFUSED)
@pytest.mark.parametrize("who", ["athlete", "stranger"])
def test_other_methods_are_405_on_every_address(athlete: User, who: str, method: str) -> None:
    kept.activity(athlete, 1)
    client = Client()
    if who == "athlete":
        client.force_login(athlete)

    pages = [path for path in every_address() if not path.startswith(V1)]  # the API has routes of other methods
    answers = {path: client.generic(method, path, data=b"a=1") for path in pages}

    assert {path for path, answer in answers.items() if answer.status_code != 405} == set()
    for answer in answers.values():
        assert {"GET", "POST"} & set(answer.headers["Allow"].split(", "))
        assert method not in answer.headers["Allow"]
        assert answer.content == b""


@pytest.mark.parametrize("who", ["athlete", "stranger"])
def test_head_answers_as_get_does(athlete: User, who: str) -> None:
    kept.activity(athlete, 1)
    client = Client()
    if who == "athlete":
        client.force_login(athlete)

    for path in every_address():
        got, head = client.get(path), client.head(path)

        assert (path, head.status_code) == (path, got.status_code)
        assert head.headers.get("Location") == got.headers.get("Location")
        assert b"".join(head) == b""


def test_head_does_not_start_a_strava_sign_in(client: Client, db: None) -> None:
    assert client.head("/accounts/strava/login/").status_code == 200


def test_get_of_a_form_address_is_405(as_athlete: Client) -> None:
    answer = as_athlete.get("/sync/start/")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


# --- No store


def test_pages_of_signed_in_people_are_not_stored(operator: User) -> None:
    kept.activity(operator, 1)
    club = found_club("Striders", time_zone="UTC", captain=operator)
    TOTP.activate(operator, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(operator)
    client = Client()
    client.force_login(operator)
    answers = {path: client.get(path) for path in every_address(slug=club.slug, user_id=operator.pk, pk=operator.pk)}

    stored = {path for path, answer in answers.items() if "no-store" not in answer.headers.get("Cache-Control", "")}

    assert stored == {"/api/v1/openapi.json", "/manifest.webmanifest", "/offline/", "/sw.js"}  # the same for everybody
    shown = {path for path, answer in answers.items() if answer.status_code == 200}
    assert {"/settings/", "/settings/delete-account/", "/accounts/2fa/", "/admin/", "/privacy/"} <= shown


def test_sign_in_pages_are_not_stored(client: Client, db: None) -> None:
    paths = [path for path in every_address() if path.startswith(("/accounts/", "/settings/", "/admin/"))]

    assert [path for path in paths if "no-store" not in client.get(path).headers["Cache-Control"]] == []


def test_refused_forms_and_account_deletion_are_not_stored(as_athlete: Client) -> None:
    refused = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "alva"})
    deleted = as_athlete.post("/settings/delete-account/", RIGHT)

    assert refused.headers["Cache-Control"] == deleted.headers["Cache-Control"] == "no-store"


def test_public_page_may_be_stored(client: Client, db: None) -> None:
    assert "Cache-Control" not in client.get("/privacy/").headers


def test_screen_keeps_its_own_cache_header(as_athlete: Client, captain: User) -> None:
    club = found_club("Striders", time_zone="UTC", captain=captain)
    secret = put_up_screen(club.pk).secret.reveal()

    for client in (as_athlete, Client()):
        answer = client.get(f"/clubs/{club.slug}/screen/{secret}/")

        assert (answer.status_code, answer.headers["Cache-Control"]) == (
            200,
            "max-age=0, no-cache, no-store, must-revalidate, private",
        )


# --- Signing out


def test_signing_out_has_the_browser_delete_what_it_stored(as_athlete: Client) -> None:
    before = as_athlete.get("/privacy/")
    signed_out = as_athlete.post("/accounts/logout/")
    after = as_athlete.post("/accounts/logout/")

    assert signed_out.headers["Clear-Site-Data"] == '"storage"'
    assert not {"Clear-Site-Data"} & {*before.headers, *after.headers}


def test_deleting_the_account_has_the_browser_delete_what_it_stored(as_athlete: Client) -> None:
    assert as_athlete.post("/settings/delete-account/", RIGHT).headers["Clear-Site-Data"] == '"storage"'


# --- Compression

LONG = "A parkrun a week. " * 100


def sent(response: HttpResponseBase, method: str = "GET", accept: str = "gzip, deflate, br") -> HttpResponseBase:
    request: HttpRequest = RequestFactory().generic(method, "/", headers={"accept-encoding": accept})
    return CompressionMiddleware(lambda _: response).process_response(request, response)


def is_compressed(response: HttpResponseBase) -> bool:
    return response.headers.get("Content-Encoding") == "gzip"


@pytest.mark.parametrize("response", [HttpResponse(LONG), JsonResponse({"words": LONG})])
def test_long_answers_are_compressed(response: HttpResponse) -> None:
    plain = response.content
    answer = sent(response)

    assert isinstance(answer, HttpResponse)
    assert gzip.decompress(answer.content) == plain
    assert int(answer.headers["Content-Length"]) == len(answer.content) < len(plain)
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_lengths_differ_from_answer_to_answer() -> None:
    """Django adds a random number of bytes, which protects against attacks that measure sizes (BREACH)."""
    lengths = {sent(HttpResponse(LONG)).headers["Content-Length"] for _ in range(40)}

    assert len(lengths) > 5


def test_short_answers_pictures_and_streams_are_not_compressed() -> None:
    def stream() -> Iterator[bytes]:
        yield LONG.encode()

    assert not is_compressed(sent(HttpResponse("OK")))
    assert not is_compressed(sent(HttpResponse(LONG, content_type="image/png")))
    assert not is_compressed(sent(StreamingHttpResponse(stream())))
    assert not is_compressed(sent(HttpResponse(LONG), accept="identity"))


def test_head_of_a_compressed_page_has_no_content_length() -> None:
    answer = sent(HttpResponse(LONG), method="HEAD")

    assert is_compressed(answer)
    assert "Content-Length" not in answer.headers


def test_an_etag_becomes_weak() -> None:
    assert sent(HttpResponse(LONG, headers={"ETag": '"1"'})).headers["ETag"] == 'W/"1"'


def test_pages_of_the_site_are_compressed_and_still_kept_out_of_caches(client: Client, db: None) -> None:
    answer = client.get("/accounts/login/", headers={"accept-encoding": "gzip"})

    assert is_compressed(answer)
    assert b"csrfmiddlewaretoken" in gzip.decompress(answer.content)
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Accept-Encoding" in answer.headers["Vary"]
