"""Send requests to Bucket: at a limited pace, with a new token if needed, and again after errors if harmless."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from strava_live.bucket_client.errors import (
    BucketAnswerTooLong,
    BucketDown,
    BucketError,
    BucketGarbled,
    BucketScopeMissing,
    BucketTokenRefused,
)
from strava_live.bucket_client.faults import ErrorFor, api_error
from strava_live.bucket_client.request_pace import RequestPace, rate_limited, seconds_left
from strava_live.http.errors import BodyTooLong, NotJson, RequestFailed
from strava_live.http.fields import read_json
from strava_live.http.retry import Retry, call_with_retries
from strava_live.http.tokens import TokenSource, call_with_token
from strava_live.http.transport import Request, Timeouts, body_if_complete, send

T = TypeVar("T")

LONGEST_ANSWER = 4 * 1024 * 1024
"""The most bytes of an answer, unless a client has a lower limit: about 190,000 rows. Bucket has no pages."""
DECODED_IN_LOOP = 64 * 1024
"""The most bytes of an answer that are decoded in the event loop. Longer ones are decoded in a thread, because all
sockets of the process would wait meanwhile."""


class BucketScope(StrEnum):
    """The scopes of Bucket's API that its calls need."""

    THINGS = "dcd:things"
    PROPERTIES = "dcd:properties"


def expect_nothing(body: bytes) -> None:
    """Accept the answer to a write: an empty body, or JSON, which a later version of Bucket might send.

    Raise NotJson for HTML, which comes from a proxy: Bucket may have stored nothing.
    """
    if body:
        read_json(body)


@contextmanager
def as_bucket_errors() -> Iterator[None]:
    """Turn errors of `strava_live.http` in the block into errors of this package."""
    try:
        yield
    except RequestFailed as error:
        raise BucketDown(str(error)) from error
    except NotJson as error:
        raise BucketGarbled(str(error)) from error
    except BodyTooLong as error:
        raise BucketAnswerTooLong(str(error)) from error


@dataclass(frozen=True, kw_only=True)
class BucketCalls:
    """Sends requests to Bucket's API and its sign-in."""

    pace: RequestPace
    timeouts: Timeouts = field(default_factory=Timeouts)
    retry: Retry = field(default_factory=Retry)
    longest_answer: int = LONGEST_ANSWER
    """The most bytes of an answer that this client accepts."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def call_for_person(
        self,
        tokens: TokenSource,
        request: Request,
        *,
        scope: BucketScope,
        read: Callable[[bytes], T],
    ) -> T:
        """Return what `read` returns for the answer. The request must be idempotent: errors repeat it."""

        async def call(token: str) -> T:
            return await self.call(request.with_bearer(token), read=read)

        return await self.with_token(call, tokens, scope=scope)

    async def call_once_for_person(
        self, tokens: TokenSource, request: Request, *, scope: BucketScope, read: Callable[[bytes], T]
    ) -> T:
        """Return what `read` returns for the answer. Send the request again only if Bucket refused the first token."""

        async def call(token: str) -> T:
            return await self.attempt(request.with_bearer(token), read=read)

        return await self.with_token(call, tokens, scope=scope)

    async def delete_for_person(
        self, tokens: TokenSource, request: Request, *, scope: BucketScope, missing: tuple[type[BucketError], ...]
    ) -> None:
        """Send a request that deletes something. Repeat it after temporary errors.

        `missing` are the errors for something that is not there. After an attempt whose answer was lost, they mean that
        this attempt has deleted it.
        """
        may_be_deleted = False

        async def attempt(token: str) -> None:
            nonlocal may_be_deleted
            try:
                await self.attempt(request.with_bearer(token), read=expect_nothing)
            except (BucketDown, BucketGarbled):
                may_be_deleted = True
                raise
            except missing:
                if not may_be_deleted:
                    raise

        await self.with_token(lambda token: self.with_retries(lambda: attempt(token)), tokens, scope=scope)

    async def with_token(self, call: Callable[[str], Awaitable[T]], tokens: TokenSource, *, scope: BucketScope) -> T:
        """Call with the person's token, and once more with a new token if Bucket refuses the first.

        Bucket gives the same answer for an expired token and for one without the scope. If it also refuses a new token,
        the scope is missing.
        """
        try:
            return await call_with_token(call, tokens, refusal=BucketTokenRefused)
        except BucketTokenRefused as error:
            raise BucketScopeMissing(str(error), scope=scope) from error

    async def call(
        self,
        request: Request,
        *,
        read: Callable[[bytes], T],
        error_for: ErrorFor = api_error,
        paced: bool = True,
    ) -> T:
        """Send the request, with retries, and return what `read` returns for the body."""
        return await self.with_retries(lambda: self.attempt(request, read=read, error_for=error_for, paced=paced))

    async def with_retries(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Repeat an attempt after temporary errors. All attempts together take at most `timeouts.total`."""
        with as_bucket_errors():
            return await call_with_retries(attempt, retry=self.retry, within_s=self.timeouts.total)

    async def attempt(
        self,
        request: Request,
        *,
        read: Callable[[bytes], T],
        error_for: ErrorFor = api_error,
        paced: bool = True,
    ) -> T:
        """Send the request once, as soon as the pace allows, and return what `read` returns for the body.

        Without `paced`, the request is neither counted nor delayed: only requests to Bucket's API have a limit.
        """
        if paced:
            await asyncio.sleep(self.pace.take_turn(longest_wait_s=self.retry.longest_s))
        with as_bucket_errors():
            async with send(request, timeouts=self.timeouts, max_bytes=self.longest_answer) as response:
                if paced:
                    self.pace.record(response.status, response.headers)
                if response.status == 429:
                    raise rate_limited(seconds_left(response.headers))
                if not 200 <= response.status < 300:
                    raise error_for(response.status, response.headers, await body_if_complete(response))
                return await decode(await response.body(), read)


async def decode(body: bytes, read: Callable[[bytes], T]) -> T:
    """Return what `read` returns for a body. Read a long one in a thread."""
    return read(body) if len(body) <= DECODED_IN_LOOP else await asyncio.to_thread(read, body)


def reading(read: Callable[[Any], T]) -> Callable[[bytes], T]:
    """Return a function that decodes a body and reads its value with `read`."""
    return lambda body: read(read_json(body))
