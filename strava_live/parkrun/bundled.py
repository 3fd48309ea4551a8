"""The lists of events in data/: parkrun's list as it was on BUNDLED_ON, and events that had closed before that day.

data/SOURCE.md names the sources.
"""

import csv
from dataclasses import replace
from datetime import date
from importlib.resources import files

from strava_live.parkrun.event import Event
from strava_live.parkrun.event_regions import event_from_row, fill_in_regions
from strava_live.parkrun.listing import ListedEvent, read_listing

BUNDLED_ON = date(2026, 8, 21)
"""The date of the list in data/events.csv. data/SOURCE.md has the same date."""


def bundled_list() -> bytes:
    """Return data/events.csv."""
    return (files("strava_live.parkrun") / "data" / "events.csv").read_bytes()


def closed_events() -> list[Event]:
    """Return the events of data/closed.csv, which closed before the list in data/events.csv was made."""
    content = (files("strava_live.parkrun") / "data" / "closed.csv").read_text(encoding="utf-8")
    return [read_closed_event(row) for row in csv.DictReader(content.splitlines())]


def read_closed_event(row: dict[str, str]) -> Event:
    listed = ListedEvent(
        event_id=0,  # parkrun's number is not known, and not used
        slug=row["slug"],
        name=row["name"],
        short_name=row["short_name"],
        country=row["country_code"],
        region=row["region"],
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        junior=False,
    )
    return replace(event_from_row(listed), closed_on=date.fromisoformat(row["closed_on"]))


def bundled_events() -> list[Event]:
    """Return the events of data/events.csv, with the usual start times of their regions."""
    return [event_from_row(row) for row in fill_in_regions(read_listing(bundled_list()), ())]
