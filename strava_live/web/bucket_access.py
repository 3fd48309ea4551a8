"""Helpers of the pages below /bucket/: the person's connection, and calls to Bucket on their behalf."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from asgiref.sync import async_to_sync
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from strava_live.bucket.bucket_app import bucket
from strava_live.bucket.models import BucketConnection
from strava_live.bucket.tokens import bucket_token_source
from strava_live.bucket_client.client import BucketClient
from strava_live.bucket_client.errors import BucketError, BucketNotAllowed
from strava_live.bucket_client.payloads import ID
from strava_live.database import finish_writing
from strava_live.error_codes import ErrorCode
from strava_live.http.tokens import TokenSource
from strava_live.leaky_bucket import Rate
from strava_live.rate_limits import TooManyRequests, limit
from strava_live.web.access import signed_in_user

T = TypeVar("T")

LONGEST_PAGE_ANSWER = 1024 * 1024
"""The most bytes of an answer that a page reads: about 45,000 rows."""
QUESTIONS = Rate(30, 60)
"""How often a person's pages may ask Bucket something: 30 times at once, then once every two seconds. All people of
this site share Bucket's limit on calls, and one question may take several calls."""


class TooSlow(Exception):
    """Bucket has not answered in the time that a page waits for it."""


class AskedTooOften(BucketError):
    """This person's pages have called Bucket too often in a short time. Bucket was not called this time."""

    code = ErrorCode.TOO_MANY_REQUESTS
    sentence = "You've asked your Bucket for a lot in a short time."
    next_step = "Wait a moment, then try again."

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"no call for {wait_s:.0f} s")
        self.retry_after = wait_s


@dataclass(frozen=True)
class MyBucket:
    """One person's Bucket: the client, together with the person's tokens."""

    client: BucketClient
    tokens: TokenSource


def connection_of(request: HttpRequest) -> BucketConnection | None:
    return BucketConnection.objects.filter(user=signed_in_user(request)).first()


def owned_connection(request: HttpRequest) -> BucketConnection:
    """Return the connection of a person who opens a Thing's page. Answer 404 if Bucket is not connected, because the
    person then has no Things.
    """
    connection = connection_of(request)
    if connection is None:
        raise Http404
    return connection


def check_id(thing_id: str) -> None:
    """Answer 404 if Bucket cannot have a Thing with this id."""
    if not ID.fullmatch(thing_id):
        raise Http404


def limit_person(connection: BucketConnection, what: str, rate: Rate) -> None:
    """Count one action `what` of the connection's person. Raise AskedTooOften over the rate."""
    try:
        limit(what, connection.user_id, rate)
    except TooManyRequests as refused:
        raise AskedTooOften(refused.wait_s) from None


def ask_bucket(
    request: HttpRequest,
    connection: BucketConnection,
    question: Callable[[MyBucket], Awaitable[T]],
    *,
    within_s: float | None = None,
) -> T:
    """Let `question` call Bucket for the person, and return its result. No database connection is held meanwhile.

    Raise TooSlow if that takes longer than `within_s`. A refresh of the tokens that has begun is finished in any case.
    Raise AskedTooOften if the person has asked too often.
    """
    limit_person(connection, "bucket", QUESTIONS)
    client = bucket(timeouts=settings.BUCKET_PAGE_TIMEOUTS, longest_answer=LONGEST_PAGE_ANSWER)

    async def ask() -> T:
        async with asyncio.timeout(within_s), bucket_token_source(connection) as tokens:
            return await question(MyBucket(client, tokens))

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


def asked_too_often(answer: HttpResponse, error: AskedTooOften) -> HttpResponse:
    """Set the status 429 and a Retry-After header on the page for a person who has asked too often."""
    answer.status_code = error.code.status
    answer["Retry-After"] = str(math.ceil(error.retry_after))
    return answer


def explained(error: BucketError) -> str:
    """Return what went wrong and what to do, as the page says it."""
    return f"{error.sentence} {error.next_step}"
