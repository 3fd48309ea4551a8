"""Garmin's brand guidelines: an activity recorded on a Garmin device is shown with "Garmin [model]" beside it."""

GARMIN = "Garmin"


def garmin_attribution(device_name: str) -> str:
    """Return "Garmin Forerunner 255" as Strava names the device, or "" for any other make."""
    words = device_name.split()
    return " ".join(words) if words[:1] == [GARMIN] else ""
