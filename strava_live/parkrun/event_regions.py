"""Fill in what parkrun's list of events lacks: the region of an event, its time zone, and its usual start time.

Three countries of southern Africa share one number in the list. For their events, the country is filled in, too.
"""

from collections.abc import Iterable
from dataclasses import replace

from strava_live.parkrun.event import Event
from strava_live.parkrun.listing import ListedEvent
from strava_live.parkrun.places import Places
from strava_live.parkrun.start_times import region_name, start_times_of
from strava_live.parkrun.zones import STATES, overseas_region, zone_at

SOUTHERN_AFRICA = frozenset({"ZA", "NA", "SZ"})
"""Countries that have the same number in parkrun's list."""
NEIGHBOURS = 12
"""How many of the nearest events are tried for a row without a region, which takes the region of one of them."""
NEIGHBOURHOOD_M = 300_000.0
"""The largest distance from such a row to that event, in southern Africa and in the countries of zones.STATES."""
SAME_PLACE_M = 500.0
"""The same distance in all other countries."""


def fill_in_regions(listed: Iterable[ListedEvent], known: Iterable[Event]) -> list[ListedEvent]:
    """Return the rows, with a region wherever one is found for a row that has none.

    Regions are found by the coordinates of overseas territories, in other rows nearby, and in `known` events nearby.
    `known` is not read if every row has a region.
    """
    rows = [replace(row, region=region_name(row.region)) for row in listed]
    if all(row.region for row in rows):
        return rows
    with_region = (event_from_row(row) for row in rows if row.region)
    places = Places([*(event for event in known if event.region), *with_region])
    return [row if row.region else with_nearest_region(row, places) for row in rows]


def with_nearest_region(row: ListedEvent, places: Places) -> ListedEvent:
    """Return the row with the region of an overseas territory, or that of the nearest event in the same country.

    In southern Africa, the nearest event in any of its three countries counts, and the row also gets the event's
    country. Return the row unchanged if none of the nearest events will do.
    """
    if overseas := overseas_region(row.country, row.latitude, row.longitude):
        return replace(row, region=overseas)
    southern = row.country in SOUTHERN_AFRICA
    # The region decides about the time zone, so a country with several zones needs one even from far away.
    reach_m = NEIGHBOURHOOD_M if southern or row.country in STATES else SAME_PLACE_M
    for metres, event in places.nearest((row.latitude, row.longitude), count=NEIGHBOURS):
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
