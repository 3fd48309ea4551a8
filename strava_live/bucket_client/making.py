"""Make something at Bucket that must not be made twice."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from strava_live.bucket_client.errors import BucketAnswerNotUnderstood, BucketDown, BucketRateLimited
from strava_live.http.errors import TemporaryError
from strava_live.http.retry import Retry

Made = TypeVar("Made")


async def make_once(
    make: Callable[[], Awaitable[Made]], find: Callable[[], Awaitable[Made | None]], *, retry: Retry
) -> Made:
    """Return what `make` returns, which sends one request.

    If the answer is lost or cannot be read, Bucket may have made the object nevertheless. Then return what `find`
    finds. Only if that is None, call `make` again.
    """
    failures = 0
    while True:
        try:
            return await make()
        except (BucketDown, BucketAnswerNotUnderstood, BucketRateLimited) as error:
            failures += 1
            pause = retry.pause(failures, at_least=error.retry_after)
            if isinstance(error, BucketRateLimited):
                if pause is None:
                    raise
                await asyncio.sleep(pause)
                continue
            await asyncio.sleep(pause or 0)
            if (made := await find()) is not None:
                return made
            if pause is None or not isinstance(error, TemporaryError):
                raise
