"""Make up mornings with a parkrun: parkruns that leave no doubt, doubtful ones, warm-ups and cool-downs."""

import random
from datetime import date, timedelta
from typing import Any

from simulators.strava.activity import Activity, Label
from simulators.strava.diary import Diary
from simulators.strava.events import CROWDED, Event
from simulators.strava.pandemic import in_pandemic
from simulators.strava.routes import loop

DELAYS = {-1: 2, 0: 11, 1: 26, 2: 57, 3: 32, 4: 9, 5: 5, 6: 4}
"""How many minutes after the event's start a watch is started, and the weight of each number."""

Doubt = tuple[str, dict[str, Any]]
"""What is doubtful about a parkrun, and the fields of the activity that make it so."""


def parkrun_morning(diary: Diary, event: Event, day: date) -> None:
    """Add a parkrun, sometimes with a warm-up, a cool-down, a second watch, or a second event on 1 January."""
    chance, habits = diary.chance, diary.habits
    nominal = event.start_on(day)
    if chance.random() < 0.18:
        _warm_up(diary, event, nominal)
    if chance.random() < habits.hides:
        done = _doubtful(diary, event, day, _hidden(chance))
    elif chance.random() < 0.06:
        done = _doubtful(diary, event, day, _unusual(chance))
    else:
        done = clear_parkrun(diary, event, day)
    if chance.random() < habits.two_watches:
        _second_watch(diary, done)
    if chance.random() < 0.15:
        _cool_down(diary, event, done)
    if (day.month, day.day) == (1, 1) and chance.random() < 0.3:
        _second_event(diary, event, day)


def clear_parkrun(diary: Diary, event: Event, day: date) -> Activity:
    """Add a parkrun with nothing hidden and nothing unusual."""
    crowded, pandemic = event.slug in CROWDED, in_pandemic(day)
    why = "two events within 500 m" if crowded else "at the event, in time, of the right length"
    if pandemic:
        why = "at the event, in time, in the pandemic"
    distance = min(5190.0, max(4850.0, diary.chance.gauss(5010, 45)))
    label = Label(parkrun=True, clear=not crowded and not pandemic, event=event.slug, why=why)
    return _parkrun(diary, event, day, distance=distance, label=label)


def junior_morning(diary: Diary, event: Event, day: date) -> None:
    """Add a junior parkrun of two kilometres, run with a child."""
    chance = diary.chance
    diary.write(
        "Run",
        name=chance.choice(["Junior parkrun with Mia", "Morning Run", event.name]),
        start=event.start_on(day) + chance.randint(0, 240),
        zone=event.zone,
        seconds=chance.randint(660, 1080),
        distance=chance.gauss(2010, 30),
        route=loop(event.place, length_m=2000, variant=chance.randrange(4)),
        athlete_count=chance.randint(1, 6),
        label=Label(clear=True, event=event.slug, junior=True, why="a junior parkrun, counted apart"),
    )


def _doubtful(diary: Diary, event: Event, day: date, doubt: Doubt) -> Activity:
    """Add a parkrun that the site's parkrun rules may be unsure about."""
    why, fields = doubt
    distance = float(fields.pop("distance", 5000 + diary.chance.gauss(10, 40)))
    label = Label(parkrun=True, clear=False, event=event.slug, why=why)
    return _parkrun(diary, event, day, distance=distance, label=label, **fields)


def _parkrun(
    diary: Diary, event: Event, day: date, *, distance: float, label: Label, early_s: int = 0, **fields: Any
) -> Activity:
    """Add a parkrun. `early_s` is how long before the event's start the watch was started."""
    chance = diary.chance
    walked = chance.random() < diary.habits.walks
    seconds = chance.randint(2700, 3500) if walked else diary.five_k_s(day)
    minutes = chance.choices(list(DELAYS), list(DELAYS.values()))[0]
    no_track = fields.get("manual", False)
    route = loop(event.place, length_m=5000, laps=2, variant=chance.randrange(4))
    return diary.write(
        "Walk" if walked else chance.choices(["Run", "TrailRun"], [97, 3])[0],
        name=parkrun_title(chance, event),
        start=event.start_on(day) + minutes * 60 + chance.randrange(60) - early_s,
        zone=event.zone,
        seconds=round(seconds * max(1.0, distance / 5000)) + early_s,
        distance=distance,
        label=label,
        route=None if no_track else route,
        **{
            "athlete_count": chance.choice([1, 2, 5, 14, 40]),
            "workout_type": None if walked else chance.choice([None, None, 0, 1]),
            **fields,
        },
    )


def parkrun_title(chance: random.Random, event: Event) -> str:
    own = [
        event.name,
        f"{event.name} #{chance.randint(2, 400)}",
        "parkrun",
        "Saturday parkrun 🌳",
        "Parkrun w/ the gang",
    ]
    return chance.choice(own) if chance.random() < 0.55 else "Morning Run"


def _hidden(chance: random.Random) -> Doubt:
    typed_in = {"manual": True, "device_name": None, "heartrate": None, "distance": 5000.0}
    kinds: list[Doubt] = [
        ("the start is hidden", {"hidden_start": True}),
        ("the map is hidden", {"hidden_map": True}),
        ("start and map are hidden", {"hidden_start": True, "hidden_map": True}),
        ("typed in by hand", typed_in),
    ]
    return chance.choice(kinds)


def _unusual(chance: random.Random) -> Doubt:
    kinds: list[Doubt] = [
        ("warm-up and parkrun in one recording", {"distance": chance.uniform(5700, 8200), "early_s": 900}),
        ("the watch ran on long after the finish", {"distance": chance.uniform(5650, 6400)}),
        ("the watch was started long before", {"early_s": chance.randint(420, 1200)}),
        ("the watch stopped on the way", {"distance": chance.uniform(2100, 4300)}),
        ("short under trees", {"distance": chance.uniform(4610, 4790)}),
        ("an unknown zone", {"zone_label": "(GMT+00:00) Parkland/Atlantis"}),
    ]
    return chance.choice(kinds)


def _second_watch(diary: Diary, done: Activity) -> None:
    """Add the same parkrun recorded by a phone too, which started a little later and stopped a little earlier."""
    chance = diary.chance
    label = Label(
        parkrun=True, clear=False, event=done.label.event, why="the same, by a second watch", double_of=done.id
    )
    diary.write(
        done.sport_type,
        name=chance.choice([done.name, "Morning Run"]),
        start=done.start + chance.randint(5, 40),
        zone=done.zone,
        seconds=done.elapsed_time - chance.randint(60, 100),
        distance=done.distance * chance.uniform(0.985, 0.997),
        route=done.route,
        late_s=chance.randint(30, 7200),
        device_name="Strava App",
        label=label,
    )


def _second_event(diary: Diary, first: Event, day: date) -> None:
    """Add a second parkrun at another event on 1 January, when some events used to start later."""
    start = first.start_on(day) + 5400 + diary.chance.randint(60, 240)
    diary.write(
        "Run",
        name="Second parkrun of the year!",
        start=start,
        zone=first.zone,
        seconds=diary.five_k_s(day) + 60,
        distance=diary.chance.gauss(5010, 30),
        route=loop(first.home, length_m=5000, course=99),
        label=Label(parkrun=True, clear=False, why="a second one on 1 January, late, and not on the list"),
    )


def _warm_up(diary: Diary, event: Event, nominal: int) -> None:
    chance = diary.chance
    seconds = chance.randint(480, 900)
    diary.write(
        "Run",
        name=chance.choice(["Warm up", "Morning Run", "parkrun warm up", "Einlaufen"]),
        start=nominal - seconds - chance.randint(300, 900),
        zone=event.zone,
        seconds=seconds,
        distance=seconds * 2.7,
        route=loop(event.place, length_m=2000, course=3, variant=chance.randrange(4)),
        label=Label(why="a warm-up before the parkrun"),
    )


def _cool_down(diary: Diary, event: Event, done: Activity) -> None:
    chance = diary.chance
    seconds = chance.randint(500, 1200)
    diary.write(
        "Run",
        name=chance.choice(["Cool down", "Morning Run", "Jog home from parkrun"]),
        start=done.start + done.elapsed_time + int(timedelta(minutes=chance.randint(4, 25)).total_seconds()),
        zone=event.zone,
        seconds=seconds,
        distance=seconds * 2.6,
        route=loop(event.place, length_m=2500, course=4, variant=chance.randrange(4)),
        label=Label(why="a cool-down after the parkrun"),
    )
