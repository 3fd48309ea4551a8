"""When parkruns start: the usual time of each region, and other times at which some of its events start.

A start time that an operator has entered for an event overrides these.
"""

from datetime import time
from typing import NamedTuple

SEVEN, HALF_SEVEN, EIGHT, HALF_EIGHT = time(7), time(7, 30), time(8), time(8, 30)
NINE, HALF_NINE, TEN = time(9), time(9, 30), time(10)


class StartTimes(NamedTuple):
    """The usual start in a region, and starts that some of its events have instead.

    A start at one of the others makes an activity a maybe, because it is not known which events have which start.
    """

    usual: time | None
    others: tuple[time, ...] = ()


UNKNOWN = StartTimes(None)
"""For regions that are not listed."""

BY_REGION = {
    "AT": StartTimes(NINE, (HALF_NINE,)),  # not confirmed
    "AU": StartTimes(None),  # differs from state to state
    "AU/Australian Capital Territory": StartTimes(EIGHT, (SEVEN,)),
    "AU/New South Wales": StartTimes(EIGHT, (SEVEN,)),
    "AU/Northern Territory": StartTimes(SEVEN, (EIGHT,)),
    "AU/Queensland": StartTimes(SEVEN, (EIGHT,)),
    "AU/South Australia": StartTimes(EIGHT, (SEVEN,)),
    "AU/Tasmania": StartTimes(NINE, (EIGHT,)),
    "AU/Victoria": StartTimes(EIGHT, (SEVEN,)),
    "AU/Western Australia": StartTimes(EIGHT, (SEVEN,)),
    "CA": StartTimes(NINE),
    "DE": StartTimes(NINE),
    "DK": StartTimes(NINE),
    "FI": StartTimes(HALF_NINE, (NINE,)),  # not confirmed
    "FR": StartTimes(NINE, (HALF_EIGHT,)),
    "GB": StartTimes(NINE),
    "GB/Cayman Islands": StartTimes(NINE, (SEVEN, HALF_SEVEN, EIGHT)),  # not confirmed, and hot
    "GB/Northern Ireland": StartTimes(HALF_NINE),
    "GB/Scotland": StartTimes(HALF_NINE),
    "IE": StartTimes(HALF_NINE),
    "IT": StartTimes(NINE),
    "JP": StartTimes(EIGHT, (NINE,)),  # not confirmed
    "LT": StartTimes(NINE, (HALF_NINE,)),  # not confirmed
    "MY": StartTimes(HALF_SEVEN),
    "NA": StartTimes(EIGHT, (SEVEN, HALF_SEVEN)),
    "NL": StartTimes(NINE, (HALF_NINE,)),  # not confirmed
    "NO": StartTimes(HALF_NINE, (NINE,)),  # not confirmed
    "NZ": StartTimes(EIGHT, (NINE,)),
    "PL": StartTimes(NINE),
    "RU": StartTimes(NINE),
    "SE": StartTimes(HALF_NINE, (NINE,)),  # not confirmed
    "SG": StartTimes(HALF_SEVEN),
    "SZ": StartTimes(EIGHT, (SEVEN, HALF_SEVEN)),
    "US": StartTimes(NINE, (SEVEN, HALF_SEVEN, EIGHT)),
    "US/Florida": StartTimes(HALF_SEVEN, (SEVEN, EIGHT, NINE)),  # mostly between 7:00 and 8:00
    "ZA": StartTimes(EIGHT, (SEVEN, HALF_SEVEN)),  # earlier in summer in some places
}
"""The start times by country, or by country and region."""
BY_EVENT = {"centennial": StartTimes(SEVEN, (EIGHT,))}
"""The start times of single events, by slug."""
JUNIORS = {
    "AU": StartTimes(EIGHT, (SEVEN, NINE)),
    "IE": StartTimes(HALF_NINE, (NINE, TEN)),
    "": StartTimes(NINE, (HALF_NINE, TEN)),
}
"""The start times of junior events, by country. "" stands for all other countries."""

REGION_NAMES = {"Highland": "Scotland"}
"""Lists of events may name a smaller area instead of its region. This maps the area's name to the region's."""


def region_name(region: str) -> str:
    """Return our name of the region that a list of events names."""
    return REGION_NAMES.get(region, region)


def start_times_of(*, country: str, region: str, slug: str, junior: bool) -> StartTimes:
    """Return the likely start times of an event: its own if BY_EVENT has them, else those of its region or country.

    A junior event has those of its country's junior events.
    """
    if junior:
        return JUNIORS.get(country, JUNIORS[""])
    return BY_EVENT.get(slug) or BY_REGION.get(f"{country}/{region}") or BY_REGION.get(country, UNKNOWN)
