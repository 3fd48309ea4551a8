"""Make up years of an athlete's activities, each with a label that says what it really was (activity.Label).

`history()` makes one athlete's activities, and `histories()` those of many, for judging the site's parkrun rules. The
same seed gives the same activities.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from simulators.strava.activity import Activity
from simulators.strava.diary import WATCHES, Diary, Habits
from simulators.strava.events import Event, all_events, five_k_events
from simulators.strava.mornings import junior_morning, parkrun_morning
from simulators.strava.pandemic import is_suspended
from simulators.strava.special_days import is_event_day
from simulators.strava.training import (
    SUNDAY,
    course_on_another_day,
    course_without_event,
    look_alike,
    race,
    training,
)

JUNIORS = {"bushy": "bushy-juniors", "malahide": "malahidecastle-juniors", "westerfolds": "westerfolds-juniors"}
"""The junior event near an event, for the events that have one."""


def history(habits: Habits, *, seed: int, until: int, most: int | None = None) -> list[Activity]:
    """Return an athlete's activities until a time (epoch seconds), newest first, at most `most`."""
    chance = random.Random(f"{seed}/{habits.athlete_id}")
    diary = Diary(habits, chance, until)
    day, last = habits.since, datetime.fromtimestamp(until, UTC).date() + timedelta(days=1)
    break_until = day
    while day <= last:
        if chance.random() < 0.0012:
            break_until = day + timedelta(days=chance.randint(14, 50))
        if day >= break_until:
            _live(diary, day)
        day += timedelta(days=1)
    newest_first = sorted(diary.activities, key=lambda one: (one.start, one.id), reverse=True)
    return newest_first[:most]


def histories(*, seed: int, athletes: int, until: int, years: float = 2.0) -> Iterator[tuple[Habits, list[Activity]]]:
    """Yield the habits and activities of different athletes from all over the world."""
    for number in range(athletes):
        habits = some_habits(500_001 + number, seed=seed, until=until, years=years)
        yield habits, history(habits, seed=seed, until=until)


def some_habits(athlete_id: int, *, seed: int, until: int, years: float) -> Habits:
    """Return random habits of an athlete whose history begins `years` before `until`."""
    chance = random.Random(f"{seed}/{athlete_id}/habits")
    days = round(365 * years * chance.uniform(0.6, 1.4))
    return Habits(
        athlete_id=athlete_id,
        home=chance.choice(five_k_events()),
        since=datetime.fromtimestamp(until, UTC).date() - timedelta(days=days),
        five_k_s=chance.randint(1080, 2300),
        parkruns=chance.uniform(0.2, 0.95),
        tourist=chance.choice([0.02, 0.1, 0.4]),
        weekly=chance.uniform(0.5, 5),
        walks=chance.choice([0, 0, 0, 0.05, 0.9]),
        rides=chance.choice([0, 0.1, 0.5]),
        hides=chance.choice([0, 0.02, 0.3]),
        two_watches=chance.choice([0, 0.02, 0.2]),
        watch=chance.choice(WATCHES),
    )


def _live(diary: Diary, day: date) -> None:
    """Add the activities of one day."""
    chance, habits = diary.chance, diary.habits
    event = _where(diary)
    if is_event_day(event.country, day):
        if is_suspended(event, day):
            if chance.random() < habits.parkruns / 2:
                course_without_event(diary, event, day)
        elif chance.random() < habits.parkruns:
            parkrun_morning(diary, event, day)
        elif chance.random() < 0.15:
            look_alike(diary, event, day)
        return
    if day.weekday() == SUNDAY and event.slug in JUNIORS and chance.random() < 0.06:
        junior_morning(diary, all_events()[JUNIORS[event.slug]], day)
    elif day.weekday() == SUNDAY and chance.random() < 0.03:
        race(diary, habits.home, day)
    elif chance.random() < 0.01 and not is_event_day(event.country, day):
        course_on_another_day(diary, event, day)
    elif chance.random() < habits.weekly / 6:
        training(diary, habits.home, day)


def _where(diary: Diary) -> Event:
    """Return the event of the athlete's next parkrun: the home event, or sometimes another."""
    if diary.chance.random() >= diary.habits.tourist:
        return diary.habits.home
    abroad = diary.chance.random() < 0.3
    near = [event for event in five_k_events() if event.country == diary.habits.home.country]
    return diary.chance.choice(five_k_events() if abroad else near)
