"""Make up activities that are not parkruns: training from home, and runs that look like a parkrun."""

from collections.abc import Callable
from datetime import date

from simulators.strava.activity import Label
from simulators.strava.diary import Diary
from simulators.strava.events import Event
from simulators.strava.routes import loop

SUNDAY = 6


def training(diary: Diary, event: Event, day: date) -> None:
    """Add a training session near the athlete's home."""
    chance, habits = diary.chance, diary.habits
    draw = chance.random()
    if draw < habits.rides:
        _ride(diary, event, day)
    elif draw < habits.rides + habits.swims:
        _swim(diary, event, day)
    elif draw < habits.rides + habits.swims + 0.04:
        _track(diary, event, day)
    elif draw < habits.rides + habits.swims + 0.07:
        _treadmill(diary, event, diary.at(event, day, chance.uniform(6, 20)))
    elif draw < habits.rides + habits.swims + 0.14:
        _hike(diary, event, day)
    else:
        _run_from_home(diary, event, day)


def look_alike(diary: Diary, event: Event, day: date) -> None:
    """Add an activity that resembles a parkrun, on a parkrun day on which the athlete does none."""
    diary.chance.choice(LOOK_ALIKES)(diary, event, day)


def course_on_another_day(diary: Diary, event: Event, day: date) -> None:
    """Add 5 km on the course at the hour of the parkrun, on a day without one."""
    _on_the_course(diary, event, event.start_on(day) + diary.chance.randint(0, 300), "on the course, on another day")


def course_without_event(diary: Diary, event: Event, day: date) -> None:
    """Add 5 km on the course on a parkrun day at its hour, while events were suspended."""
    start = event.start_on(day) + diary.chance.randint(0, 300)
    _on_the_course(diary, event, start, "on the course, while events were suspended")


def race(diary: Diary, event: Event, day: date) -> None:
    """Add a race that is not a parkrun."""
    chance = diary.chance
    name, metres = chance.choice(
        [("City 10k", 10_000), ("Half marathon", 21_098), ("Marathon", 42_195), ("5k race", 5000)]
    )
    distance = metres * chance.uniform(1.0, 1.012)
    diary.write(
        "Run",
        name=name,
        start=diary.at(event, day, chance.uniform(8.5, 10.5)),
        zone=event.zone,
        seconds=round(diary.five_k_s(day) * distance / 5000 * (1 + distance / 300_000)),
        distance=distance,
        route=loop(event.home, length_m=metres, course=50),
        workout_type=1,
        athlete_count=chance.randint(3, 200),
        label=Label(why="a race that is no parkrun"),
    )


def _run_from_home(diary: Diary, event: Event, day: date) -> None:
    chance = diary.chance
    long = day.weekday() == SUNDAY and chance.random() < 0.5
    kilometres = (
        chance.uniform(13, 24) if long else chance.choice([4, 5, 5, 6, 7, 8, 8, 10, 12]) * chance.uniform(0.97, 1.04)
    )
    hour = chance.uniform(7, 10) if long else chance.choice([6.2, 7.0, 9.0, 12.3, 17.5, 18.5]) + chance.uniform(-0.2, 1)
    diary.write(
        chance.choices(["Run", "TrailRun"], [9, 1])[0],
        name=_by_hour(hour, "Run"),
        start=diary.at(event, day, hour),
        zone=event.zone,
        seconds=round(kilometres * diary.five_k_s(day) / 5 * chance.uniform(1.1, 1.3)),
        distance=kilometres * 1000,
        route=loop(event.home, length_m=round(kilometres) * 1000, course=chance.randrange(3)),
        workout_type=2 if long else None,
        label=Label(why="a long run" if long else "an easy run from home"),
    )


def _ride(diary: Diary, event: Event, day: date) -> None:
    chance = diary.chance
    kilometres, hour = chance.choice([8, 12, 25, 40, 60, 90]), chance.uniform(7, 17)
    diary.write(
        chance.choice(["Ride", "Ride", "GravelRide", "EBikeRide"]),
        name=_by_hour(hour, "Ride"),
        start=diary.at(event, day, hour),
        zone=event.zone,
        seconds=round(kilometres * 3600 / chance.uniform(20, 29)),
        distance=kilometres * 1000 * chance.uniform(0.97, 1.03),
        route=loop(event.home, length_m=kilometres * 1000, course=chance.randrange(20, 22)),
        commute=kilometres == 8,
        label=Label(why="a ride"),
    )


def _swim(diary: Diary, event: Event, day: date) -> None:
    chance = diary.chance
    metres = chance.choice([1000, 1500, 2000, 2500, 5000])
    diary.write(
        "Swim",
        name="Swim",
        start=diary.at(event, day, chance.uniform(6, 20)),
        zone=event.zone,
        seconds=round(metres * chance.uniform(1.2, 1.7)),
        distance=metres,
        label=Label(why="a swim"),
    )


def _track(diary: Diary, event: Event, day: date) -> None:
    chance = diary.chance
    repeats = chance.randint(5, 12)
    diary.write(
        "Run",
        name=f"{repeats} × 400 m",
        start=diary.at(event, day, chance.uniform(17, 19)),
        zone=event.zone,
        seconds=repeats * chance.randint(170, 230),
        distance=repeats * 600,
        route=loop(event.home, length_m=4000, laps=10, course=30),
        workout_type=3,
        label=Label(why="on the track"),
    )


def _treadmill(diary: Diary, event: Event, start: int, *, metres: float | None = None) -> None:
    chance = diary.chance
    virtual = chance.random() < 0.4
    diary.write(
        "VirtualRun" if virtual else "Run",
        name=chance.choice(["Zwift - Volcano loop", "Virtual run"] if virtual else ["Treadmill", "Treadmill parkrun"]),
        start=start,
        zone=event.zone,
        seconds=chance.randint(1400, 1900),
        distance=metres or chance.uniform(3000, 8000),
        route=loop((-11.6364, 166.9529), length_m=5000) if virtual else None,
        trainer=True,
        label=Label(why="on a treadmill"),
    )


def _hike(diary: Diary, event: Event, day: date) -> None:
    chance = diary.chance
    kilometres = chance.uniform(3, 16)
    diary.write(
        chance.choice(["Walk", "Walk", "Hike", "Yoga", "WeightTraining"]),
        name="Out and about",
        start=diary.at(event, day, chance.uniform(9, 15)),
        zone=event.zone,
        seconds=round(kilometres * chance.uniform(640, 900)),
        distance=kilometres * 1000,
        route=loop(event.home, length_m=round(kilometres) * 1000, course=40),
        label=Label(why="a walk or the like"),
    )


def _on_the_course(
    diary: Diary,
    event: Event,
    start: int,
    why: str,
    *,
    sport: str = "Run",
    kilometres: float = 5.0,
    name: str = "Freedom run",
    speed: float = 1.0,
) -> None:
    """Add an activity on the event's course that is not a parkrun. `why` says why not."""
    chance = diary.chance
    day = diary.habits.since
    diary.write(
        sport,
        name=chance.choice([name, "Morning Run", "(not)parkrun"]),
        start=start,
        zone=event.zone,
        seconds=round(diary.five_k_s(day) * kilometres / 5 / speed),
        distance=kilometres * 1000 * chance.uniform(0.985, 1.015),
        route=loop(event.place, length_m=5000, laps=2, variant=chance.randrange(4)),
        label=Label(why=why),
    )


def _later_that_day(diary: Diary, event: Event, day: date) -> None:
    start = event.start_on(day) + diary.chance.randint(5_400, 28_800)
    _on_the_course(diary, event, start, "on the course, later that day")


def _before_the_start(diary: Diary, event: Event, day: date) -> None:
    start = event.start_on(day) - diary.chance.randint(3_600, 5_400)
    _on_the_course(diary, event, start, "on the course, long before the start")


def _too_short(diary: Diary, event: Event, day: date) -> None:
    start = event.start_on(day) + diary.chance.randint(0, 240)
    _on_the_course(diary, event, start, "three kilometres at the event", kilometres=3.0, name="Tempo")


def _cycled_along(diary: Diary, event: Event, day: date) -> None:
    start = event.start_on(day) + diary.chance.randint(-240, 600)
    _on_the_course(diary, event, start, "cycled at the event", sport="Ride", name="Ride to parkrun", speed=2.2)


def _at_home(diary: Diary, event: Event, day: date) -> None:
    chance = diary.chance
    diary.write(
        "Run",
        name=chance.choice(["Morning Run", "Missed parkrun, ran 5k at home"]),
        start=event.start_on(day) + chance.randint(0, 420),
        zone=event.zone,
        seconds=diary.five_k_s(day),
        distance=chance.gauss(5010, 30),
        route=loop(event.home, length_m=5000, laps=2),
        label=Label(why="5 km at the right hour, kilometres from any event"),
    )


def _treadmill_at_the_hour(diary: Diary, event: Event, day: date) -> None:
    _treadmill(diary, event, event.start_on(day) + diary.chance.randint(0, 400), metres=5000.0)


def _typed_in(diary: Diary, event: Event, day: date) -> None:
    diary.write(
        "Run",
        name="Morning Run",
        start=event.start_on(day),
        zone=event.zone,
        seconds=diary.five_k_s(day),
        distance=5000.0,
        manual=True,
        device_name=None,
        heartrate=None,
        label=Label(why="typed in by hand, and no parkrun"),
    )


def _volunteering(diary: Diary, event: Event, day: date) -> None:
    start = event.start_on(day) + diary.chance.randint(-1200, 300)
    _on_the_course(
        diary, event, start, "setting up the course", sport="Walk", kilometres=1.6, name="Volunteering", speed=0.5
    )


LOOK_ALIKES: tuple[Callable[[Diary, Event, date], None], ...] = (
    _later_that_day,
    _before_the_start,
    _too_short,
    _cycled_along,
    _at_home,
    _treadmill_at_the_hour,
    _typed_in,
    _volunteering,
    race,
)


def _by_hour(hour: float, what: str) -> str:
    part = "Morning" if hour < 11 else "Lunch" if hour < 14 else "Afternoon" if hour < 17 else "Evening"
    return f"{part} {what}"
