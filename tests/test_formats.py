"""Durations, times, dates, distances, instants, ordinals and sentences as text."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from strava_live.formats import (
    format_date,
    format_distance,
    format_duration,
    format_ordinal,
    format_time,
    full_stop,
    utc_iso,
    utc_iso_exact,
)

BRISBANE = timezone(timedelta(hours=10))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0, "0:00"), (59, "0:59"), (1471, "24:31"), (3599, "59:59"), (3600, "1:00:00"), (3909, "1:05:09")],
)
def test_duration_has_hours_only_from_an_hour_on(seconds: int | None, text: str) -> None:
    assert format_duration(seconds) == text


def test_time_of_day_has_no_leading_zero() -> None:
    assert [format_time(at) for at in (time(9), time(7, 5), time(14, 30))] == ["9:00", "7:05", "14:30"]


def test_date_is_day_month_year() -> None:
    assert [format_date(day) for day in (date(2026, 11, 21), date(2004, 10, 2))] == [
        "21 November 2026",
        "2 October 2004",
    ]


def test_distance_is_in_kilometres_with_two_decimals() -> None:
    assert [format_distance(metres) for metres in (0, 5016, 10_100.0)] == ["0.00 km", "5.02 km", "10.10 km"]


def test_ordinals() -> None:
    numbers = (1, 2, 3, 4, 11, 12, 13, 21, 101, 111, 1003)

    assert [format_ordinal(number) for number in numbers] == (
        ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "101st", "111th", "1,003rd"]
    )


def test_instant_is_written_in_utc_to_the_second_or_exactly() -> None:
    at = datetime(2026, 11, 21, 19, 2, 13, 123456, tzinfo=BRISBANE)

    assert utc_iso(at) == "2026-11-21T09:02:13Z"
    assert utc_iso_exact(at) == "2026-11-21T09:02:13.123456Z"
    assert utc_iso_exact(datetime(2026, 11, 21, tzinfo=UTC)) == "2026-11-21T00:00:00.000000Z"
    assert utc_iso(None) is None


@pytest.mark.parametrize(
    ("sentence", "stopped"),
    [
        ("Added by Alva", "Added by Alva."),
        ("Added by Alva B.", "Added by Alva B."),
        ("Run!", "Run!"),
    ],
)
def test_sentence_ends_with_one_full_stop(sentence: str, stopped: str) -> None:
    assert full_stop(sentence) == stopped
