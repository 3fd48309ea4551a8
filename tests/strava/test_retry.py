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
