"""Quiet hours, over midnight and over the changes of summer time."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from strava_live.notifications.quiet_hours import quiet_until

LONDON = ZoneInfo("Europe/London")
NIGHT = time(22), time(7)


def at(text: str, zone: ZoneInfo = LONDON) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-28 21:59", None),
        ("2026-11-28 22:00", "2026-11-29 07:00"),
        ("2026-11-28 23:59", "2026-11-29 07:00"),
        ("2026-11-29 00:00", "2026-11-29 07:00"),
        ("2026-11-29 06:59", "2026-11-29 07:00"),
        ("2026-11-29 07:00", None),
        ("2026-12-31 23:30", "2027-01-01 07:00"),
    ],
)
def test_night(now: str, end: str | None) -> None:
    assert quiet_until(at(now), LONDON, *NIGHT) == (at(end) if end else None)


def test_noon_within_one_day() -> None:
    siesta = time(13), time(15, 30)
    assert quiet_until(at("2026-07-01 12:59"), LONDON, *siesta) is None
    assert quiet_until(at("2026-07-01 14:00"), LONDON, *siesta) == at("2026-07-01 15:30")
    assert quiet_until(at("2026-07-01 15:30"), LONDON, *siesta) is None


def test_time_zone_is_the_persons() -> None:
    """22:30 UTC is 11:30 in Auckland."""
    now = datetime(2026, 11, 28, 22, 30, tzinfo=UTC)
    assert quiet_until(now, ZoneInfo("Pacific/Auckland"), *NIGHT) is None
    assert quiet_until(now, LONDON, *NIGHT) == datetime(2026, 11, 29, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("evening", "morning", "hours"),
    [("2026-03-28 22:00", "2026-03-29 07:00", 8), ("2026-10-24 22:00", "2026-10-25 07:00", 10)],
)
def test_night_in_which_the_clocks_change(evening: str, morning: str, hours: int) -> None:
    """The end is the time on the clock, one hour sooner or later than usual."""
    end = quiet_until(at(evening), LONDON, *NIGHT)
    assert end == at(morning)
    assert end - at(evening).astimezone(UTC) == timedelta(hours=hours)


def test_end_within_the_hour_that_the_clocks_skip() -> None:
    """01:30 does not exist on that day. The quiet hours end before 02:31 then."""
    end = quiet_until(at("2026-03-28 23:00"), LONDON, time(22), time(1, 30))
    assert end == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert quiet_until(end, LONDON, time(22), time(1, 30)) is None


def test_end_within_the_hour_that_the_clocks_show_twice() -> None:
    """When the quiet hours have ended, the clock is set back, and they go on until it shows the end again."""
    first = datetime(2026, 10, 25, 0, 29, tzinfo=UTC)  # 01:29, summer time
    assert quiet_until(first, LONDON, time(22), time(1, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    again = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 01:10, winter time
    assert quiet_until(again, LONDON, time(22), time(1, 30)) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("hour", range(24))
def test_end_is_never_in_the_past(hour: int) -> None:
    """Otherwise the worker would look at the same notification again and again."""
    for day in ("2026-03-29", "2026-10-25", "2026-11-28"):
        for minutes in range(0, 24 * 60, 7):
            now = at(f"{day} 00:00").astimezone(UTC) + timedelta(minutes=minutes)
            end = quiet_until(now, LONDON, time(22), time(hour, 30))
            assert end is None or end > now


def test_no_quiet_hours() -> None:
    assert quiet_until(at("2026-11-28 23:00"), LONDON, None, None) is None
