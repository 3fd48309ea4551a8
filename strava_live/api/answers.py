"""Answers of the API: JSON, for GET with an ETag, or no content."""

from hashlib import blake2b

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

from strava_live.api.errors import JSON
from strava_live.protocol import Json, compact


def json_answer(request: HttpRequest, body: bytes | Json, status: int = 200) -> HttpResponse:
    """Answer with JSON. For GET with 200 add an ETag, and answer 304 if If-None-Match names it."""
    content = body if isinstance(body, bytes) else compact(body).encode()
    if request.method != "GET" or status != 200:
        return HttpResponse(content, content_type=JSON, status=status)
    tag = f'"{blake2b(content, digest_size=16).hexdigest()}"'
    if is_named(tag, request.headers.get("If-None-Match", "")):
        return HttpResponseNotModified(headers={"ETag": tag})
    return HttpResponse(content, content_type=JSON, headers={"ETag": tag})


def is_named(tag: str, header: str) -> bool:
    """Return whether the header If-None-Match names this ETag. The ETag of a compressed answer has W/ in front."""
    return any(named == "*" or named.removeprefix("W/") == tag for named in parse_etags(header))


def no_content() -> HttpResponse:
    return HttpResponse(status=204)
