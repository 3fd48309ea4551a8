"""The days on which parkruns are held, and their occasion: why parkruns are held on them.

5 km parkruns are held on Saturdays, on 1 January and on one special day of each country, such as Christmas Day. Junior
parkruns are held on Sundays. A country whose special day is not known has none here.
"""

from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

FIRST_PARKRUN = date(2004, 10, 2)
"""The day of the first parkrun ever."""
SATURDAY, SUNDAY = 5, 6
THURSDAY = 3


class Occasion(StrEnum):
    """A day of the week, a special day, or a simulated Saturday (simulated.py). Stored in the reasons of judgements.

    wording.py has the words.
    """

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    NEW_YEAR = "new_year"
    CHRISTMAS = "christmas"
    FREEDOM_DAY = "freedom_day"
    CANADA_DAY = "canada_day"
    GERMAN_UNITY_DAY = "german_unity_day"
    GREENERY_DAY = "greenery_day"
    MALAYSIA_DAY = "malaysia_day"
    SECOND_CHRISTMAS_DAY = "second_christmas_day"
    SINGAPORE_DAY = "singapore_day"
    ASCENSION_DAY = "ascension_day"
    WHIT_MONDAY = "whit_monday"
    THANKSGIVING = "thanksgiving"
    SIMULATED = "simulated"


WEEKDAYS = tuple(Occasion)[:7]
"""The days of the week in the order of `date.weekday()`."""

FIXED = {
    "AU": (12, 25, Occasion.CHRISTMAS),
    "CA": (7, 1, Occasion.CANADA_DAY),
    "DE": (10, 3, Occasion.GERMAN_UNITY_DAY),
    "FR": (12, 25, Occasion.CHRISTMAS),
    "GB": (12, 25, Occasion.CHRISTMAS),
    "IE": (12, 25, Occasion.CHRISTMAS),
    "IT": (12, 25, Occasion.CHRISTMAS),
    "JP": (5, 4, Occasion.GREENERY_DAY),
    "MY": (9, 16, Occasion.MALAYSIA_DAY),
    "NA": (4, 27, Occasion.FREEDOM_DAY),
    "NZ": (12, 25, Occasion.CHRISTMAS),
    "PL": (12, 26, Occasion.SECOND_CHRISTMAS_DAY),
    "SG": (8, 9, Occasion.SINGAPORE_DAY),
    "SZ": (4, 27, Occasion.FREEDOM_DAY),
    "ZA": (4, 27, Occasion.FREEDOM_DAY),
}
"""Countries whose special day has the same date every year: the month, the day, and the occasion."""
AFTER_EASTER = {
    "DK": (39, Occasion.ASCENSION_DAY),
    "FI": (39, Occasion.ASCENSION_DAY),
    "NO": (39, Occasion.ASCENSION_DAY),
    "SE": (39, Occasion.ASCENSION_DAY),
    "NL": (50, Occasion.WHIT_MONDAY),
}
"""Countries whose special day depends on Easter: the number of days after Easter Sunday, and the occasion."""
THANKSGIVING_COUNTRIES = {"US"}
"""Countries whose special day is the fourth Thursday of November."""


def occasion(day: date, country: str, *, junior: bool = False) -> Occasion | None:
    """Return why parkruns are held in the country on the day. None if none are held."""
    if junior:
        return Occasion.SUNDAY if day.weekday() == SUNDAY else None
    if day.weekday() == SATURDAY:
        return Occasion.SATURDAY
    if (day.month, day.day) == (1, 1):
        return Occasion.NEW_YEAR
    return special_days(country, day.year).get(day)


def occasion_somewhere(day: date, *, junior: bool = False) -> Occasion | None:
    """Return why parkruns are held on the day in any country. None if none are held anywhere."""
    countries = ("", *FIXED, *AFTER_EASTER, *THANKSGIVING_COUNTRIES)
    return next((found for country in countries if (found := occasion(day, country, junior=junior))), None)


def may_be_held(day: date, *, junior: bool = False) -> bool:
    """Return whether parkruns are held on the day in at least one country.

    Used to check the date of a parkrun that an athlete types in. The country of its event is ignored, because an event
    may also be held on another country's special day.
    """
    return occasion_somewhere(day, junior=junior) is not None


@lru_cache(maxsize=1024)
def special_days(country: str, year: int) -> dict[date, Occasion]:
    """Return the country's special day of the year with its occasion. Empty if none is known."""
    if country in FIXED:
        month, day, name = FIXED[country]
        return {date(year, month, day): name}
    if country in AFTER_EASTER:
        days, name = AFTER_EASTER[country]
        return {easter(year) + timedelta(days=days): name}
    if country in THANKSGIVING_COUNTRIES:
        first = date(year, 11, 1)
        return {first + timedelta(days=(THURSDAY - first.weekday()) % 7 + 21): Occasion.THANKSGIVING}
    return {}


def easter(year: int) -> date:
    """Return Easter Sunday in the Gregorian calendar, by the algorithm of Meeus, Jones and Butcher."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - correction + 15) % 30
    quarter, left = divmod(in_century, 4)
    weekday = (32 + 2 * rest + 2 * quarter - epact - left) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
