"""Request bodies and query strings: strict JSON only, and no character that Postgres refuses."""

import pytest
from pytest_django import Settings

from tests.api.client import ApiClient

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.api.sample_urls")]
TEXTS = "sample/texts"


@pytest.fixture
def api(write_token: str) -> ApiClient:
    return ApiClient(write_token)


def test_body_is_read(api: ApiClient) -> None:
    answer = api.post(TEXTS, {"text": "Coffee? ☕", "count": 3, "unknown": 1})

    assert (answer.status_code, answer.json()) == (201, {"text": "Coffee? ☕", "count": 3})


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "application/jsonx"]
)
def test_other_types_are_415(api: ApiClient, kind: str) -> None:
    answer = api.browser.generic("POST", f"/api/v1/{TEXTS}", b'{"text":"a"}', content_type=kind, headers=api.headers)

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_parameters_of_the_type_are_ignored(api: ApiClient) -> None:
    kind = "application/json; charset=utf-8"
    answer = api.browser.generic("POST", f"/api/v1/{TEXTS}", b'{"text":"a"}', content_type=kind, headers=api.headers)

    assert answer.status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'text': 1}",
        b'{"text":"a","count":NaN}',
        b'{"text":"a","count":-Infinity}',
        b'{"text":"\xff"}',
        b'\xef\xbb\xbf{"text":"a"}',
        b"[" * 100_000,
        b'{"text":"a","count":' + b"9" * 5000 + b"}",
        b'{"text":"a\x00"}',
        '{"text":"a"}'.encode("utf-16"),
    ],
    ids=lambda body: repr(body[:25]),
)
def test_malformed_json_is_422(api: ApiClient, body: bytes) -> None:
    answer = api.post(TEXTS, body)

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_message")
    assert answer.json()["message"] == "The body is not valid JSON."


@pytest.mark.parametrize(
    ("text", "status"), [(r"a\u0000", 422), (r"\\\u0000", 422), (r"\\u0000", 201), (r"\u0001", 201)]
)
def test_character_that_postgres_refuses_is_422(api: ApiClient, text: str, status: int) -> None:
    assert api.post(TEXTS, f'{{"text":"{text}"}}'.encode()).status_code == status


def test_half_of_a_surrogate_pair_is_422(api: ApiClient) -> None:
    answer = api.post(TEXTS, b'{"text":"\\ud83d"}')

    assert (answer.status_code, answer.json()["message"]) == (422, "The body is not valid JSON.")


def test_nul_in_a_parameter_is_422(api: ApiClient) -> None:
    answer = api.get("sample/numbers/1", cursor="a\0")

    assert (answer.status_code, answer.json()["fields"]) == (
        422,
        {"cursor": "It must not contain the character U+0000."},
    )


@pytest.mark.parametrize("value", ["yes", 1.0, "1", True])
def test_no_value_is_converted_to_another_type(api: ApiClient, value: object) -> None:
    answer = api.post(TEXTS, {"text": "a", "count": value})

    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["count"])


def test_too_large_a_body_is_413(api: ApiClient, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    answer = api.post(TEXTS, {"text": "a" * 100})

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
