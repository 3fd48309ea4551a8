"""No address under /api/ answers with HTML, whatever happens: each error goes through all middleware of the site."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client
from pydantic import TypeAdapter
from pytest_django import Settings

from strava_live.error_codes import ErrorCode
from strava_live.protocol import ErrorBody
from strava_live.protocol.api_common import DOCS, ROOT
from tests.web.addresses import every_address

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.api.sample_urls"), pytest.mark.once]
BODY = TypeAdapter(ErrorBody)
BROWSER = {"accept": "text/html,application/xhtml+xml", "accept-encoding": "gzip"}
"""Headers of a browser, for which the site's pages are rendered and compressed."""
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "NONSENSE"]


@pytest.fixture
def browser(as_athlete: Client) -> Client:
    """A signed-in browser that sees answers to faults instead of exceptions."""
    as_athlete.raise_request_exception = False
    return as_athlete


def asked(client: Client, path: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> Any:
    return client.generic(method, path, headers=BROWSER | dict(headers or {}))


def error_in(answer: Any) -> tuple[int, ErrorCode]:
    """Return the status and code of an answer. Fail if it is anything but an error in JSON."""
    assert answer.headers["Content-Type"] == "application/json"
    assert "Content-Encoding" not in answer.headers
    assert "no-store" in answer.headers["Cache-Control"]
    body = BODY.validate_json(answer.content, strict=True)
    assert "<" not in body["message"]
    return answer.status_code, body["code"]


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v1/nowhere", "/api/v2/me", "/api/docs/", "/api/v1/%00", "/api/v1/me/"]
)
def test_unknown_address(browser: Client, settings: Settings, path: str, debug: bool) -> None:
    settings.DEBUG = debug

    for client in (browser, Client()):
        assert error_in(asked(client, path)) == (404, ErrorCode.NOT_FOUND)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_on_every_address(browser: Client, settings: Settings, method: str) -> None:
    settings.API_READS_A_MINUTE = settings.API_WRITES_A_MINUTE = 10_000
    for path in every_address(length="1", number="1"):
        if path.startswith(ROOT) and path != DOCS:
            answer = asked(browser, path, method)
            if answer.status_code == 405:
                assert method not in answer.headers["Allow"].split(", ")
                assert ("GET" in answer.headers["Allow"]) == ("HEAD" in answer.headers["Allow"])
            if answer.status_code >= 400:  # the OpenAPI document has the character, and is compressed
                assert b"<" not in answer.content, path
            assert answer.headers.get("Content-Type", "application/json").startswith(
                ("application/json", "text/event-stream")
            ), path


def test_method_that_an_address_does_not_have(browser: Client) -> None:
    answer = asked(browser, "/api/v1/sample/caller", "POST")

    assert error_in(answer) == (405, ErrorCode.METHOD_NOT_ALLOWED)
    assert answer.headers["Allow"] == "GET, HEAD, PUT"


def test_method_that_no_page_has(browser: Client) -> None:
    assert error_in(asked(browser, "/api/nowhere", "PROPFIND")) == (405, ErrorCode.METHOD_NOT_ALLOWED)


@pytest.mark.parametrize("debug", [False, True])
def test_unknown_host(browser: Client, settings: Settings, debug: bool) -> None:
    settings.DEBUG = debug

    answer = asked(browser, "/api/v1/sample/caller", headers={"host": "elsewhere.example.org"})

    assert error_in(answer) == (400, ErrorCode.BAD_REQUEST)


@pytest.mark.parametrize("debug", [False, True])
def test_fault(browser: Client, settings: Settings, debug: bool) -> None:
    settings.DEBUG = debug

    answer = asked(browser, "/api/v1/sample/fault")

    assert error_in(answer) == (500, ErrorCode.SERVER_ERROR)
    assert b"secret" not in answer.content


def test_busy_database(browser: Client) -> None:
    answer = asked(browser, "/api/v1/sample/busy", "POST")

    assert error_in(answer) == (503, ErrorCode.TRY_AGAIN)
    assert int(answer.headers["Retry-After"]) > 0


def test_secret_that_no_key_decrypts(browser: Client) -> None:
    assert error_in(asked(browser, "/api/v1/sample/unreadable"))[0] == 503


def test_too_many_parameters(browser: Client) -> None:
    answer = asked(browser, f"/api/v1/sample/numbers/1?{'&'.join('a' * 2000)}")

    assert error_in(answer) == (413, ErrorCode.TOO_LARGE)


@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "multipart/form-data", "application/x-www-form-urlencoded"]
)
@pytest.mark.parametrize("length", [10, 5000])
def test_form_of_a_browser(browser: Client, settings: Settings, kind: str, length: int) -> None:
    """The CSRF check reads the form before the API refuses it."""
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    checked = Client(enforce_csrf_checks=True, raise_request_exception=False)
    checked.cookies = browser.cookies

    answer = checked.generic("POST", "/api/v1/sample/texts", b"a" * length, content_type=kind, headers=BROWSER)

    assert error_in(answer)[0] in {400, 403, 413, 415}


def test_redirect_to_https(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    answer = asked(Client(), "/api/v1/sample/caller")

    assert (answer.status_code, answer.headers["Location"]) == (301, "https://testserver/api/v1/sample/caller")
    assert (answer.headers["Content-Type"], answer.content) == ("application/json", b"")


def test_redirect_to_the_address_with_a_slash(browser: Client) -> None:
    answer = asked(browser, "/api/v1")

    assert (answer.status_code, answer.headers["Location"]) == (301, "/api/v1/")
    assert (answer.headers["Content-Type"], answer.content) == ("application/json", b"")
