"""Completes the rows of a list: country and region where the list lacks them, time zone and start."""

from collections.abc import Iterable
from dataclasses import replace

from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.event import Event
from strava_live.parkrun.listing import ListedEvent
from strava_live.parkrun.start_times import region_name, start_times_of
from strava_live.parkrun.zones import STATES, overseas_region, zone_at

SOUTHERN_AFRICA = frozenset({"ZA", "NA", "SZ"})
"""One country on parkrun's list."""
NEIGHBOURS = 12
NEIGHBOURHOOD_M = 300_000.0
SAME_PLACE_M = 500.0


def fill_in_regions(listed: Iterable[ListedEvent], known: Iterable[Event]) -> list[ListedEvent]:
    """Return the rows with missing regions taken from the nearest event of the country that has one."""
    rows = [replace(row, region=region_name(row.region)) for row in listed]
    with_region = (event_from_row(row) for row in rows if row.region)
    atlas = Atlas([*(event for event in known if event.region), *with_region])
    return [row if row.region else fill_in_region(row, atlas) for row in rows]


def fill_in_region(row: ListedEvent, atlas: Atlas) -> ListedEvent:
    if overseas := overseas_region(row.country, row.latitude, row.longitude):
        return replace(row, region=overseas)
    southern = row.country in SOUTHERN_AFRICA
    # Only where a country has several zones is a neighbour's region worth taking from far away.
    reach_m = NEIGHBOURHOOD_M if southern or row.country in STATES else SAME_PLACE_M
    for metres, event in atlas.nearest((row.latitude, row.longitude), count=NEIGHBOURS):
        if metres > reach_m:
            break
        if event.country == row.country or (southern and event.country in SOUTHERN_AFRICA):
            return replace(row, country=event.country, region=event.region)
    return row


def event_from_row(row: ListedEvent) -> Event:
    """Return the event with the zone and the start of its region."""
    start = start_times_of(country=row.country, region=row.region, slug=row.slug, junior=row.junior)
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
        other_starts=start.others,
    )
