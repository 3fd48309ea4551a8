"""One parkrun event as everything here knows it: what it is called, where it is and when it starts."""

from dataclasses import dataclass
from datetime import date, time

from strava_live.parkrun.geometry import Point


@dataclass(frozen=True, slots=True)
class Event:
    """Frozen, so that every thread may hold it. Two names for one event are two slugs in turn, never two events."""

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
    """An IANA name, or "" where nobody has found out: then the activity's own zone serves."""
    starts: time | None
    """The nominal start, local; None where nobody knows."""
    also: tuple[time, ...] = ()
    """Starts that are known of other events in the region."""
    closed_on: date | None = None
    former_slugs: tuple[str, ...] = ()
    former_places: tuple[Point, ...] = ()

    @property
    def called(self) -> str:
        """What people call it: Bushy, for Bushy parkrun."""
        return " ".join(self.name.replace("parkrun", "").split()).replace(" ,", ",") or self.name

    @property
    def places(self) -> tuple[Point, ...]:
        """Where it is, and where it was before: old runs started there."""
        return (self.latitude, self.longitude), *self.former_places
