"""Forty runners of a club whose home event is Bushy parkrun, for the demo club and the simulated Saturday.

Each has a fixed number of parkruns, so that the next one is a milestone for some, the first ever for others, and for
one the first at Bushy. Every one of their parkruns leaves no doubt, so that an application counts just that number.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from simulators.strava.activity import Activity
from simulators.strava.athletes import Athlete
from simulators.strava.diary import WATCHES, Diary, Habits
from simulators.strava.events import CROWDED, Event, all_events, five_k_events
from simulators.strava.mornings import clear_parkrun
from simulators.strava.pandemic import is_suspended
from simulators.strava.site import Site
from simulators.strava.special_days import is_event_day
from simulators.strava.training import training

HOME = "bushy"
FIRST_ID = 800_001
EASIER = 1.07
"""The average factor by which the parkruns of a history are slower than Habits.five_k_s (diary.Diary.five_k_s)."""
QUIET_S = 8 * 86_400
"""How long before the first start of the stand-in the histories end: the latest Saturday has no parkrun yet."""


class Runner(NamedTuple):
    """One club runner: their usual time for 5 km, and how many parkruns and other activities they have."""

    firstname: str
    lastname: str
    sex: str
    city: str
    five_k: str
    parkruns: int
    training: int
    elsewhere: float = 0.08
    """The share of their parkruns that is not at Bushy."""


RUNNERS = (
    Runner("Adaeze", "Okonkwo", "F", "Teddington", "22:40", 24, 31),  # the next is her 25th
    Runner("Henrik", "Lindqvist", "M", "Kingston upon Thames", "17:20", 99, 44),  # his 100th
    Runner("Mei", "Tanaka", "F", "Hampton", "24:10", 49, 26),  # her 50th
    Runner("Gareth", "Pritchard", "M", "Twickenham", "26:30", 249, 9, 0.03),  # his 250th
    Runner("Camila", "Duarte", "F", "Richmond", "25:20", 24, 18),  # her 25th
    Runner("Tomasz", "Wójcik", "M", "Surbiton", "20:05", 49, 60),  # his 50th
    Runner("Ruth", "Abernethy", "F", "Hampton Wick", "30:10", 24, 12),  # her 25th
    Runner("Yusuf", "Demir", "M", "Hounslow", "23:30", 0, 24),  # his first
    Runner("Grace", "Mwangi", "F", "Feltham", "27:40", 0, 30),  # her first
    Runner("Liam", "O'Donovan", "M", "Teddington", "28:50", 0, 21),  # his first
    Runner("Sanne", "de Vries", "F", "East Molesey", "21:50", 17, 38, 1.0),  # her first at Bushy
    Runner("Kofi", "Mensah", "M", "Sunbury", "19:10", 63, 52),
    Runner("Anjali", "Krishnan", "F", "Teddington", "26:00", 38, 21),
    Runner("Oliver", "Bennett", "M", "Hampton Hill", "18:15", 131, 57, 0.15),
    Runner("Sofia", "Papadopoulou", "F", "Twickenham", "23:05", 12, 40),
    Runner("Dmitri", "Volkov", "M", "Kingston upon Thames", "21:15", 27, 33),
    Runner("Hana", "Al-Masri", "F", "Richmond", "29:15", 9, 17),
    Runner("Jack", "Whitfield", "M", "Thames Ditton", "18:50", 88, 61, 0.2),
    Runner("Ngozi", "Balogun", "F", "Hampton", "31:20", 16, 14),
    Runner("Pierre", "Lefèvre", "M", "Richmond", "22:15", 41, 36),
    Runner("Isla", "McKenzie", "F", "Teddington", "20:45", 71, 49, 0.12),
    Runner("Rajesh", "Patel", "M", "Hounslow", "25:45", 55, 20),
    Runner("Freya", "Johansen", "F", "Surbiton", "19:40", 33, 58),
    Runner("Mateus", "Oliveira", "M", "Twickenham", "24:35", 7, 28),
    Runner("Bronwen", "Hughes", "F", "Hampton Wick", "27:05", 104, 16),
    Runner("Wei", "Zhang", "M", "Kingston upon Thames", "20:25", 21, 45),
    Runner("Amelia", "Carter", "F", "Teddington", "25:00", 58, 27),
    Runner("Marco", "Rinaldi", "M", "East Molesey", "23:50", 18, 30),
    Runner("Thandiwe", "Nkosi", "F", "Feltham", "26:45", 30, 23),
    Runner("Callum", "Reid", "M", "Hampton Hill", "17:45", 47, 66, 0.15),
    Runner("Zofia", "Kowalczyk", "F", "Hounslow", "22:00", 5, 35),
    Runner("Ibrahim", "Sesay", "M", "Sunbury", "21:30", 76, 25),
    Runner("Charlotte", "Fairweather", "F", "Thames Ditton", "28:10", 93, 13),
    Runner("Arjun", "Mehta", "M", "Twickenham", "24:50", 14, 29),
    Runner("Elif", "Yılmaz", "F", "Richmond", "25:30", 3, 32),
    Runner("George", "Ashdown", "M", "Teddington", "29:40", 118, 11),
    Runner("Lucía", "Fernández", "F", "Kingston upon Thames", "21:00", 36, 42),
    Runner("Sean", "Gallagher", "M", "Hampton", "22:55", 44, 24),
    Runner("Hiroko", "Sato", "F", "Surbiton", "23:20", 19, 37),
    Runner("Edwin", "Kiplagat", "M", "Teddington", "17:10", 11, 70),
)


def add_club_runners(site: Site, *, began: float) -> None:
    """Add the forty. Their activities end QUIET_S before `began`, which is when the stand-in was first started.

    Apart from `began`, their histories depend only on the site's seed, so they are the same after each restart.
    """
    until = datetime.fromtimestamp(began - QUIET_S, UTC).date()
    for number, runner in enumerate(RUNNERS):
        athlete = Athlete(
            id=FIRST_ID + number,
            firstname=runner.firstname,
            lastname=runner.lastname,
            sex=runner.sex,
            city=runner.city,
            country="United Kingdom",
            zone=all_events()[HOME].zone,
            event=HOME,
            about=_about(runner),
            club_runner=True,
        )
        site.add_athlete(athlete, activities_of(runner, athlete.id, seed=site.seed, until=until))


def activities_of(runner: Runner, athlete_id: int, *, seed: int, until: date) -> list[Activity]:
    """Return the activities of a club runner up to a day, newest first."""
    chance = random.Random(f"{seed}/{athlete_id}")
    mornings = list(islice(_mornings(runner, chance, until), runner.parkruns))
    since = min([until - timedelta(days=120), *(day for day, _ in mornings)])
    diary = Diary(_habits(runner, athlete_id, since), chance, until=_end_of(until + timedelta(days=7)))
    for day, event in reversed(mornings):
        clear_parkrun(diary, event, day)
    home = all_events()[HOME]
    days = [day for day in _days(since, until) if not is_event_day(home.country, day)]
    for day in sorted(chance.sample(days, runner.training)):
        training(diary, home, day)
    return sorted(diary.activities, key=lambda one: (one.start, one.id), reverse=True)


def _mornings(runner: Runner, chance: random.Random, until: date) -> Iterator[tuple[date, Event]]:
    """Yield days and events of parkruns, newest first, without end. A runner with many parkruns misses few."""
    home = all_events()[HOME]
    others = [one for one in five_k_events() if one.country == home.country and one.slug not in {HOME, *CROWDED}]
    attends = min(1.0, 0.45 + runner.parkruns / 200)
    day = until
    while True:
        event = chance.choice(others) if chance.random() < runner.elsewhere else home
        if is_event_day(home.country, day) and not is_suspended(event, day) and chance.random() < attends:
            yield day, event
        day -= timedelta(days=1)


def _habits(runner: Runner, athlete_id: int, since: date) -> Habits:
    minutes, seconds = runner.five_k.split(":")
    return Habits(
        athlete_id,
        all_events()[HOME],
        since,
        five_k_s=round((int(minutes) * 60 + int(seconds)) / EASIER),
        walks=0.0,
        followers_only=0.0,
        only_me=0.0,
        watch=WATCHES[athlete_id % len(WATCHES)],
    )


def _about(runner: Runner) -> str:
    if not runner.parkruns:
        return "Runs, and has not done a parkrun yet"
    return f"{runner.parkruns} parkruns, {'none' if runner.elsewhere == 1 else 'most of them'} at Bushy"


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def _end_of(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC).timestamp())
