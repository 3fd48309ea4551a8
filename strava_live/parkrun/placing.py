"""Fill in what parkrun's list of events lacks: the region, the time zone and the start time of each event.

In southern Africa also the country, because the list has one country number for three of them.
"""

from collections.abc import Iterable
from dataclasses import replace

from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.event import Event
from strava_live.parkrun.listing import ListedEvent
from strava_live.parkrun.start_times import region_name, start_times_of
from strava_live.parkrun.zones import STATES, overseas_region, zone_at

SOUTHERN_AFRICA = frozenset({"ZA", "NA", "SZ"})
"""Countries that parkrun's list does not tell apart: one country number stands for all three."""
NEIGHBOURS = 12
"""How many of the nearest events are looked at for a missing region."""
NEIGHBOURHOOD_M = 300_000.0
"""How far away such an event may be in southern Africa, or in a country with several time zones."""
SAME_PLACE_M = 500.0
"""How far away such an event may be in other countries."""


def fill_in_regions(listed: Iterable[ListedEvent], known: Iterable[Event]) -> list[ListedEvent]:
    """Return the rows. A missing region is that of the nearest event in the same country that has a region."""
    rows = [replace(row, region=region_name(row.region)) for row in listed]
    with_region = (event_from_row(row) for row in rows if row.region)
    atlas = Atlas([*(event for event in known if event.region), *with_region])
    return [row if row.region else fill_in_region(row, atlas) for row in rows]


def fill_in_region(row: ListedEvent, atlas: Atlas) -> ListedEvent:
    if overseas := overseas_region(row.country, row.latitude, row.longitude):
        return replace(row, region=overseas)
    southern = row.country in SOUTHERN_AFRICA
    # The region decides about the time zone, so a country with several zones needs one even from far away.
    reach_m = NEIGHBOURHOOD_M if southern or row.country in STATES else SAME_PLACE_M
    for metres, event in atlas.nearest((row.latitude, row.longitude), count=NEIGHBOURS):
        if metres > reach_m:
            break
        if event.country == row.country or (southern and event.country in SOUTHERN_AFRICA):
            return replace(row, country=event.country, region=event.region)
    return row


def event_from_row(row: ListedEvent) -> Event:
    """Return the row as an event, with the time zone and the usual start time of its region."""
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
