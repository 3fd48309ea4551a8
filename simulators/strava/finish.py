"""Create an athlete's parkrun of today or of the latest Saturday, as if it had just been uploaded."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from simulators.strava.activity import Activity, Label, new_id
from simulators.strava.athletes import Athlete
from simulators.strava.events import Event
from simulators.strava.routes import loop

SATURDAY = 5
WALK_TO_THE_LINE_S = 120
"""How long after the event's start the athlete starts the watch."""
BUSY_S = 7200
"""The least time between the starts of the parkrun and of any other activity of the athlete."""


def finished_parkrun(
    athlete: Athlete, event: Event, *, now: int, chance: random.Random, right_now: bool = False
) -> Activity:
    """Return a parkrun that leaves no doubt, on the latest Saturday.

    With `right_now` it has just ended, at any hour of any day. It then leaves no doubt only on a Saturday morning.
    """
    seconds = chance.randint(1140, 2100)
    start = now - seconds if right_now else _last_start(athlete, event, now, seconds) + chance.randint(-40, 80)
    why = "finished right now, whatever the day" if right_now else "finished on a control call"
    label = Label(parkrun=True, clear=not right_now, event=event.slug, why=why)
    return parkrun_of(
        athlete, event, name=event.name, start=start, seconds=seconds, uploaded=now, chance=chance, label=label
    )


def parkrun_of(
    athlete: Athlete,
    event: Event,
    *,
    name: str,
    start: int,
    seconds: int,
    uploaded: int,
    chance: random.Random,
    label: Label,
) -> Activity:
    """Return an athlete's parkrun at an event with nothing hidden and nothing unusual."""
    return Activity(
        id=new_id(uploaded, salt=athlete.id),
        athlete_id=athlete.id,
        name=name,
        sport_type="Run",
        start=start,
        zone=event.zone,
        distance=round(chance.uniform(4950, 5080), 1),
        moving_time=seconds - chance.randint(0, 12),
        elapsed_time=seconds,
        climb=round(chance.uniform(8, 60), 1),
        route=loop(event.place, length_m=5000, laps=2, variant=chance.randrange(6)),
        athlete_count=chance.randint(2, 60),
        uploaded=uploaded,
        heartrate=round(chance.uniform(150, 178), 1),
        label=label,
    )


def _last_start(athlete: Athlete, event: Event, now: int, seconds: int) -> int:
    """Return two minutes after the event's start, on the latest Saturday that suits.

    A Saturday suits if the run has ended by now, and if no other activity of the athlete starts within BUSY_S of it.
    """
    local = datetime.fromtimestamp(now, ZoneInfo(event.zone))
    saturday = local.date() - timedelta(days=(local.weekday() - SATURDAY) % 7)
    while True:
        start = event.start_on(saturday) + WALK_TO_THE_LINE_S
        known = athlete.timeline.page(before=start + BUSY_S, after=start - BUSY_S, page=1, per_page=1)
        if start + seconds + 120 < now and not known:
            return start
        saturday -= timedelta(days=7)
