"""Helpers of the pages below /bucket/: the person's connection, and calls to Bucket on their behalf."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from asgiref.sync import async_to_sync
from django.conf import settings
from django.http import Http404, HttpRequest

from strava_live.bucket.bucket_app import bucket
from strava_live.bucket.models import BucketConnection
from strava_live.bucket.tokens import bucket_token_source
from strava_live.bucket_client.client import BucketClient
from strava_live.bucket_client.errors import BucketError, BucketNotAllowed
from strava_live.database import finish_writing
from strava_live.http.tokens import TokenSource
from strava_live.web.access import signed_in_user

T = TypeVar("T")


class TooSlow(Exception):
    """Bucket has not answered in the time that a page waits for it."""


@dataclass(frozen=True)
class MyBucket:
    """One person's Bucket: the client, together with the person's tokens."""

    client: BucketClient
    tokens: TokenSource


def connection_of(request: HttpRequest) -> BucketConnection | None:
    return BucketConnection.objects.filter(user=signed_in_user(request)).first()


def owned_connection(request: HttpRequest) -> BucketConnection:
    """Return the connection of a person who opens a Thing's page. Answer 404 without one: they have no Things."""
    connection = connection_of(request)
    if connection is None:
        raise Http404
    return connection


def ask_bucket(
    request: HttpRequest,
    connection: BucketConnection,
    question: Callable[[MyBucket], Awaitable[T]],
    *,
    within_s: float | None = None,
) -> T:
    """Return what `question` returns, which calls Bucket for the person. No database connection is held meanwhile.

    Raise TooSlow if that takes longer than `within_s`. A refresh of the tokens that has begun is finished in any case.
    """

    async def ask() -> T:
        async with asyncio.timeout(within_s), bucket_token_source(connection) as tokens:
            return await question(MyBucket(bucket(timeouts=settings.BUCKET_PAGE_TIMEOUTS), tokens))

    finish_writing(request)
    try:
        return async_to_sync(ask)()
    except TimeoutError:
        raise TooSlow from None


def ask_about_thing(
    request: HttpRequest, connection: BucketConnection, question: Callable[[MyBucket], Awaitable[T]]
) -> T:
    """Do as `ask_bucket`, and answer 404 if Bucket does not let this person see the Thing, or if it is not there."""
    try:
        return ask_bucket(request, connection, question)
    except BucketNotAllowed:
        raise Http404 from None


def explained(error: BucketError) -> str:
    """Return what went wrong and what to do, as the page says it."""
    return f"{error.sentence} {error.next_step}"
