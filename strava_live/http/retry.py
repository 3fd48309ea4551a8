"""Repeat calls that have failed: how often, after what pause, and for how long in all."""

import asyncio
import math
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from strava_live.http.errors import RequestFailed, TemporaryError

T = TypeVar("T")

LONGEST_RETRY_AFTER_S = 3600.0
"""The longest wait that a service can ask for with a Retry-After header. A longer wait is cut to this number."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Exponential back-off with full jitter: a random pause from 0 to a limit that doubles with each failure.

    Because the pause is random, clients that have failed together do not return together.
    """

    attempts: int = 4
    """The most attempts, including the first one."""
    first_s: float = 0.5
    """The limit of the pause after the first failure."""
    longest_s: float = 8.0
    """The highest limit of a pause."""

    def pause(self, failures: int, *, at_least: float = 0.0) -> float | None:
        """Return the seconds to wait after `failures` failures in a row, or None to give up.

        `at_least` is the wait that the service asked for. The random pause is added to it. If `at_least` is longer than
        `longest_s`, give up, so that the caller can do something else.
        """
        if failures >= self.attempts or at_least > self.longest_s:
            return None
        jitter = random.uniform(0.0, min(self.longest_s, self.first_s * 2.0 ** (failures - 1)))  # noqa: S311 - no secret
        return at_least + jitter


async def call_with_retries(call: Callable[[], Awaitable[T]], *, retry: Retry, within_s: float) -> T:
    """Return what `call` returns. Call it again after a `TemporaryError`, as often as `retry` allows.

    All calls together may take `within_s` seconds. Raise the last error if no attempt is left, or no time for another.
    Raise `RequestFailed` if a call is still running when the time is over.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s
    failures = 0
    try:
        async with asyncio.timeout_at(deadline):
            while True:
                try:
                    return await call()
                except TemporaryError as error:
                    failures += 1
                    pause = retry.pause(failures, at_least=error.retry_after)
                    if pause is None or loop.time() + pause > deadline:
                        raise
                    await asyncio.sleep(pause)
    except TimeoutError as error:
        raise RequestFailed(f"no response within {within_s:g} s, retries included") from error


def retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds that the Retry-After header asks for, at most one hour; 0 without a valid header.

    The header holds a number of seconds or a date.
    """
    value = headers.get("retry-after", "")
    try:
        seconds = float(value)
    except ValueError:
        seconds = seconds_until(value)
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_S) if math.isfinite(seconds) else 0.0


def seconds_until(date: str) -> float:
    """Return the seconds from now to an HTTP date, or NaN if it is not a date."""
    try:
        return (parsedate_to_datetime(date).astimezone(UTC) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return math.nan
