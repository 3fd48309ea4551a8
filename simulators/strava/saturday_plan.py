"""Plan a simulated Saturday: who finishes in which time, when each watch uploads, and what is unusual about some.

Times and order are realistic: each athlete runs about as fast as usual, all started within a minute, and no run is
uploaded before it has ended. A real field finishes over a quarter of an hour or more, but a Saturday may last a few
minutes only. So the event started long enough ago for the slowest to end in time, and the watches of the fast ones
upload some minutes after the finish, as watches do. Except for those of some unusual finishers, uploads keep the order
and the crowding of the finish times.
"""

import random
from collections.abc import Collection
from dataclasses import dataclass
from statistics import median
from typing import Literal

from simulators.strava.activity import Activity
from simulators.strava.athletes import Athlete
from simulators.strava.events import Event

MILESTONES = frozenset({25, 50, 100, 250, 500, 1000})
NEWEST = 5
"""An athlete's usual speed is the median of this many parkruns or runs."""
EASIER = 1.15
"""The factor by which ordinary runs are slower than parkruns."""
FASTEST_S, SLOWEST_S = 960, 2_100
FIRST_UPLOAD_S = 4.0
"""How long after the start of the simulation the first run is uploaded, but at most half of the simulation.

By then an application has read that there is an occasion.
"""
UPLOAD_S = 3
"""The shortest time from a finish to its upload."""
WATCH_STARTS_S = 5, 50
"""How long after the event's start watches are started."""
ON_TIME = 0.9
"""The share of the simulation's time after which only late uploads follow."""
RENAMED_AFTER_S, DELETED_AFTER_S = 60.0, 90.0

Unusual = Literal[
    "",
    "renamed",  # gets another title a minute later
    "private",  # only its athlete may see it
    "late",  # is uploaded minutes after its neighbours
    "last",  # is uploaded at the very end
    "trimmed",  # its map begins and ends in a privacy zone
    "deleted",  # is deleted again
    "wrong_zone",  # comes from a watch that is set to another country's time
]
UNUSUAL: tuple[Unusual, ...] = (
    *("renamed", "private", "late", "last", "trimmed", "deleted", "wrong_zone"),
    *("late", "late"),
)
"""What is unusual about up to nine finishers, and at most a quarter of all. A small field has only the first ones."""


@dataclass(slots=True)
class Finisher:
    """An athlete's part in a Saturday: the time of their run, and when it is uploaded and changed (epoch seconds)."""

    athlete: Athlete
    seconds: int
    uploads_at: float
    special: str = ""
    """What is special about the parkrun, in words."""
    unusual: Unusual = ""
    changes_at: float | None = None
    """When the run is renamed or deleted, if it is."""
    activity: Activity | None = None
    """The run, once it is uploaded."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A Saturday: its event, when all started, when the simulation ends, and the finishers in order of upload."""

    event: Event
    started_at: int
    ends_at: float
    finishers: list[Finisher]


def plan_saturday(
    athletes: Collection[Athlete], event: Event, *, now: float, seconds: float, chance: random.Random
) -> Plan:
    """Plan a Saturday at which all these athletes finish within the next `seconds`."""
    times = {one.id: _time_today(one, chance) for one in athletes}
    in_order = sorted(athletes, key=lambda one: times[one.id])
    fastest, slowest = times[in_order[0].id], times[in_order[-1].id]
    first_s = min(FIRST_UPLOAD_S, 0.5 * seconds)
    stretch = (ON_TIME * seconds - first_s) / max(1, slowest - fastest)
    finishers = [
        Finisher(one, times[one.id], now + first_s + stretch * (times[one.id] - fastest), special(one, event))
        for one in in_order
    ]
    ago_s = max(WATCH_STARTS_S[1] + one.seconds + UPLOAD_S - (one.uploads_at - now) for one in finishers)
    candidates = [one for one in finishers if not (one.special and one.athlete.club_runner)]
    chance.shuffle(candidates)
    candidates.sort(key=lambda one: one.special != "")
    for finisher, unusual in zip(candidates, UNUSUAL[: len(finishers) // 4], strict=False):
        _make_unusual(finisher, unusual, ends_at=now + seconds, seconds=seconds, chance=chance)
    finishers.sort(key=lambda one: one.uploads_at)
    ends_at = max(one.changes_at or one.uploads_at for one in finishers)
    return Plan(event, int((now - ago_s) // 60 * 60), ends_at, finishers)


def special(athlete: Athlete, event: Event) -> str:
    """Return what is special about the athlete's next parkrun in words: a milestone or a first time. Empty if nothing.

    Only club runners have milestones: it is not certain how many parkruns of other athletes an application counts.
    """
    done = [one.label.event for one in athlete.timeline.newest_first() if one.label.parkrun and not one.label.double_of]
    if not done:
        return "first parkrun"
    if athlete.club_runner and len(done) + 1 in MILESTONES:
        return f"{len(done) + 1}th parkrun"
    return "" if event.slug in done else f"first at {event.name.removesuffix(' parkrun')}"


def _make_unusual(
    finisher: Finisher, unusual: Unusual, *, ends_at: float, seconds: float, chance: random.Random
) -> None:
    finisher.unusual = unusual
    if unusual == "late":
        later = finisher.uploads_at + chance.uniform(0.2, 0.45) * seconds
        finisher.uploads_at = min(later, ends_at - 0.03 * seconds)
    elif unusual == "last":
        finisher.uploads_at = ends_at
    elif unusual in ("renamed", "deleted"):
        after_s = RENAMED_AFTER_S if unusual == "renamed" else DELETED_AFTER_S
        finisher.changes_at = min(finisher.uploads_at + min(after_s, 0.15 * seconds), ends_at)


def _time_today(athlete: Athlete, chance: random.Random) -> int:
    """Return a time for 5 km that is near the athlete's usual one."""
    seconds = _usual_s(athlete) or chance.randint(1_300, 1_800)
    return round(min(SLOWEST_S, max(FASTEST_S, seconds * chance.uniform(0.96, 1.05))))


def _usual_s(athlete: Athlete) -> float | None:
    """Return the athlete's usual time for 5 km, by their newest parkruns, or else by their newest runs."""
    runs = [one for one in athlete.timeline.newest_first() if one.sport_type == "Run" and one.distance > 3_000]
    parkruns = [one.elapsed_time for one in runs if one.label.parkrun and one.label.clear][:NEWEST]
    others = [one.moving_time * 5_000 / one.distance / EASIER for one in runs[:NEWEST]]
    return median(parkruns or others) if runs else None
