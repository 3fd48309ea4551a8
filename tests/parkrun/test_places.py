"""Every event of the bundled list has the right time zone and a start."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from strava_live.parkrun.bundled import bundled_events, bundled_list
from strava_live.parkrun.event import Event
from strava_live.parkrun.event_regions import SOUTHERN_AFRICA, event_from_row, fill_in_regions
from strava_live.parkrun.listing import ListedEvent, read_listing
from strava_live.parkrun.zones import STATES, zone_at
from tests.parkrun.recorded import event

JULY = datetime(2025, 7, 5, 12, tzinfo=UTC)
JANUARY = datetime(2025, 1, 4, 12, tzinfo=UTC)

SPOT_CHECKS = (
    ("bushy", "Europe/London", time(9)),
    ("jersey", "Europe/Jersey", time(9)),
    ("nobles", "Europe/Isle_of_Man", time(9)),
    ("guernsey", "Europe/Guernsey", time(9)),
    ("crinancanal", "Europe/London", time(9, 30)),
    ("downslinkshorehambysea", "Europe/London", time(9)),
    ("thedemesnes", "Europe/London", time(9)),
    ("gibraltarbotanicalgardens", "Europe/Gibraltar", time(9)),
    ("festivalgreen", "America/Cayman", time(9)),
    ("capepembrokelighthouse", "Atlantic/Stanley", time(9)),
    ("plantationforest", "Atlantic/St_Helena", time(9)),
    ("buncrana", "Europe/Dublin", time(9, 30)),
    ("derrycity", "Europe/London", time(9, 30)),
    ("ballachulishquarry-juniors", "Europe/London", time(9)),
    ("edinburgh", "Europe/London", time(9, 30)),
    ("brokenhillracecourse", "Australia/Broken_Hill", time(8)),
    ("milduraweir", "Australia/Melbourne", time(8)),
    ("auburnbotanicgardens", "Australia/Sydney", time(8)),
    ("lakefyanswalkingtrack", "Australia/Melbourne", time(8)),
    ("pointvernonforeshorereserve", "Australia/Brisbane", time(7)),
    ("kirra", "Australia/Brisbane", time(7)),
    ("kingscliff", "Australia/Sydney", time(8)),
    ("kununurra", "Australia/Perth", time(8)),
    ("alicespringstelegraphstation", "Australia/Darwin", time(7)),
    ("bellerive", "Australia/Hobart", time(9)),
    ("centennial", "Australia/Sydney", time(7)),
    ("recplexnorth", "America/Chicago", time(7, 30)),
    ("depotpark", "America/New_York", time(7, 30)),
    ("thirdcreekgreenway", "America/New_York", time(9)),
    ("haysfarm", "America/Chicago", time(9)),
    ("joecreason", "America/Kentucky/Louisville", time(9)),
    ("whitelickcreek", "America/Indiana/Indianapolis", time(9)),
    ("riversidepark", "America/Boise", time(9)),
    ("himmel", "America/Phoenix", time(9)),
    ("millenniumgrandrapids", "America/Detroit", time(9)),
    ("explorationplace", "America/Chicago", time(9)),
    ("rooseveltislanddc", "America/New_York", time(9)),
    ("bellevue", "America/Toronto", time(9)),
    ("boulevardlake", "America/Toronto", time(9)),
    ("kovach", "America/Vancouver", time(9)),
    ("wascana", "America/Regina", time(9)),
    ("cornerbrookstreamtrail", "America/St_Johns", time(9)),
    ("fortlatour", "America/Moncton", time(9)),
    ("windhoek", "Africa/Windhoek", time(8)),
    ("manzini", "Africa/Mbabane", time(8)),
    ("barklyeastgolfclub", "Africa/Johannesburg", time(8)),
    ("kulturosirpoilsioparkas", "Europe/Vilnius", time(9)),
    ("djakneberget", "Europe/Stockholm", time(9, 30)),
    ("bishan", "Asia/Singapore", time(7, 30)),
)


@pytest.fixture(scope="module")
def events() -> list[Event]:
    return bundled_events()


def standard_offset_h(zone: str) -> float:
    offsets = [ZoneInfo(zone).utcoffset(when.astimezone(ZoneInfo(zone))) for when in (JANUARY, JULY)]
    return min(offset or timedelta() for offset in offsets).total_seconds() / 3600


def test_bundled_list_has_the_events_that_its_source_describes(events: list[Event]) -> None:
    assert Counter(event.junior for event in events) == {False: 2390, True: 575}


def test_every_event_has_a_zone_and_a_start(events: list[Event]) -> None:
    assert [event.slug for event in events if not event.zone or event.starts is None] == []
    starts = {(event.country, event.starts) for event in events if event.junior}
    assert starts == {("AU", time(8)), ("GB", time(9)), ("IE", time(9, 30))}
    assert all(time(7) <= event.starts <= time(9, 30) for event in events if event.starts)


def test_every_zone_fits_the_longitude(events: list[Event]) -> None:
    """Standard time is near solar time, except in countries that have chosen another zone."""
    far = {
        event.slug: round(standard_offset_h(event.zone) - event.longitude / 15, 2)
        for event in events
        if abs(standard_offset_h(event.zone) - event.longitude / 15) > 1.3
    }

    by_choice = {"Asia/Kuala_Lumpur", "Asia/Singapore", "Europe/Gibraltar"}
    assert {event(slug).zone for slug in far} <= by_choice, far


@pytest.mark.parametrize(("slug", "zone", "starts"), SPOT_CHECKS)
def test_known_event_has_the_right_zone_and_start(slug: str, zone: str, starts: time) -> None:
    assert (event(slug).zone, event(slug).starts) == (zone, starts)


def test_every_state_keeps_a_zone_that_exists() -> None:
    for zones in STATES.values():
        for zone in zones.values():
            ZoneInfo(zone)


@pytest.mark.parametrize(
    ("country", "region", "latitude", "longitude", "zone"),
    [
        ("CA", "Ontario", 49.77, -94.49, "America/Winnipeg"),
        ("CA", "British Columbia", 49.51, -115.77, "America/Edmonton"),
        ("CA", "British Columbia", 55.76, -120.24, "America/Dawson_Creek"),
        ("CA", "Newfoundland and Labrador", 53.30, -60.33, "America/Goose_Bay"),
        ("US", "Texas", 31.76, -106.49, "America/Denver"),
        ("US", "Tennessee", 36.16, -86.78, "America/Chicago"),
        ("US", "Tennessee", 35.05, -85.31, "America/New_York"),
        ("US", "Kentucky", 36.99, -86.44, "America/Chicago"),
        ("US", "Indiana", 41.59, -87.35, "America/Chicago"),
        ("US", "Indiana", 37.97, -87.57, "America/Chicago"),
        ("US", "Idaho", 47.68, -116.78, "America/Los_Angeles"),
        ("US", "Oregon", 44.03, -116.96, "America/Boise"),
        ("US", "Michigan", 45.82, -88.07, "America/Menominee"),
        ("US", "Michigan", 46.54, -87.40, "America/Detroit"),
        ("US", "Nebraska", 41.87, -103.66, "America/Denver"),
        ("US", "South Dakota", 44.08, -103.23, "America/Denver"),
        ("US", "North Dakota", 46.88, -102.79, "America/Denver"),
        ("US", "Kansas", 39.35, -101.71, "America/Denver"),
        ("GB", "Cyprus", 34.59, 32.99, "Asia/Nicosia"),
        ("GB", "", 31.86, 64.22, ""),
        ("XX", "", 10.0, 10.0, ""),
    ],
)
def test_place_beyond_a_line_has_the_other_zone(
    country: str, region: str, latitude: float, longitude: float, zone: str
) -> None:
    assert zone_at(country, region, latitude, longitude) == zone


def test_region_of_an_event_is_filled_in_from_its_neighbours() -> None:
    """parkrun's own list has no regions, so each event takes its region from the others."""
    rows = read_listing(bundled_list())
    # Hide a tenth at a time, so that each hidden event still has neighbours.
    wrong_zone, wrong_start, asked = [], [], 0
    known = [event_from_row(row) for row in fill_in_regions(rows, ())]
    for part in range(10):
        hidden = [one for number, one in enumerate(known) if number % 10 == part]
        slugs = {one.slug for one in hidden}
        bare = [row for row in stripped(rows) if row.slug in slugs]
        for found, right in zip(
            fill_in_regions(bare, [one for one in known if one.slug not in slugs]), hidden, strict=True
        ):
            filled_in = event_from_row(found)
            asked += 1
            wrong_zone += [right.slug] if filled_in.zone != right.zone else []
            wrong_start += [right.slug] if filled_in.starts != right.starts else []

    assert asked == 2965
    assert len(wrong_zone) < 0.02 * asked, wrong_zone
    assert len(wrong_start) < 0.02 * asked, wrong_start


def stripped(rows: list[ListedEvent]) -> list[ListedEvent]:
    """Return the rows as in parkrun's own list: without regions, and with one country for all of Southern Africa."""
    return [replace(row, region="", country="ZA" if row.country in SOUTHERN_AFRICA else row.country) for row in rows]
