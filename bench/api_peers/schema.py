"""A peer: django-ninja with `ninja.Schema`, which validates and serialises the answer."""

from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI, Schema

from bench.api_peers.plain import caller_of
from bench.api_peers.rows import page_of


class AthleteSchema(Schema):
    id: int
    name: str


class MarkSchema(Schema):
    words: str
    celebrate: bool


class EntrySchema(Schema):
    id: int
    seq: int
    kind: str
    at: str
    athlete: AthleteSchema | None
    text: str
    data: dict[str, Any]
    cheers: int
    cheered: bool
    title: str | None = None
    says: str | None = None
    marks: list[MarkSchema] | None = None
    folded: str | None = None


class PageSchema(Schema):
    items: list[EntrySchema]
    next: str | None
    previous: str | None
    epoch: str
    seq: int
    complete: bool


api = NinjaAPI(auth=caller_of, urls_namespace="peers", docs_url=None, openapi_url=None)


@api.get("{slug}", response=PageSchema, exclude_unset=True)
def entries(request: HttpRequest, slug: str) -> dict[str, Any]:
    return page_of(request, slug)
