"""Reading what athletes type about themselves."""

import pytest
from django.core.exceptions import ValidationError

from strava_live.accounts.profile import read_display_name, read_goal_time, read_parkrun_id, time_zones
from strava_live.formats import format_duration


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("1234567", "1234567"), ("A1234567", "1234567"), ("a 123 4567 ", "1234567"), ("", ""), ("A007", "7")],
)
def test_parkrun_id_is_stored_without_its_letter(typed: str, stored: str) -> None:
    assert read_parkrun_id(typed) == stored


@pytest.mark.parametrize("typed", ["B12", "A", "A0", "12-34", "A12345678901", "１２３", "None", "AA12"])
def test_invalid_parkrun_id(typed: str) -> None:
    with pytest.raises(ValidationError):
        read_parkrun_id(typed)


@pytest.mark.parametrize(
    ("typed", "seconds"), [("27:30", 1650), ("27.30", 1650), ("1:02:03", 3723), (" 12:00 ", 720), ("", None)]
)
def test_goal_time_in_minutes_and_seconds(typed: str, seconds: int | None) -> None:
    assert read_goal_time(typed) == seconds


@pytest.mark.parametrize("typed", ["27", "27:60", "3:00:01", "11:59", "x", "-27:30", "27:3", "1:2:3:4", "1:75:00"])
def test_invalid_goal_time(typed: str) -> None:
    with pytest.raises(ValidationError):
        read_goal_time(typed)


def test_goal_time_reads_back_as_it_is_shown() -> None:
    assert [format_duration(read_goal_time(shown)) for shown in ("27:30", "1:02:03")] == ["27:30", "1:02:03"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Alva \n Berg ", "Alva Berg"),
        ("Alva\u202eBerg", "AlvaBerg"),
        ("\u200b\u200b", ""),
        ("Zoë 🏃", "Zoë 🏃"),
        ("A\x00B", "A B"),
    ],
)
def test_display_name_is_one_line_of_visible_characters(typed: str, shown: str) -> None:
    assert read_display_name(typed) == shown


def test_time_zones_are_regions_and_cities() -> None:
    zones = time_zones()

    assert {"UTC", "Europe/London", "Australia/Brisbane"} <= set(zones)
    assert not [zone for zone in zones if zone.startswith(("Etc/", "posix/"))]
