"""Create the activities of an athlete's history one by one. Values that the caller does not give are random."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from simulators.strava.activity import Activity, Label, new_id
from simulators.strava.events import Event
from simulators.strava.routes import Route

WATCHES = ("Garmin Forerunner 255", "Garmin fēnix 7", "COROS PACE 3", "Apple Watch Series 9", "Suunto Race", None)


@dataclass(frozen=True, slots=True)
class Habits:
    """The habits of an athlete. Shares are between 0 and 1."""

    athlete_id: int
    home: Event
    since: date
    five_k_s: int = 1600
    parkruns: float = 0.75
    """The share of parkrun days on which they run a parkrun."""
    tourist: float = 0.12
    """The share of their parkruns that is not at their home event."""
    weekly: float = 2.5
    """How many activities a week they do besides parkruns."""
    walks: float = 0.0
    """The share of their parkruns that they walk."""
    rides: float = 0.1
    swims: float = 0.03
    hides: float = 0.03
    """The share of their parkruns with a hidden start or map, or typed in by hand."""
    two_watches: float = 0.02
    """The share of their parkruns that they record twice."""
    followers_only: float = 0.04
    only_me: float = 0.02
    watch: str | None = WATCHES[0]


class Diary:
    """The activities of one athlete so far. An activity that would be uploaded after `until` is dropped."""

    def __init__(self, habits: Habits, chance: random.Random, until: int) -> None:
        self.habits, self.chance, self._until = habits, chance, until
        self.activities: list[Activity] = []
        self._ids: set[int] = set()

    def write(
        self,
        sport_type: str,
        *,
        name: str,
        start: int,
        zone: str,
        seconds: int,
        distance: float,
        label: Label,
        route: Route | None = None,
        late_s: int = 0,
        **fields: Any,
    ) -> Activity:
        """Add an activity. `fields` are values of Activity that are not chosen at random."""
        chance, habits = self.chance, self.habits
        seconds = max(60, seconds)
        uploaded = start + seconds + chance.randint(40, 900) + late_s
        if chance.random() < 0.012:
            uploaded += chance.randint(3_600, 6 * 86_400)
        activity = Activity(
            id=self._new_id(uploaded),
            athlete_id=habits.athlete_id,
            name=name,
            sport_type=sport_type,
            start=start,
            zone=zone,
            distance=round(distance, 1),
            moving_time=round(seconds * chance.uniform(0.975, 1.0)),
            elapsed_time=seconds,
            climb=round(distance / 1000 * chance.uniform(1, 14), 1),
            route=route,
            visibility=self._visibility(),
            device_name=habits.watch,
            heartrate=round(chance.uniform(118, 178), 1) if chance.random() < 0.8 else None,
            uploaded=uploaded,
            label=label,
        )
        for field, value in fields.items():
            setattr(activity, field, value)
        if uploaded <= self._until:
            self.activities.append(activity)
        return activity

    def at(self, event: Event, day: date, hour: float) -> int:
        """Return the epoch seconds of a local hour (9.5 is half past nine) at an event."""
        midnight = datetime.combine(day, time(), ZoneInfo(event.zone))
        minutes = int(hour * 60)
        local = midnight.replace(hour=minutes // 60, minute=minutes % 60, second=self.chance.randrange(60))
        return int(local.timestamp())

    def five_k_s(self, day: date) -> int:
        """Return a random 5 km time for that day. The athlete gets faster during the first three years."""
        years = min(3.0, (day - self.habits.since) / timedelta(days=365))
        return round(self.habits.five_k_s * (1.1 - 0.04 * years) * self.chance.uniform(0.96, 1.09))

    def _visibility(self) -> str:
        draw = self.chance.random()
        if draw < self.habits.only_me:
            return "only_me"
        return "followers_only" if draw < self.habits.only_me + self.habits.followers_only else "everyone"

    def _new_id(self, uploaded: int) -> int:
        number = new_id(uploaded, salt=self.habits.athlete_id)
        while number in self._ids:
            number += 31
        self._ids.add(number)
        return number
