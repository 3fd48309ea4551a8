"""Activities to order: how many, and which are withheld, have hidden starts, or start in the same second."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from simulators.strava.activity import Activity, Label, new_id
from simulators.strava.events import Event
from simulators.strava.routes import loop

WHY = Label(why="an ordinary run, made to order")


@dataclass(frozen=True, slots=True)
class Order:
    """What a test wants. Activities are numbered from the newest, which is 0. A range (from, to) excludes `to`."""

    activities: int = 100
    withheld_share: float = 0.0
    """The share of activities, chosen at random, that the API does not show."""
    withheld: list[tuple[int, int]] = field(default_factory=list)
    """Ranges of activities that the API does not show."""
    hidden_starts: list[int] = field(default_factory=list)
    """The numbers of activities with a hidden start."""
    same_second: list[tuple[int, int]] = field(default_factory=list)
    """Ranges of activities that start in the same second."""
    every_s: int = 20_000
    """The seconds from one start to the next."""


def made_to_order(order: Order, *, athlete_id: int, home: Event, newest: int, seed: int) -> Iterator[Activity]:
    """Yield the ordered activities, newest first."""
    chance = random.Random(f"{seed}/{athlete_id}")
    hidden = set(order.hidden_starts)
    last_start = newest
    for position in range(order.activities):
        together = any(low < position < high for low, high in order.same_second)
        last_start = last_start if together else newest - position * order.every_s
        activity = _run(chance, athlete_id=athlete_id, home=home, start=last_start, position=position)
        activity.id -= position if together else 0
        activity.hidden_start = position in hidden
        activity.withheld = chance.random() < order.withheld_share or any(
            low <= position < high for low, high in order.withheld
        )
        yield activity


def _run(chance: random.Random, *, athlete_id: int, home: Event, start: int, position: int) -> Activity:
    """Return one ordinary run."""
    seconds = chance.randint(1500, 4200)
    return Activity(
        id=new_id(start + seconds, salt=athlete_id),
        athlete_id=athlete_id,
        name=f"Run {position + 1}",
        sport_type="Run",
        start=start,
        zone=home.zone,
        distance=round(seconds * chance.uniform(2.6, 3.4), 1),
        moving_time=seconds,
        elapsed_time=seconds + chance.randint(0, 90),
        climb=round(chance.uniform(5, 120), 1),
        route=loop(home.home, length_m=8000, course=position % 12),
        uploaded=start + seconds,
        heartrate=round(chance.uniform(128, 171), 1),
        label=WHY,
    )
