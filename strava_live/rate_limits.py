"""Rate limits: count what a person or a token does in a leaky bucket, and refuse what is over the rate.

The buckets are in Django's cache, which is Redis (then all processes share a bucket) or the memory of this process.
"""

from typing import Protocol, cast

from django.core.cache import cache

from strava_live.error_codes import ErrorCode
from strava_live.leaky_bucket import Rate

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that write nothing. Requests with them count as reads, and do not wait for writes (web/writing.py)."""
TOO_MANY_WORDS = "Too many requests. Wait a moment, then try again."


class Buckets(Protocol):
    """What the caches of site_config/cache.py offer besides Django's interface."""

    def add_to_bucket(self, key: str, rate: Rate) -> float: ...


class TooManyRequests(Exception):
    """The bucket is full. `wait_s` is the time in seconds until it has room again. The text is in words for people."""

    code = ErrorCode.TOO_MANY_REQUESTS

    def __init__(self, wait_s: float, sentence: str = TOO_MANY_WORDS) -> None:
        super().__init__(sentence)
        self.wait_s = wait_s


def limit(what: str, who: int | str, rate: Rate, *, sentence: str = TOO_MANY_WORDS) -> None:
    """Count one action `what` of `who`. Over the rate, raise TooManyRequests with `sentence` instead of counting it."""
    if wait_s := cast(Buckets, cache).add_to_bucket(f"limit.{what}.{who}", rate):
        raise TooManyRequests(wait_s, sentence)
