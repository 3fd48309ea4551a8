"""The days on which parkruns are held."""

from datetime import date, timedelta

import pytest

from strava_live.parkrun.calendar import Occasion, easter, may_be_held, occasion, occasion_somewhere, special_days
from tests.parkrun.recorded import atlas

# From printed church tables. The earliest and the latest possible dates are among them.
EASTERS = """
1961-04-02 1981-04-19 2000-04-23 2008-03-23 2011-04-24 2016-03-27 2018-04-01 2019-04-21 2020-04-12 2021-04-04
2022-04-17 2023-04-09 2024-03-31 2025-04-20 2026-04-05 2027-03-28 2028-04-16 2030-04-21 2038-04-25 2049-04-18
2285-03-22
"""
THANKSGIVINGS = "2018-11-22 2019-11-28 2020-11-26 2021-11-25 2022-11-24 2023-11-23 2024-11-28 2025-11-27 2026-11-26"


@pytest.mark.parametrize("day", EASTERS.split())
def test_easter_of_known_years(day: str) -> None:
    assert easter(int(day[:4])).isoformat() == day


def test_easter_is_a_sunday_in_spring_in_every_year() -> None:
    for year in range(1970, 2300):
        assert easter(year).weekday() == 6
        assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


@pytest.mark.parametrize("day", THANKSGIVINGS.split())
def test_thanksgiving_is_the_fourth_thursday(day: str) -> None:
    assert special_days("US", int(day[:4])) == {date.fromisoformat(day): Occasion.THANKSGIVING}


@pytest.mark.parametrize("country", ["GB", "AU", "US", "NL", "AT", "LT", ""])
def test_parkruns_are_held_everywhere_on_saturdays_and_1_january(country: str) -> None:
    year = [date(2026, 1, 1) + timedelta(days=days) for days in range(365)]
    special = special_days(country, 2026)

    held = {day for day in year if occasion(day, country)}

    assert held == {day for day in year if day.weekday() == 5} | {date(2026, 1, 1)} | set(special)


def test_a_country_has_at_most_one_special_day_a_year() -> None:
    countries = {event.country for event in atlas().events}
    without = [country for country in countries if not special_days(country, 2026)]

    assert sorted(without) == ["AT", "LT"]
    assert all(len(special_days(country, 2026)) == 1 for country in countries if country not in without)


def test_juniors_are_held_on_sundays_only() -> None:
    assert occasion(date(2026, 2, 8), "GB", junior=True) is Occasion.SUNDAY
    assert not occasion(date(2026, 2, 7), "GB", junior=True)
    assert not occasion(date(2026, 1, 1), "GB", junior=True)
    assert not occasion(date(2025, 12, 25), "GB", junior=True)


def test_occasion_somewhere_finds_the_special_days_of_all_countries() -> None:
    assert occasion_somewhere(date(2026, 5, 14)) is Occasion.ASCENSION_DAY
    assert occasion_somewhere(date(2026, 5, 25)) is Occasion.WHIT_MONDAY
    assert occasion_somewhere(date(2026, 11, 26)) is Occasion.THANKSGIVING
    assert not occasion_somewhere(date(2026, 11, 25))
    assert occasion_somewhere(date(2026, 2, 8), junior=True) is Occasion.SUNDAY


def test_special_days_of_any_country_may_be_entered() -> None:
    assert may_be_held(date(2025, 12, 25))
    assert may_be_held(date(2026, 2, 7))
    assert not may_be_held(date(2026, 2, 10))
    assert not may_be_held(date(2025, 12, 25), junior=True)
