"""A parkrun event without Django, for the rules: its names, its place and its start time."""

from dataclasses import dataclass
from datetime import date, time

from strava_live.parkrun.geometry import Point


@dataclass(frozen=True, slots=True)
class Event:
    """A parkrun event. Immutable, so threads may share one."""

    slug: str
    name: str
    short_name: str
    country: str
    """The ISO 3166 code of two letters. "" if unknown."""
    region: str
    latitude: float
    longitude: float
    junior: bool
    zone: str
    """The IANA name of the time zone. "" if it is unknown: then the rules use the activity's zone."""
    starts: time | None
    """The announced start in local time. None if unknown."""
    other_starts: tuple[time, ...] = ()
    """Local times at which the event may start instead of `starts`. It is not known which time is right."""
    closed_on: date | None = None
    """The day from which the event counts as closed. None while it is open."""
    former_slugs: tuple[str, ...] = ()
    former_places: tuple[Point, ...] = ()

    @property
    def called(self) -> str:
        """The name without the word parkrun: Bushy for Bushy parkrun."""
        return " ".join(self.name.replace("parkrun", "").split()).replace(" ,", ",") or self.name

    @property
    def region_or_country(self) -> str:
        """Where the event is, as pages show it: its region, or the country's code if the region is unknown."""
        return self.region or self.country

    @property
    def places(self) -> tuple[Point, ...]:
        """The present place, then the former places, at which older runs started."""
        return (self.latitude, self.longitude), *self.former_places
