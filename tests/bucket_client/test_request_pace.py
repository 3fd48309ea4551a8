"""The pace spreads requests over the minute, and is closed when Bucket says that nothing is left."""

from datetime import UTC, datetime, timedelta

import pytest

from strava_live.bucket_client.errors import BucketRateLimited
from strava_live.bucket_client.request_pace import MINUTE_S, RequestPace, seconds_left


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> RequestPace:
    return RequestPace(clock=clock)


def test_no_minute_has_more_requests_than_bucket_allows(pace: RequestPace, clock: Clock) -> None:
    sent: list[float] = []
    for _ in range(3000):
        clock.now += pace.take_turn(longest_wait_s=MINUTE_S)
        sent.append(clock.now)
    assert sent[89] == sent[0]
    assert max(sum(begin <= at < begin + MINUTE_S for at in sent) for begin in sent[::50]) <= 1000


def test_turn_that_would_come_too_late_is_refused_and_not_counted(pace: RequestPace, clock: Clock) -> None:
    while not (wait_s := pace.take_turn(longest_wait_s=1.0)):
        pass
    assert 0 < wait_s <= 1
    for _ in range(100):
        with pytest.raises(BucketRateLimited) as caught:
            pace.take_turn(longest_wait_s=0.0)
    assert caught.value.retry_after < 1
    clock.now += MINUTE_S
    assert pace.take_turn(longest_wait_s=0.0) == 0


def test_pace_is_closed_after_a_429_until_bucket_counts_from_0(pace: RequestPace, clock: Clock) -> None:
    pace.record(429, {"ratelimit-reset": "20", "retry-after": "60", "ratelimit-remaining": "0"})
    with pytest.raises(BucketRateLimited) as caught:
        pace.take_turn(longest_wait_s=8.0)
    assert caught.value.retry_after == 20
    assert abs(caught.value.until - datetime.now(UTC) - timedelta(seconds=20)) < timedelta(seconds=10)
    clock.now += 15
    assert pace.take_turn(longest_wait_s=8.0) == 5


def test_pace_is_closed_once_nothing_is_left_so_that_no_request_is_refused(pace: RequestPace) -> None:
    pace.record(200, {"ratelimit-remaining": "1", "ratelimit-reset": "30"})
    assert pace.take_turn(longest_wait_s=0.0) == 0
    pace.record(200, {"ratelimit-remaining": "0", "ratelimit-reset": "30"})
    assert pace.take_turn(longest_wait_s=60.0) == 30


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 60),
        ({"retry-after": "300"}, 300),
        ({"retry-after": "60", "ratelimit-reset": "7"}, 7),
        ({"ratelimit-reset": "0"}, 1),
        ({"ratelimit-reset": "nonsense"}, 1),
        ({"retry-after": "1e99"}, 3600),
    ],
)
def test_wait_that_bucket_asks_for(headers: dict[str, str], seconds: float) -> None:
    assert seconds_left(headers) == seconds
