"""Pauses between attempts."""

from strava_live.strava.retry import Retry


def test_retry_pauses_anywhere_below_a_bound_that_doubles() -> None:
    retry = Retry(attempts=6, first_s=1.0, longest_s=4.0)
    for failures, longest in ((1, 1.0), (2, 2.0), (3, 4.0), (4, 4.0), (5, 4.0)):
        pauses = [retry.pause(failures) for _ in range(300)]
        spread = [pause for pause in pauses if pause is not None]
        assert len(spread) == 300
        assert min(spread) < longest * 0.1
        assert longest * 0.9 < max(spread) <= longest
    assert retry.pause(6) is None


def test_wait_that_strava_asks_for_comes_before_the_jitter() -> None:
    retry = Retry(attempts=3, first_s=1.0, longest_s=4.0)
    pauses = [retry.pause(1, at_least=4.0) for _ in range(300)]
    assert all(pause is not None and 4.0 <= pause <= 5.0 for pause in pauses)


def test_wait_that_is_longer_than_any_pause_ends_the_attempts() -> None:
    assert Retry(longest_s=4.0).pause(1, at_least=4.1) is None
