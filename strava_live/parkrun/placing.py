"""From a row of a list to an event: country and region where the list leaves them out, time zone and start."""

from collections.abc import Iterable
from dataclasses import replace

from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.event import Event
from strava_live.parkrun.listing import Listed
from strava_live.parkrun.regions import hours, region_name
from strava_live.parkrun.zones import STATES, overseas_region, zone_at

SOUTHERN_AFRICA = frozenset({"ZA", "NA", "SZ"})
"""One country on parkrun's list."""
NEIGHBOURS = 12
NEIGHBOURHOOD_M = 300_000.0
SAME_PLACE_M = 500.0


def placed(listed: Iterable[Listed], known: Iterable[Event]) -> list[Listed]:
    """The same events, with a region wherever the nearest known event of the country tells it."""
    rows = [replace(row, region=region_name(row.region)) for row in listed]
    told = (event_of(row) for row in rows if row.region)
    atlas = Atlas([*(event for event in known if event.region), *told])
    return [row if row.region else _placed(row, atlas) for row in rows]


def event_of(row: Listed) -> Event:
    """The event with the zone and the start that follow from where it is."""
    start = hours(country=row.country, region=row.region, slug=row.slug, junior=row.junior)
    return Event(
        slug=row.slug,
        name=row.name,
        short_name=row.short_name,
        country=row.country,
        region=row.region,
        latitude=row.latitude,
        longitude=row.longitude,
        junior=row.junior,
        zone=zone_at(row.country, row.region, row.latitude, row.longitude),
        starts=start.usual,
        also=start.also,
    )


def _placed(row: Listed, atlas: Atlas) -> Listed:
    if abroad := overseas_region(row.country, row.latitude, row.longitude):
        return replace(row, region=abroad)
    southern = row.country in SOUTHERN_AFRICA
    # Where a whole country keeps one time, a neighbour's region would say nothing of use, and something wrong.
    reach_m = NEIGHBOURHOOD_M if southern or row.country in STATES else SAME_PLACE_M
    for metres, event in atlas.nearest((row.latitude, row.longitude), count=NEIGHBOURS):
        if metres > reach_m:
            break
        if event.country == row.country or (southern and event.country in SOUTHERN_AFRICA):
            return replace(row, country=event.country, region=event.region)
    return row
