"""Pages and JSON over 1 kB go out compressed, and nothing about them that browsers rely on is lost."""

import gzip
from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory

from strava_live.web.compression import CompressionMiddleware

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
    """The random padding against BREACH."""
    lengths = {sent(HttpResponse(LONG)).headers["Content-Length"] for _ in range(40)}

    assert len(lengths) > 5


def test_short_answers_pictures_and_streams_stay_as_they_are() -> None:
    def stream() -> Iterator[bytes]:
        yield LONG.encode()

    assert not is_compressed(sent(HttpResponse("OK")))
    assert not is_compressed(sent(HttpResponse(LONG, content_type="image/png")))
    assert not is_compressed(sent(StreamingHttpResponse(stream())))
    assert not is_compressed(sent(HttpResponse(LONG), accept="identity"))


def test_head_names_no_length_that_the_page_would_not_have() -> None:
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
