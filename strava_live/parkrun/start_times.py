"""When parkruns start: the usual hour of each region, and the hours that are known of some of its events.

An operator's own entry for an event goes before everything here.
"""

from datetime import time
from typing import NamedTuple

SEVEN, HALF_SEVEN, EIGHT, HALF_EIGHT = time(7), time(7, 30), time(8), time(8, 30)
NINE, HALF_NINE, TEN = time(9), time(9, 30), time(10)


class Hours(NamedTuple):
    """The usual start, and others that occur: those are worth a question to the athlete."""

    usual: time | None
    also: tuple[time, ...] = ()


UNKNOWN = Hours(None)

HOURS = {
    "AT": Hours(NINE, (HALF_NINE,)),  # not confirmed
    "AU": Hours(None),  # differs from state to state
    "AU/Australian Capital Territory": Hours(EIGHT, (SEVEN,)),
    "AU/New South Wales": Hours(EIGHT, (SEVEN,)),
    "AU/Northern Territory": Hours(SEVEN, (EIGHT,)),
    "AU/Queensland": Hours(SEVEN, (EIGHT,)),
    "AU/South Australia": Hours(EIGHT, (SEVEN,)),
    "AU/Tasmania": Hours(NINE, (EIGHT,)),
    "AU/Victoria": Hours(EIGHT, (SEVEN,)),
    "AU/Western Australia": Hours(EIGHT, (SEVEN,)),
    "CA": Hours(NINE),
    "DE": Hours(NINE),
    "DK": Hours(NINE),
    "FI": Hours(HALF_NINE, (NINE,)),  # not confirmed
    "FR": Hours(NINE, (HALF_EIGHT,)),
    "GB": Hours(NINE),
    "GB/Cayman Islands": Hours(NINE, (SEVEN, HALF_SEVEN, EIGHT)),  # not confirmed, and hot
    "GB/Northern Ireland": Hours(HALF_NINE),
    "GB/Scotland": Hours(HALF_NINE),
    "IE": Hours(HALF_NINE),
    "IT": Hours(NINE),
    "JP": Hours(EIGHT, (NINE,)),  # not confirmed
    "LT": Hours(NINE, (HALF_NINE,)),  # not confirmed
    "MY": Hours(HALF_SEVEN),
    "NA": Hours(EIGHT, (SEVEN, HALF_SEVEN)),
    "NL": Hours(NINE, (HALF_NINE,)),  # not confirmed
    "NO": Hours(HALF_NINE, (NINE,)),  # not confirmed
    "NZ": Hours(EIGHT, (NINE,)),
    "PL": Hours(NINE),
    "RU": Hours(NINE),
    "SE": Hours(HALF_NINE, (NINE,)),  # not confirmed
    "SG": Hours(HALF_SEVEN),
    "SZ": Hours(EIGHT, (SEVEN, HALF_SEVEN)),
    "US": Hours(NINE, (SEVEN, HALF_SEVEN, EIGHT)),
    "US/Florida": Hours(HALF_SEVEN, (SEVEN, EIGHT, NINE)),  # between 7:00 and 8:00, from event to event
    "ZA": Hours(EIGHT, (SEVEN, HALF_SEVEN)),  # earlier in summer in some places
}
EVENTS = {"centennial": Hours(SEVEN, (EIGHT,))}
JUNIORS = {
    "AU": Hours(EIGHT, (SEVEN, NINE)),
    "IE": Hours(HALF_NINE, (NINE, TEN)),
    "": Hours(NINE, (HALF_NINE, TEN)),
}

# The list names some regions in more than one way; only names that matter here are set right.
SAME = {"Highland": "Scotland"}


def region_name(region: str) -> str:
    return SAME.get(region, region)


def hours(*, country: str, region: str, slug: str, junior: bool) -> Hours:
    """When an event starts as far as one can tell from where it is."""
    if junior:
        return JUNIORS.get(country, JUNIORS[""])
    return EVENTS.get(slug) or HOURS.get(f"{country}/{region}") or HOURS.get(country, UNKNOWN)
