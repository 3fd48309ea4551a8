"""Limits: headers, counting, refusals, and the end of windows."""

import time

from simulators.process import StandIn
from simulators.strava.limits import Limits
from tests.simulators.application import Application, error


def test_headers_have_limits_and_usage(application: Application, strava: StandIn, token: str) -> None:
    strava.limits(overall=[400, 4000], read=[200, 2000], used=[7, 70])
    headers = application.get(token, "athlete").headers
    assert headers["X-RateLimit-Limit"] == "400,4000"
    assert headers["X-ReadRateLimit-Limit"] == "200,2000"
    assert headers["X-RateLimit-Usage"] == headers["X-ReadRateLimit-Usage"] == "8,71"


def test_headers_can_be_switched_off(application: Application, strava: StandIn, token: str) -> None:
    strava.limits(headers=False)
    assert not [name for name in application.get(token, "athlete").headers if "ratelimit" in name]


def test_too_many_reads_are_refused_and_still_count(application: Application, strava: StandIn, token: str) -> None:
    strava.limits(read=[5, 50], used=[5, 5], forget_highest=True)
    refused = application.get(token, "athlete")
    assert error(refused) == (429, "Rate Limit Exceeded", "Application", "read rate limit", "exceeded")
    assert refused.headers["X-ReadRateLimit-Usage"] == "6,6"
    assert application.get(token, "athlete").headers["X-ReadRateLimit-Usage"] == "7,7"
    assert strava.stats()["rejected"] == 2


def test_overall_limit_has_its_own_error(application: Application, strava: StandIn, token: str) -> None:
    strava.limits(overall=[3, 50], used=[3, 3])
    assert error(application.get(token, "athlete"))[3] == "overall rate limit"


def test_day_limit_applies_in_a_new_window(application: Application, strava: StandIn, token: str) -> None:
    strava.limits(read=[5, 50], used=[0, 50])
    assert application.get(token, "athlete").status_code == 429


def test_calls_with_unknown_tokens_are_not_counted(application: Application, strava: StandIn, token: str) -> None:
    strava.limits(used=[0, 0])
    assert application.get("0" * 40, "athlete").status_code == 401
    assert strava.stats()["usage"] == {"window": 0, "day": 0}


def test_windows_are_aligned_to_the_clock(application: Application, strava: StandIn, token: str) -> None:
    strava.limits(window_s=1, read=[1, 1000], used=[0, 0])
    statuses = [application.get(token, "athlete").status_code for _ in range(3)]
    assert 429 in statuses
    time.sleep(max(0, strava.stats()["window_ends"] - time.time()) + 0.02)
    assert application.get(token, "athlete").status_code == 200


def test_windows_are_quarter_hours_and_utc_days() -> None:
    now = 1_795_132_000 // 86_400 * 86_400 + 899.0
    limits = Limits(lambda: now, read=(1, 3))
    assert limits.window_ends() % 900 == 0
    assert [limits.spend(), limits.spend()] == [None, "read rate limit"]
    now += 1
    assert limits.used() == (0, 2)
    assert limits.spend() is None
    assert limits.spend() == "read rate limit"
    now += 86_400
    assert limits.used() == (0, 0)
