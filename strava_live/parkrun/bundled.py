"""The lists of events that come with the project; data/SOURCE.md says where they are from."""

import csv
from dataclasses import replace
from datetime import date
from importlib.resources import files

from strava_live.parkrun.event import Event
from strava_live.parkrun.listing import Listed, read_listing
from strava_live.parkrun.placing import event_of, placed

BUNDLED_ON = date(2026, 8, 21)
"""The day that the bundled list describes; data/SOURCE.md names it too."""


def bundled_list() -> bytes:
    return (files("strava_live.parkrun") / "data" / "events.csv").read_bytes()


def closed_events() -> list[Event]:
    """The events that closed before the bundled list began; data/SOURCE.md says where they are from."""
    content = (files("strava_live.parkrun") / "data" / "closed.csv").read_text(encoding="utf-8")
    return [_closed(row) for row in csv.DictReader(content.splitlines())]


def _closed(row: dict[str, str]) -> Event:
    listed = Listed(
        event_id=0,  # parkrun's number is not known, and not needed
        slug=row["slug"],
        name=row["name"],
        short_name=row["short_name"],
        country=row["country_code"],
        region=row["region"],
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        junior=False,
    )
    return replace(event_of(listed), closed_on=date.fromisoformat(row["closed_on"]))


def bundled_events() -> list[Event]:
    """As they are before anybody has loaded, or changed, anything."""
    return [event_of(row) for row in placed(read_listing(bundled_list()), ())]
