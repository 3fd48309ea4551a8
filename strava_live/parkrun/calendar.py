"""The days on which parkruns are held: Saturdays, 1 January and one special day in each country; for juniors Sundays.

Countries whose special day is not known have none here.
"""

from datetime import date, timedelta
from functools import lru_cache

FIRST_PARKRUN = date(2004, 10, 2)
SATURDAY, SUNDAY = 5, 6
THURSDAY = 3

NEW_YEAR = "New Year's Day"
CHRISTMAS = "Christmas Day"
FREEDOM_DAY = "27 April"

FIXED = {
    "AU": (12, 25, CHRISTMAS),
    "CA": (7, 1, "Canada Day"),
    "DE": (10, 3, "3 October"),
    "FR": (12, 25, CHRISTMAS),
    "GB": (12, 25, CHRISTMAS),
    "IE": (12, 25, CHRISTMAS),
    "IT": (12, 25, CHRISTMAS),
    "JP": (5, 4, "Greenery Day"),
    "MY": (9, 16, "Malaysia Day"),
    "NA": (4, 27, FREEDOM_DAY),
    "NZ": (12, 25, CHRISTMAS),
    "PL": (12, 26, "26 December"),
    "SG": (8, 9, "Singapore's National Day"),
    "SZ": (4, 27, FREEDOM_DAY),
    "ZA": (4, 27, FREEDOM_DAY),
}
AFTER_EASTER = {
    "DK": (39, "Ascension Day"),
    "FI": (39, "Ascension Day"),
    "NO": (39, "Ascension Day"),
    "SE": (39, "Ascension Day"),
    "NL": (50, "Whit Monday"),
}
THANKSGIVING = {"US"}


def occasion(day: date, country: str, *, junior: bool = False) -> str:
    """Return why parkruns are held on the day, in words that follow "on". "" if none are held."""
    if junior:
        return "a Sunday" if day.weekday() == SUNDAY else ""
    if day.weekday() == SATURDAY:
        return "a Saturday"
    if (day.month, day.day) == (1, 1):
        return NEW_YEAR
    return special_days(country, day.year).get(day, "")


def occasion_somewhere(day: date, *, junior: bool = False) -> str:
    """Return why parkruns are held on the day in any country. "" if none are held."""
    countries = ("", *FIXED, *AFTER_EASTER, *THANKSGIVING)
    return next((found for country in countries if (found := occasion(day, country, junior=junior))), "")


def may_be_held(day: date, country: str, *, junior: bool = False) -> bool:
    """Return whether an athlete may enter a parkrun for the day: also on special days of other countries."""
    return bool(occasion(day, country, junior=junior) or occasion_somewhere(day, junior=junior))


@lru_cache(maxsize=1024)
def special_days(country: str, year: int) -> dict[date, str]:
    """Return the country's special day of the year, with its name."""
    if country in FIXED:
        month, day, name = FIXED[country]
        return {date(year, month, day): name}
    if country in AFTER_EASTER:
        days, name = AFTER_EASTER[country]
        return {easter(year) + timedelta(days=days): name}
    if country in THANKSGIVING:
        first = date(year, 11, 1)
        return {first + timedelta(days=(THURSDAY - first.weekday()) % 7 + 21): "Thanksgiving"}
    return {}


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (Meeus, Jones and Butcher)."""
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
