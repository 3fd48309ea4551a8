"""Bucket's rate limit: 1000 requests in a window of a minute.

The first request after the end of a window starts the next one.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Limit:
    """The rate limit of the API and how much of it is used."""

    clock: Callable[[], float]
    requests: int = 1000
    window_s: float = 60
    headers_shown: bool = True
    rejected: int = 0
    used: int = 0
    _ends: float = 0

    def spend(self) -> bool:
        """Count a request. Return whether it is within the limit."""
        if self.clock() >= self._ends:
            self.start_window(self.window_s)
        self.used += 1
        fits = self.used <= self.requests
        self.rejected += not fits
        return fits

    def start_window(self, window_s: float) -> None:
        """Begin to count at 0, for a window of this length."""
        self.window_s, self.used = window_s, 0
        self._ends = self.clock() + window_s

    def headers(self, *, fits: bool) -> dict[str, str]:
        if not self.headers_shown:
            return {}
        left = max(0, self.requests - self.used)
        after_s = max(0, math.ceil(self._ends - self.clock()))
        return {
            "X-RateLimit-Limit": str(self.requests),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": str(math.ceil(self._ends)),
            "RateLimit-Limit": str(self.requests),
            "RateLimit-Remaining": str(left),
            "RateLimit-Reset": str(after_s),
            **({} if fits else {"Retry-After": str(math.ceil(self.window_s))}),
        }
