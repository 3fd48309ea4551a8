"""The list of events that comes with the project; data/SOURCE.md says where it is from."""

from datetime import date
from importlib.resources import files

from strava_live.parkrun.event import Event
from strava_live.parkrun.listing import read_listing
from strava_live.parkrun.placing import event_of, placed

BUNDLED_ON = date(2026, 8, 21)
"""The day that the bundled list describes; data/SOURCE.md names it too."""


def bundled_list() -> bytes:
    return (files("strava_live.parkrun") / "data" / "events.csv").read_bytes()


def bundled_events() -> list[Event]:
    """As they are before anybody has loaded, or changed, anything."""
    return [event_of(row) for row in placed(read_listing(bundled_list()), ())]
