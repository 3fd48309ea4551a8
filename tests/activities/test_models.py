"""What an activity says about itself: its device, named as Garmin asks."""

import pytest

from strava_live.activities.models import Activity


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
    assert Activity(device_name=device_name).garmin_device == words
