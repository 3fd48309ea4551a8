"""The days besides Saturdays on which parkruns are held: 1 January, and one special day in most countries."""

from datetime import date, timedelta
from functools import cache

# By country, the month and day of its special day, if that has a fixed date.
FIXED = {
    "AU": (12, 25),
    "NZ": (12, 25),
    "GB": (12, 25),
    "IE": (12, 25),
    "IT": (12, 25),
    "PL": (12, 26),
    "DE": (10, 3),
    "CA": (7, 1),
    "JP": (5, 4),
    "MY": (9, 16),
    "SG": (8, 9),
    "ZA": (4, 27),
    "NA": (4, 27),
    "SZ": (4, 27),
}
ASCENSION = frozenset({"DK", "NO", "SE", "FI"})
"""Countries whose special day is Ascension Day."""
SATURDAY = 5
THURSDAY = 3


def is_event_day(country: str, day: date) -> bool:
    """Return whether 5 km events are held in the country on this day."""
    return day.weekday() == SATURDAY or day in _extra_days(country, day.year)


@cache
def _extra_days(country: str, year: int) -> frozenset[date]:
    days = {date(year, 1, 1)}
    if country in FIXED:
        days.add(date(year, *FIXED[country]))
    if country in ASCENSION:
        days.add(_easter(year) + timedelta(days=39))
    if country == "NL":
        days.add(_easter(year) + timedelta(days=50))
    if country == "US":
        first = date(year, 11, 1)
        days.add(first + timedelta(days=(THURSDAY - first.weekday()) % 7 + 21))
    return frozenset(days)


def _easter(year: int) -> date:
    """Return Easter Sunday in the Gregorian calendar, by Gauss's rule in Lichtenberg's form."""
    century = year // 100
    moon = 15 + (3 * century + 3) // 4 - (8 * century + 13) // 25
    sun = 2 - (3 * century + 3) // 4
    golden = year % 19
    seed = (19 * golden + moon) % 30
    limit = 21 + seed - (seed + golden // 11) // 29
    march_sunday = 7 - (year + year // 4 + sun) % 7
    return date(year, 3, 1) + timedelta(days=limit + 7 - (limit - march_sunday) % 7 - 1)
