"""Pauses between attempts, and the time limit over all of them."""

import asyncio
from datetime import UTC, datetime

import pytest
import time_machine

from strava_live.http.errors import RequestFailed, TemporaryError
from strava_live.http.retry import Retry, call_with_retries, retry_after

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
AT_ONCE = Retry(attempts=3, first_s=0.001, longest_s=0.002)


def test_pause_is_random_below_a_limit_that_doubles() -> None:
    retry = Retry(attempts=6, first_s=1.0, longest_s=4.0)
    for failures, longest in ((1, 1.0), (2, 2.0), (3, 4.0), (4, 4.0), (5, 4.0)):
        pauses = [retry.pause(failures) for _ in range(300)]
        spread = [pause for pause in pauses if pause is not None]
        assert len(spread) == 300
        assert min(spread) < longest * 0.1
        assert longest * 0.9 < max(spread) <= longest
    assert retry.pause(6) is None


def test_requested_wait_comes_before_the_jitter() -> None:
    retry = Retry(attempts=3, first_s=1.0, longest_s=4.0)
    pauses = [retry.pause(1, at_least=4.0) for _ in range(300)]
    assert all(pause is not None and 4.0 <= pause <= 5.0 for pause in pauses)


def test_requested_wait_longer_than_the_longest_pause_ends_the_attempts() -> None:
    assert Retry(longest_s=4.0).pause(1, at_least=4.1) is None


class Failing:
    """A call that fails `failures` times, then returns "ok"."""

    def __init__(self, failures: int, *, wait_s: float = 0.0) -> None:
        self.failures, self.wait_s, self.calls = failures, wait_s, 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.failures:
            error = TemporaryError(f"failure {self.calls}")
            error.retry_after = self.wait_s
            raise error
        return "ok"


async def test_call_is_repeated_after_temporary_errors() -> None:
    call = Failing(2)
    assert await call_with_retries(call, retry=AT_ONCE, within_s=60) == "ok"
    assert call.calls == 3


async def test_last_error_is_raised_when_attempts_are_used_up() -> None:
    call = Failing(9)
    with pytest.raises(TemporaryError, match="failure 3"):
        await call_with_retries(call, retry=AT_ONCE, within_s=60)
    assert call.calls == 3


async def test_other_errors_are_not_retried() -> None:
    async def call() -> str:
        raise LookupError

    with pytest.raises(LookupError):
        await call_with_retries(call, retry=AT_ONCE, within_s=60)


async def test_wait_beyond_the_time_limit_ends_the_attempts() -> None:
    call = Failing(1, wait_s=9)
    with pytest.raises(TemporaryError, match="failure 1"):
        await call_with_retries(call, retry=Retry(longest_s=10), within_s=8)
    assert call.calls == 1


async def test_call_that_exceeds_the_time_limit_fails() -> None:
    with pytest.raises(RequestFailed, match=r"within 0\.05 s"):
        await call_with_retries(lambda: asyncio.sleep(60, "late"), retry=AT_ONCE, within_s=0.05)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30),
        ("1.5", 1.5),
        ("1e9", 3600),
        ("-5", 0),
        ("nan", 0),
        ("soon", 0),
        ("Fri, 20 Nov", 0),
        ("Fri, 20 Nov 2026 12:02:00 GMT", 120),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0),
        ("Fri, 20 Nov 2099 12:00:00 GMT", 3600),
    ],
)
def test_retry_after_header_is_read_and_limited(value: str, seconds: float) -> None:
    with time_machine.travel(NOW, tick=False):
        assert retry_after({"retry-after": value}) == seconds


def test_no_retry_after_header_means_no_wait() -> None:
    assert retry_after({}) == 0
