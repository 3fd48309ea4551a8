"""When parkruns were suspended in the pandemic, and when most of them were held. data/SOURCE.md names the sources.

HELD has only times that a source confirms. On all other days from CLOSED_FROM on, the events of a country were
suspended, only some of them were held, or nothing is known. A run on such a day may be taken for a possible parkrun,
but never for a certain one.
"""

from datetime import date
from typing import NamedTuple


class OpenSpan(NamedTuple):
    """The first and last Saturday of a time in which at least four of five events were held. `date.max`: not ended."""

    first: date
    last: date = date.max


def open_spans(*spans: str) -> tuple[OpenSpan, ...]:
    """Read spans such as 2021-10-23..2021-12-18, or 2022-01-22 without an end."""
    return tuple(OpenSpan(*(date.fromisoformat(day) for day in span.split(".."))) for span in spans)


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
"""The first day on which parkruns may have been suspended, by country. "" stands for the countries that are not listed.

The seven countries with 16 March still held their events on Saturday, 14 March 2020.
"""
HELD = {
    "": open_spans("2022-08-20"),
    "AT": open_spans("2021-10-23..2021-11-13", "2021-12-18"),
    "AU": open_spans("2022-01-08"),
    "AU/Australian Capital Territory": open_spans("2020-10-31..2021-08-07", "2021-11-13"),
    "AU/New South Wales": open_spans("2021-01-16..2021-06-12", "2022-01-08"),
    "AU/Northern Territory": open_spans("2020-09-19..2021-06-26", "2021-10-23..2021-10-30", "2021-11-13"),
    "AU/Queensland": open_spans(
        "2020-11-28..2021-01-02", "2021-03-20..2021-03-27", "2021-04-24..2021-06-26", "2021-10-23"
    ),
    "AU/South Australia": open_spans("2020-12-12..2021-07-17", "2021-10-23"),
    "AU/Tasmania": open_spans("2020-10-17..2021-10-09", "2021-10-23"),
    "AU/Victoria": open_spans("2021-01-16..2021-02-06", "2021-03-20..2021-05-22", "2021-11-27"),
    "AU/Western Australia": open_spans(
        "2020-12-12..2021-01-30", "2021-03-20..2021-04-17", "2021-05-15..2021-06-26", "2021-10-23"
    ),
    "CA": open_spans("2022-05-07"),
    "DE": open_spans("2021-10-23..2021-11-20", "2022-01-15"),
    "DK": open_spans("2021-10-23"),
    "FI": open_spans("2021-10-23..2021-12-11", "2022-04-02"),
    "FR": open_spans("2021-10-23..2022-07-02"),
    "GB": open_spans("2021-10-23"),
    "GB/England": open_spans("2021-07-24"),
    "GB/Falkland Islands": open_spans("2020-10-10"),
    "GB/Guernsey": open_spans("2020-10-31..2021-01-16", "2021-03-20"),
    "GB/Isle of Man": open_spans("2020-10-31..2021-01-02", "2021-06-12"),
    "GB/Jersey": open_spans("2021-05-08"),
    "GB/Northern Ireland": open_spans("2021-06-26"),
    "GB/Scotland": open_spans("2021-10-23..2021-12-18", "2022-01-15"),
    "GB/Wales": open_spans("2021-10-23..2021-12-18", "2022-01-22"),
    "IE": open_spans("2021-10-23"),
    "IT": open_spans("2022-04-16"),
    "JP": open_spans("2020-10-24..2020-12-26", "2021-10-23..2022-01-22", "2022-03-12"),
    "MY": open_spans("2022-08-20"),
    "NA": open_spans("2022-03-12"),
    "NL": open_spans("2021-10-23..2021-12-18", "2022-01-22"),
    "NO": open_spans("2021-10-23..2021-12-04", "2022-03-19"),
    "NZ": open_spans(
        "2020-07-04..2020-08-08",
        "2020-10-17..2021-02-13",
        "2021-03-20..2021-06-19",
        "2022-01-15..2022-01-22",
        "2022-03-26",
    ),
    "PL": open_spans("2021-06-12"),
    "RU": open_spans("2021-11-13..2021-12-18", "2022-01-15..2022-02-26"),
    "SE": open_spans("2021-10-23..2021-11-27", "2022-03-19"),
    "SG": open_spans("2022-05-07"),
    "SZ": open_spans("2021-11-27"),
    "US": open_spans("2021-10-23..2021-12-18", "2022-03-19"),
    "ZA": open_spans("2022-02-26"),
}
"""When most events were held, from CLOSED_FROM on, by country, or by country and region.

"" stands for the countries that are not listed, and has the latest first day of all. In France and Russia, every day
after the last span counts as suspended.
"""


def may_be_suspended(day: date, country: str, region: str) -> bool:
    """Return whether the pandemic may have suspended the parkruns of the country or region on the day."""
    if day < CLOSED_FROM.get(country, CLOSED_FROM[""]):
        return False
    held = HELD.get(f"{country}/{region}") or HELD.get(country) or HELD[""]
    return not any(span.first <= day <= span.last for span in held)
