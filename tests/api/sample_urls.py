"""The site's URLs, with an API of a few small routes under /api/v1/sample/, to test what all routes share.

It is put together like the site's own API, so it has the same callers, parser and errors.
"""

from typing import Annotated

from django.http import HttpResponse
from django.urls import path
from pydantic import Field

from site_config.urls import *  # noqa: F403
from site_config.urls import urlpatterns as of_the_site
from strava_live.accounts.encryption import UnreadableSecret
from strava_live.api.answers import json_answer, no_content
from strava_live.api.app import SiteAPI
from strava_live.api.caller import ApiRequest, member_of_club
from strava_live.api.once import ApiAnswer, creating, once
from strava_live.api.paging import page_bytes
from strava_live.feed.models import Entry
from strava_live.protocol import compact
from strava_live.protocol.api_common import ApiBody
from strava_live.protocol.fields import Id
from strava_live.social.posts import delete_post, post
from strava_live.write_queue import WriteQueueTimeout

api = SiteAPI(urls_namespace="sample")


def as_bytes(entry: Entry) -> bytes:
    return compact({"id": entry.pk, "text": entry.text}).encode()


class SampleBody(ApiBody):
    text: str
    count: Annotated[int, Field(ge=0)] = 0


@api.get("/caller")
def read_caller(request: ApiRequest) -> HttpResponse:
    token = request.auth.token
    return json_answer(request, {"name": request.auth.user.username, "scope": token.scope if token else None})


@api.put("/caller")
def write_caller(request: ApiRequest) -> HttpResponse:
    return no_content()


@api.get("/numbers/{int:number}")
def read_number(request: ApiRequest, number: Id, cursor: str = "") -> HttpResponse:
    return json_answer(request, {"number": number})


@api.get("/texts/{int:length}")
def read_long_text(request: ApiRequest, length: int) -> HttpResponse:
    return json_answer(request, {"text": "a" * length})


@api.post("/texts")
def read_text(request: ApiRequest, body: SampleBody) -> HttpResponse:
    return json_answer(request, {"text": body.text, "count": body.count}, 201)


@api.get("/clubs/{slug:slug}/entries")
def list_entries(request: ApiRequest, slug: str, cursor: str = "", kind: str = "post") -> HttpResponse:
    club = member_of_club(request, slug).club
    window = Entry.objects.of_club(club.pk).filter(kind=kind).window(2, cursor)
    items = [compact({"id": row.pk}).encode() for row in window.rows]
    return json_answer(request, page_bytes(request, items, window, epoch=club.epoch))


@api.post("/clubs/{slug:slug}/posts")
def create_post(request: ApiRequest, slug: str, body: SampleBody) -> HttpResponse:
    member = member_of_club(request, slug)

    def create() -> ApiAnswer:
        return ApiAnswer(201, as_bytes(post(member.user_id, member.club_id, body.text)))

    return once(request, create)


@api.post("/clubs/{slug:slug}/announced-posts")
def create_announced_post(request: ApiRequest, slug: str, body: SampleBody) -> HttpResponse:
    """Post with `creating`, whose write is done once for an Idempotency-Key."""
    member = member_of_club(request, slug)
    write = creating(request, post, lambda entry: ApiAnswer(201, as_bytes(entry)))
    entry = write(member.user_id, member.club_id, body.text)
    return json_answer(request, as_bytes(entry), 201)


@api.delete("/posts/{int:pk}")
def remove_post(request: ApiRequest, pk: Id) -> HttpResponse:
    delete_post(request.auth.user.pk, pk)
    return no_content()


@api.get("/fault")
def fail(request: ApiRequest) -> HttpResponse:
    raise ZeroDivisionError("a secret of the program")


@api.post("/busy")
def fail_to_write(request: ApiRequest) -> HttpResponse:
    raise WriteQueueTimeout("Other writes took too long.")


@api.get("/unreadable")
def fail_to_decrypt(request: ApiRequest) -> HttpResponse:
    raise UnreadableSecret("No key decrypts it.")


urlpatterns = [path("api/v1/sample/", api.urls), *of_the_site]
