"""Leaky bucket: as many messages at once as its amount, then one more after each step."""

import pytest

from strava_live.leaky_bucket import MESSAGES, Rate

NOW = 1_700_000_000_000_000


@pytest.mark.parametrize("rate", [MESSAGES, Rate(10, 3600), Rate(7, 10), Rate(1, 1)])
def test_amount_fits_at_once_and_one_more_after_a_step(rate: Rate) -> None:
    empty_at = 0
    for _ in range(rate.amount):
        empty_at = rate.after_one_more(empty_at, NOW)
        assert not rate.overflow(empty_at, NOW)

    too_many = rate.after_one_more(empty_at, NOW)
    wait = rate.overflow(too_many, NOW)

    assert 0 < wait <= rate.step
    assert not rate.overflow(rate.after_one_more(empty_at, NOW + wait), NOW + wait)


def test_bucket_is_empty_after_its_time() -> None:
    empty_at = 0
    for _ in range(60):
        empty_at = MESSAGES.after_one_more(empty_at, NOW)

    assert empty_at <= NOW + 10_000_000
