"""On which days of the pandemic most parkruns of a country or state were held. data/SOURCE.md names the sources.

Only what a source confirms stands here. On every other day between the first closures and the last date of a country
its events were suspended, or only some of them were back, or nothing is known: such a run is at most a maybe.
"""

from datetime import date
from typing import NamedTuple


class Open(NamedTuple):
    """From the first to the last Saturday on which four of five events, or more, were held. No `last`: ever since."""

    first: date
    last: date = date.max


def _open(*spans: str) -> tuple[Open, ...]:
    """Read spans that are written as 2021-10-23..2021-12-18, or as 2022-01-22 without an end."""
    return tuple(Open(*(date.fromisoformat(day) for day in span.split(".."))) for span in spans)


# Seven countries held their events on 14 March 2020; the other fifteen had closed that week. Where the day of closing
# is not known, the first day in doubt stands here.
CLOSED_FROM = {
    "": date(2020, 3, 9),
    "AU": date(2020, 3, 16),
    "GB": date(2020, 3, 16),
    "IT": date(2020, 2, 22),
    "JP": date(2020, 2, 29),
    "NA": date(2020, 3, 16),
    "NZ": date(2020, 3, 16),
    "RU": date(2020, 3, 16),
    "SG": date(2020, 2, 8),
    "SZ": date(2020, 3, 16),
    "ZA": date(2020, 3, 16),
}
# A country that is not named had no parkruns yet, or nothing is known: it goes by the last of all.
HELD = {
    "": _open("2022-08-20"),
    "AT": _open("2021-10-23..2021-11-13", "2021-12-18"),
    "AU": _open("2022-01-08"),
    "AU/Australian Capital Territory": _open("2020-10-31..2021-08-07", "2021-11-13"),
    "AU/New South Wales": _open("2021-01-16..2021-06-12", "2022-01-08"),
    "AU/Northern Territory": _open("2020-09-19..2021-06-26", "2021-10-23..2021-10-30", "2021-11-13"),
    "AU/Queensland": _open("2020-11-28..2021-01-02", "2021-03-20..2021-03-27", "2021-04-24..2021-06-26", "2021-10-23"),
    "AU/South Australia": _open("2020-12-12..2021-07-17", "2021-10-23"),
    "AU/Tasmania": _open("2020-10-17..2021-10-09", "2021-10-23"),
    "AU/Victoria": _open("2021-01-16..2021-02-06", "2021-03-20..2021-05-22", "2021-11-27"),
    "AU/Western Australia": _open(
        "2020-12-12..2021-01-30", "2021-03-20..2021-04-17", "2021-05-15..2021-06-26", "2021-10-23"
    ),
    "CA": _open("2022-05-07"),
    "DE": _open("2021-10-23..2021-11-20", "2022-01-15"),
    "DK": _open("2021-10-23"),
    "FI": _open("2021-10-23..2021-12-11", "2022-04-02"),
    "FR": _open("2021-10-23..2022-07-02"),
    "GB": _open("2021-10-23"),
    "GB/England": _open("2021-07-24"),
    "GB/Falkland Islands": _open("2020-10-10"),
    "GB/Guernsey": _open("2020-10-31..2021-01-16", "2021-03-20"),
    "GB/Isle of Man": _open("2020-10-31..2021-01-02", "2021-06-12"),
    "GB/Jersey": _open("2021-05-08"),
    "GB/Northern Ireland": _open("2021-06-26"),
    "GB/Scotland": _open("2021-10-23..2021-12-18", "2022-01-15"),
    "GB/Wales": _open("2021-10-23..2021-12-18", "2022-01-22"),
    "IE": _open("2021-10-23"),
    "IT": _open("2022-04-16"),
    "JP": _open("2020-10-24..2020-12-26", "2021-10-23..2022-01-22", "2022-03-12"),
    "MY": _open("2022-08-20"),
    "NA": _open("2022-03-12"),
    "NL": _open("2021-10-23..2021-12-18", "2022-01-22"),
    "NO": _open("2021-10-23..2021-12-04", "2022-03-19"),
    "NZ": _open(
        "2020-07-04..2020-08-08",
        "2020-10-17..2021-02-13",
        "2021-03-20..2021-06-19",
        "2022-01-15..2022-01-22",
        "2022-03-26",
    ),
    "PL": _open("2021-06-12"),
    "RU": _open("2021-11-13..2021-12-18", "2022-01-15..2022-02-26"),
    "SE": _open("2021-10-23..2021-11-27", "2022-03-19"),
    "SG": _open("2022-05-07"),
    "SZ": _open("2021-11-27"),
    "US": _open("2021-10-23..2021-12-18", "2022-03-19"),
    "ZA": _open("2022-02-26"),
}


def in_doubt(day: date, country: str, region: str) -> bool:
    """Return whether the pandemic leaves open if a parkrun was held there on the day."""
    if day < CLOSED_FROM.get(country, CLOSED_FROM[""]):
        return False
    held = HELD.get(f"{country}/{region}") or HELD.get(country) or HELD[""]
    return not any(span.first <= day <= span.last for span in held)
