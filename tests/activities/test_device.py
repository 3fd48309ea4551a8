"""Devices, named as their makers ask."""

import pytest

from strava_live.activities.garmin import garmin_attribution


@pytest.mark.parametrize(
    ("device_name", "words"),
    [
        ("Garmin Forerunner 255", "Garmin Forerunner 255"),
        ("Garmin  fēnix 8 ", "Garmin fēnix 8"),
        ("Garmin", "Garmin"),
        ("Garminator", ""),
        ("Apple Watch by Garmin", ""),
        ("", ""),
    ],
)
def test_garmin_devices_are_named_as_garmin_asks(device_name: str, words: str) -> None:
    assert garmin_attribution(device_name) == words
