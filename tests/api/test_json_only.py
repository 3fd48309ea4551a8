"""Every answer under /api/ is JSON, also those of Django and of the site's middleware."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.test import RequestFactory
from pydantic import TypeAdapter

from strava_live.api.json_only import JsonOnlyMiddleware
from strava_live.error_codes import ErrorCode
from strava_live.protocol import ErrorBody

BODY = TypeAdapter(ErrorBody)
PAGE = "<!doctype html><title>Sorry</title>"


@pytest.fixture
def passed(rf: RequestFactory) -> Callable[..., HttpResponse]:
    def through(response: HttpResponse, path: str = "/api/v1/me") -> HttpResponse:
        return JsonOnlyMiddleware(lambda _: response)(rf.get(path))

    return through


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, ErrorCode.BAD_REQUEST),
        (401, ErrorCode.NOT_SIGNED_IN),
        (403, ErrorCode.NOT_ALLOWED),
        (404, ErrorCode.NOT_FOUND),
        (405, ErrorCode.METHOD_NOT_ALLOWED),
        (408, ErrorCode.REQUEST_TIMEOUT),
        (413, ErrorCode.TOO_LARGE),
        (415, ErrorCode.UNSUPPORTED_MEDIA_TYPE),
        (418, ErrorCode.BAD_REQUEST),
        (429, ErrorCode.TOO_MANY_REQUESTS),
        (500, ErrorCode.SERVER_ERROR),
        (502, ErrorCode.SERVER_ERROR),
        (503, ErrorCode.TRY_AGAIN),
    ],
)
def test_page_becomes_an_error_of_the_same_status(
    passed: Callable[..., HttpResponse], status: int, code: ErrorCode
) -> None:
    answer = passed(HttpResponse(PAGE, status=status, headers={"Retry-After": "5", "Content-Encoding": "gzip"}))

    assert BODY.validate_json(answer.content, strict=True)["code"] is code
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json")
    assert (answer.headers["Retry-After"], answer.headers["Cache-Control"]) == ("5", "no-store")
    assert "Content-Encoding" not in answer.headers


def test_methods_that_are_allowed_stay_and_head_is_one_of_them(passed: Callable[..., HttpResponse]) -> None:
    answer = passed(HttpResponseNotAllowed(["POST", "GET"]))

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST")
    assert BODY.validate_json(answer.content)["code"] is ErrorCode.METHOD_NOT_ALLOWED


def test_redirect_keeps_its_address_without_a_page(passed: Callable[..., HttpResponse]) -> None:
    answer = passed(HttpResponseRedirect("https://club.example.org/api/v1/me"))

    assert (answer.status_code, answer.headers["Location"]) == (302, "https://club.example.org/api/v1/me")
    assert (answer.headers["Content-Type"], answer.content) == ("application/json", b"")


@pytest.mark.parametrize("status", [204, 304])
def test_answer_without_a_body_has_no_type(passed: Callable[..., HttpResponse], status: int) -> None:
    answer = passed(HttpResponse(status=status))

    assert (answer.status_code, answer.content) == (status, b"")
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize(
    "response", [JsonResponse({"a": 1}, status=409), HttpResponse("retry: 3000", content_type="text/event-stream")]
)
def test_json_and_event_streams_are_passed_on(passed: Callable[..., HttpResponse], response: HttpResponse) -> None:
    content = response.content

    assert passed(response).content == content


def test_page_of_a_success_is_a_fault(passed: Callable[..., HttpResponse], caplog: pytest.LogCaptureFixture) -> None:
    answer = passed(HttpResponse(PAGE))

    assert (answer.status_code, BODY.validate_json(answer.content)["code"]) == (500, ErrorCode.SERVER_ERROR)
    assert "answered with a page" in caplog.text


@pytest.mark.parametrize("path", ["/api/docs", "/settings/", "/apis/v1/me"])
def test_pages_elsewhere_stay(passed: Callable[..., HttpResponse], path: str) -> None:
    assert passed(HttpResponse(PAGE, status=404), path).content == PAGE.encode()


def test_fault_says_the_number_of_its_log_line(rf: RequestFactory) -> None:
    request = rf.get("/api/v1/me")
    request.scope = {"request_id": "5f1c"}  # type: ignore[attr-defined]
    answer = JsonOnlyMiddleware(lambda _: HttpResponse(PAGE, status=500))(request)

    assert "5f1c" in BODY.validate_json(answer.content)["message"]
