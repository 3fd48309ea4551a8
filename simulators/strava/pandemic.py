"""When the stand-in's events were closed in the pandemic.

An event returns on a random Saturday between the first and the last on which its country, state or neighbours returned.
The dates come from announcements of the time, and are not copied from strava_live/parkrun/pandemic.py.
"""

import random
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from simulators.strava.events import Event

LASTED = date(2020, 2, 8), date(2022, 9, 1)
"""The first and the last day on which any event may have been closed."""


class Closure(NamedTuple):
    """A closure: its first day, and the first and last Saturday on which the event can return."""

    closed: date
    back_first: date
    back_last: date


def _closures(*spans: str) -> tuple[Closure, ...]:
    """Read closures written as "first day/first return/last return"."""
    return tuple(Closure(*(date.fromisoformat(day) for day in span.split("/"))) for span in spans)


SCOTLAND = _closures("2020-03-15/2021-08-14/2021-10-16", "2021-12-20/2022-01-15/2022-01-15")
NORTHERN_IRELAND = _closures("2020-03-15/2021-06-26/2021-06-26")
# The closures of an event: by its slug, else by its time zone, else by its country.
CLOSURES = {
    "aberdeen": SCOTLAND,
    "edinburgh": SCOTLAND,
    "cardiff": _closures("2020-03-15/2021-08-21/2021-10-16", "2021-12-26/2022-01-15/2022-01-22"),
    "derrycity": NORTHERN_IRELAND,
    "larne": NORTHERN_IRELAND,
    "ginninderra": _closures("2020-03-15/2020-10-31/2020-10-31", "2021-08-12/2021-11-13/2021-11-13"),
    "Australia/Adelaide": _closures("2020-03-15/2020-12-05/2020-12-12", "2021-07-20/2021-08-07/2021-10-16"),
    "Australia/Brisbane": _closures(
        "2020-03-15/2020-11-28/2020-11-28",
        "2021-01-08/2021-01-23/2021-02-06",
        "2021-03-29/2021-04-17/2021-04-24",
        "2021-06-29/2021-07-10/2021-10-16",
    ),
    "Australia/Darwin": _closures(
        "2020-03-15/2020-09-19/2020-09-19", "2021-06-27/2021-07-10/2021-10-16", "2021-11-04/2021-11-13/2021-11-13"
    ),
    "Australia/Hobart": _closures("2020-03-15/2020-10-17/2020-10-17", "2021-10-15/2021-10-23/2021-10-23"),
    "Australia/Melbourne": _closures(
        "2020-03-15/2021-01-16/2021-01-16",
        "2021-02-12/2021-02-27/2021-03-20",
        "2021-05-27/2021-07-03/2021-07-10",
        "2021-07-16/2021-11-27/2021-11-27",
    ),
    "Australia/Perth": _closures(
        "2020-03-15/2020-11-07/2020-12-12",
        "2021-01-31/2021-02-20/2021-03-20",
        "2021-04-23/2021-05-08/2021-05-15",
        "2021-06-28/2021-07-10/2021-10-16",
    ),
    "Australia/Sydney": _closures("2020-03-15/2020-12-19/2021-01-16", "2021-06-19/2021-12-18/2022-01-08"),
    "AT": _closures("2020-03-08/2021-10-02/2021-10-02", "2021-11-20/2021-12-18/2021-12-18"),
    "CA": _closures("2020-03-08/2021-07-24/2022-04-30"),
    "DE": _closures("2020-03-08/2021-07-17/2021-10-16", "2021-11-24/2022-01-08/2022-01-15"),
    "DK": _closures("2020-03-08/2021-06-19/2021-09-04"),
    "FI": _closures("2020-03-08/2021-08-07/2021-10-23", "2021-12-18/2022-03-26/2022-04-02"),
    "GB": _closures("2020-03-15/2021-07-24/2021-07-24"),
    "IE": _closures("2020-03-08/2021-09-11/2021-10-16"),
    "IT": _closures("2020-02-24/2021-07-03/2022-04-16"),
    "JP": _closures("2020-02-29/2020-10-24/2020-10-24", "2021-01-08/2021-03-27/2021-10-16"),
    "LT": _closures("2020-03-08/2022-08-20/2022-08-20"),
    "MY": _closures("2020-03-14/2022-08-20/2022-08-20"),
    "NA": _closures("2020-03-15/2021-09-11/2022-03-05"),
    "NL": _closures("2020-03-08/2021-07-31/2021-09-04", "2021-12-19/2022-01-22/2022-01-22"),
    "NO": _closures("2020-03-08/2021-07-24/2021-10-16", "2021-12-11/2022-01-22/2022-03-19"),
    "NZ": _closures(
        "2020-03-15/2020-07-04/2020-07-04",
        "2020-08-12/2020-09-26/2020-10-17",
        "2021-02-14/2021-02-27/2021-03-20",
        "2021-08-17/2021-12-25/2022-01-15",
        "2022-01-23/2022-03-05/2022-03-26",
    ),
    "PL": _closures("2020-03-08/2021-06-12/2021-06-12"),
    "SE": _closures("2020-03-08/2021-08-07/2021-10-02", "2021-12-04/2022-01-08/2022-03-19"),
    "SG": _closures("2020-02-08/2022-05-07/2022-05-07"),
    "SZ": _closures("2020-03-15/2021-11-27/2021-11-27"),
    "US": _closures("2020-03-08/2021-05-22/2021-10-16"),
    "ZA": _closures("2020-03-15/2021-05-29/2021-05-29", "2021-06-27/2021-10-09/2022-02-26"),
}


def is_suspended(event: Event, day: date) -> bool:
    return any(closed <= day < back for closed, back in _closed(event))


def in_pandemic(day: date) -> bool:
    """Return whether the day is one on which some events were closed, so that the date alone leaves a doubt."""
    return LASTED[0] <= day <= LASTED[1]


@cache
def _closed(event: Event) -> tuple[tuple[date, date], ...]:
    """Return the periods in which the event was closed: the first day, and the day of its return."""
    closures = CLOSURES.get(event.slug) or CLOSURES.get(event.zone) or CLOSURES[event.country]
    chance = random.Random(event.slug)
    return tuple((one.closed, _saturday(one, chance)) for one in closures)


def _saturday(closure: Closure, chance: random.Random) -> date:
    weeks = (closure.back_last - closure.back_first).days // 7
    return closure.back_first + timedelta(weeks=chance.randint(0, weeks))
