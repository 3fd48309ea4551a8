"""Windows, lanes, the limit headers, and the ledger."""

from datetime import UTC, datetime

import pytest

from strava_live.strava.limits import (
    SINGLE_PLAYER,
    Lane,
    Ledger,
    LimitReport,
    Meters,
    Policy,
    WindowLengths,
    WindowNumbers,
    read_limit_report,
)

WINDOW = WindowNumbers(100, 1)


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("now", "quarter_ends", "day_ends"),
    [
        ("2026-11-20T09:00:00", "2026-11-20T09:15:00", "2026-11-21T00:00:00"),
        ("2026-11-20T09:14:59", "2026-11-20T09:15:00", "2026-11-21T00:00:00"),
        ("2026-11-20T09:15:00", "2026-11-20T09:30:00", "2026-11-21T00:00:00"),
        ("2026-11-20T23:59:59", "2026-11-21T00:00:00", "2026-11-21T00:00:00"),
    ],
)
def test_windows_end_at_quarter_hours_and_at_midnight_utc(now: str, quarter_ends: str, day_ends: str) -> None:
    windows = WindowLengths()
    window = windows.at(seconds(now))
    assert windows.quarter_ends(window) == seconds(quarter_ends)
    assert windows.day_ends(window) == seconds(day_ends)


@pytest.mark.parametrize(
    ("reserve", "webhooks", "routine"), [(0.15, 0.85, 0.70), (0.0, 1.0, 0.70), (0.25, 0.75, 0.65), (0.5, 0.5, 0.4)]
)
def test_lanes_keep_their_order_for_any_reserve(reserve: float, webhooks: float, routine: float) -> None:
    policy = Policy(reserve=reserve)
    assert policy.share(Lane.PERSON) == 1.0
    assert policy.share(Lane.WEBHOOK) == pytest.approx(webhooks)
    assert policy.share(Lane.ROUTINE) == pytest.approx(routine)


def test_share_of_a_limit_has_no_rounding_error() -> None:
    assert Meters(100, 100, 100, 100).scaled(0.29) == Meters(29, 29, 29, 29)


def test_report_reads_the_four_headers() -> None:
    headers = {
        "x-ratelimit-limit": "200,2000",
        "x-ratelimit-usage": "79, 222",
        "x-readratelimit-limit": "100,1000",
        "x-readratelimit-usage": "78,221",
    }
    assert read_limit_report(headers, status=200) == LimitReport(Meters(200, 2000, 100, 1000), Meters(79, 222, 78, 221))


@pytest.mark.parametrize("value", ["", "x", "1", "1,2,3", "-5,10", "1e3,4", "99999999999,1"])
def test_report_ignores_invalid_headers(value: str) -> None:
    headers = {"x-ratelimit-limit": value, "x-ratelimit-usage": value}
    assert read_limit_report(headers, status=429) == LimitReport(refused=True)


def test_single_pair_applies_to_both_limits() -> None:
    headers = {"x-ratelimit-limit": "600,30000", "x-ratelimit-usage": "3,4"}
    assert read_limit_report(headers, status=200) == LimitReport(Meters(600, 30000, 600, 30000), Meters(3, 4, 3, 4))


def test_usage_never_falls_within_a_window() -> None:
    ledger = Ledger(WINDOW, used=Meters(10, 20, 10, 20))
    lower = LimitReport(SINGLE_PLAYER, Meters(4, 25, 12, 3))
    assert ledger.with_report(lower, sent_in=WINDOW).used == Meters(10, 25, 12, 20)


def test_next_quarter_hour_keeps_the_usage_of_the_day() -> None:
    ledger = Ledger(WINDOW, used=Meters(10, 20, 9, 19), closed=True)
    turned = ledger.at(WindowNumbers(101, 1))
    assert (turned.used, turned.closed) == (Meters(0, 20, 0, 19), False)
    assert turned.at(WindowNumbers(102, 2)).used == Meters(0, 0, 0, 0)
    assert turned.at(WINDOW) is turned, "a clock that is behind changes nothing"


def test_call_across_two_windows_counts_in_both() -> None:
    """The usage in its response may be that of either window."""
    ledger = Ledger(WindowNumbers(101, 1))
    late = LimitReport(used=Meters(199, 500, 99, 400))
    assert ledger.with_report(late, sent_in=WINDOW).used == Meters(1, 500, 1, 400)


def test_429_closes_only_the_window_of_its_call() -> None:
    refused = LimitReport(refused=True)
    assert not Ledger(WINDOW).with_report(refused, sent_in=WINDOW).has_room(1.0)
    assert Ledger(WindowNumbers(101, 1)).with_report(refused, sent_in=WINDOW).has_room(1.0)


def test_full_window_opens_at_its_end() -> None:
    windows, limits = WindowLengths(), Meters(200, 2000, 100, 1000)
    quarter_full = Ledger(WINDOW, limits, Meters(100, 500, 100, 500))
    day_full = Ledger(WINDOW, limits, Meters(50, 1000, 50, 1000))
    assert quarter_full.opens_at(windows, 1.0) == 101 * 900
    assert day_full.opens_at(windows, 1.0) == 2 * 86_400
