"""The parkrun events of the stand-in: a small extract of parkrun's own list (event locations © parkrun Global).

Names and places are parkrun's. Zones and start times were entered here event by event, from what is usual in each
region. They are not copied from the site, so that tests find mistakes there. The start times of Japan, Sweden, Norway,
Finland, the Netherlands, Austria and Lithuania are not confirmed. Every 5k event except the pair at Colwick is at least
2.5 km from its nearest neighbour on the whole list.
"""

import csv
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from simulators.strava.routes import Point


@dataclass(frozen=True, slots=True)
class Event:
    """A parkrun event: its place, and its start in its time zone."""

    slug: str
    name: str
    country: str
    latitude: float
    longitude: float
    junior: bool
    zone: str
    starts: time
    home: Point
    """Where the event's regulars live: more than 3 km from every event, so that no run there looks like a parkrun."""

    @property
    def place(self) -> Point:
        return self.latitude, self.longitude

    def start_on(self, day: date) -> int:
        """Return when the event is to start on a day, in epoch seconds."""
        return int(datetime.combine(day, self.starts, ZoneInfo(self.zone)).timestamp())


@cache
def all_events() -> dict[str, Event]:
    """Return the events of the extract by slug."""
    with Path(__file__).with_name("events.csv").open(encoding="utf-8", newline="") as lines:
        return {row["slug"]: _event(row) for row in csv.DictReader(lines)}


@cache
def five_k_events() -> tuple[Event, ...]:
    return tuple(event for event in all_events().values() if not event.junior)


CROWDED = frozenset({"colwick", "holmepierrepont"})
"""Two events that are only 429 m apart, so that the place alone does not say at which one a parkrun was."""


def _event(row: dict[str, str]) -> Event:
    return Event(
        slug=row["slug"],
        name=row["name"],
        country=row["country"],
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        junior=row["series"] == "junior",
        zone=row["zone"],
        starts=time.fromisoformat(row["starts"]),
        home=(float(row["home_latitude"]), float(row["home_longitude"])),
    )
