"""Keep this process's requests to Bucket below Bucket's limit of 1,000 a minute, and wait when Bucket says so.

Bucket counts by address, so processes of one host share the limit without knowing of each other. When Bucket reports
that nothing is left, or answers 429, the pace is closed until the minute has ended there.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from strava_live.bucket_client.errors import BucketRateLimited
from strava_live.http.retry import retry_after
from strava_live.leaky_bucket import Rate

REQUESTS = Rate(90, 6)
"""At most 990 requests in any minute: 90 at once, and 15 a second."""
MINUTE_S = 60.0
"""How long Bucket counts requests before it begins at 0 again."""


@dataclass(slots=True)
class RequestPace:
    """Counts the requests of one process. All its clients share one pace; threads may use it at the same time."""

    rate: Rate = REQUESTS
    clock: Callable[[], float] = time.monotonic
    empty_at: int = 0
    """When the leaky bucket of `rate` will be empty, in microseconds of `clock`."""
    closed_until: float = 0.0
    """Before this time of `clock`, Bucket accepts no request."""
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def take_turn(self, *, longest_wait_s: float) -> float:
        """Count a request and return the seconds after which it may be sent.

        If that is longer than `longest_wait_s`, count nothing and raise BucketRateLimited.
        """
        with self.lock:
            now = self.clock()
            now_us = int(now * 1_000_000)
            empty_at = self.rate.after_one_more(self.empty_at, now_us)
            wait_s = max(self.rate.overflow(empty_at, now_us) / 1_000_000, self.closed_until - now)
            if wait_s > longest_wait_s:
                raise rate_limited(wait_s)
            self.empty_at = empty_at
            return wait_s

    def record(self, status: int, headers: Mapping[str, str]) -> None:
        """Close the pace if a response says that Bucket accepts no more requests for now."""
        if status == 429 or headers.get("ratelimit-remaining", "").strip() == "0":
            with self.lock:
                self.closed_until = max(self.closed_until, self.clock() + seconds_left(headers))


def rate_limited(wait_s: float) -> BucketRateLimited:
    return BucketRateLimited(datetime.now(UTC) + timedelta(seconds=wait_s), wait_s=wait_s)


def seconds_left(headers: Mapping[str, str]) -> float:
    """Return the seconds until Bucket counts from 0 again, at least one; a minute if it does not say.

    Its Retry-After is always a whole minute, so RateLimit-Reset is preferred.
    """
    for name in ("ratelimit-reset", "retry-after"):
        if name in headers:
            return max(1.0, retry_after({"retry-after": headers[name]}))
    return MINUTE_S
