"""A parkrun event without Django: its names, its place and its start."""

from dataclasses import dataclass
from datetime import date, time

from strava_live.parkrun.geometry import Point


@dataclass(frozen=True, slots=True)
class Event:
    """A parkrun event. Immutable, so threads may share it."""

    slug: str
    name: str
    short_name: str
    country: str
    """ISO 3166, two letters."""
    region: str
    latitude: float
    longitude: float
    junior: bool
    zone: str
    """An IANA name, or "" if unknown: the zone of the activity is used then."""
    starts: time | None
    """The announced start, local time. None if unknown."""
    other_starts: tuple[time, ...] = ()
    """Starts of other events in the region, which this event may have too."""
    closed_on: date | None = None
    former_slugs: tuple[str, ...] = ()
    former_places: tuple[Point, ...] = ()

    @property
    def called(self) -> str:
        """The name without "parkrun": Bushy for Bushy parkrun."""
        return " ".join(self.name.replace("parkrun", "").split()).replace(" ,", ",") or self.name

    @property
    def places(self) -> tuple[Point, ...]:
        """The present place, then the former ones, where old runs started."""
        return (self.latitude, self.longitude), *self.former_places
