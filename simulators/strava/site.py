"""The stand-in's state (athletes, tokens, limits, faults, counts), and the functions that change it."""

import itertools
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, NamedTuple, Protocol

from simulators.control import UnknownError
from simulators.faults import FaultBook
from simulators.strava.activity import Activity, Label, new_id
from simulators.strava.athletes import Athlete, may_see
from simulators.strava.faults import API_ENDPOINTS
from simulators.strava.limits import Limits
from simulators.strava.settings import Settings
from simulators.strava.timeline import Timeline
from simulators.strava.tokens import TokenBook


class Call(NamedTuple):
    """An API call with a token. `began` and `ended` are epoch seconds."""

    endpoint: str
    athlete_id: int | None
    """None if the token is not valid."""
    began: float
    ended: float


class Notify(Protocol):
    """A function that sends a webhook event about an activity or an athlete, if there is a subscription."""

    def __call__(
        self, object_type: str, object_id: int, aspect_type: str, owner_id: int, updates: dict[str, str]
    ) -> None: ...


@dataclass
class Site:
    """The whole state. `calls` and `statuses` count the calls of each endpoint and their answers."""

    settings: Settings
    new_limits: Callable[[], Limits]
    seed: int = 1
    clock: Callable[[], float] = time.time
    athletes: dict[int, Athlete] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._first_settings = replace(self.settings)
        self.tokens = TokenBook(self.settings, self.clock)
        self.limits = self.new_limits()
        self.faults = FaultBook(self.clock, frozenset(API_ENDPOINTS))
        self.last_calls: deque[Call] = deque(maxlen=10_000)
        self.notify: Notify = _silence
        self.chance = random.Random(f"{self.seed}/site")
        self._owners: dict[int, int] = {}
        self._athlete_ids = itertools.count(900_001)

    def reset(self) -> None:
        """Remove all faults, and restore limits and settings. Athletes, tokens and counts of calls stay."""
        self.faults.clear()
        self.limits = self.new_limits()
        self.settings.change(asdict(self._first_settings))

    def next_athlete_id(self) -> int:
        return next(self._athlete_ids)

    def add_athlete(self, athlete: Athlete, activities: Iterable[Activity], *, by_true_start: bool = True) -> None:
        kept: list[Activity] = []
        for activity in activities:
            self._own(activity)
            kept.append(activity)
        athlete.timeline = Timeline(kept, by_true_start=by_true_start)
        self.athletes[athlete.id] = athlete

    def athlete(self, athlete_id: int) -> Athlete:
        if athlete_id not in self.athletes:
            raise UnknownError(f"no athlete {athlete_id}")
        return self.athletes[athlete_id]

    def activity(self, activity_id: int) -> Activity:
        activity = self.athlete(self._owners.get(activity_id, 0)).timeline.get(activity_id)
        if activity is None:
            raise UnknownError(f"no activity {activity_id}")
        return activity

    def add(self, activity: Activity) -> None:
        """Add an activity, and send a webhook event if the application may see the activity."""
        self._own(activity)
        activity.found_from = self.clock() + self.settings.not_found_ms / 1000
        self.athlete(activity.athlete_id).timeline.add(activity)
        if self._is_visible(activity):
            self.notify("activity", activity.id, "create", activity.athlete_id, {})

    def remove(self, activity_id: int) -> None:
        """Delete an activity, and send a webhook event if the application could see the activity."""
        activity = self.activity(activity_id)
        self.athlete(activity.athlete_id).timeline.remove(activity_id)
        if self._is_visible(activity):
            self.notify("activity", activity_id, "delete", activity.athlete_id, {})

    def change(self, activity_id: int, values: dict[str, Any]) -> None:
        """Edit an activity. A change of title, type, privacy or withholding causes a webhook event."""
        activity = self.activity(activity_id)
        timeline = self.athlete(activity.athlete_id).timeline
        visible_before, was_private = self._is_visible(activity), activity.visibility == "only_me"
        timeline.remove(activity_id)
        for name, value in values.items():
            setattr(activity, name, value)
        activity.forget_written()
        timeline.add(activity)
        updates = {label: str(values[name]) for name, label in EVENT_NAMES.items() if name in values}
        if was_private != (activity.visibility == "only_me"):
            updates["private"] = "false" if was_private else "true"
        self._notify_change(activity, visible_before=visible_before, updates=updates)

    def revoke(self, athlete_id: int) -> bool:
        """Withdraw the athlete's consent, and send a webhook event. Return whether there was a consent."""
        revoked = self.tokens.revoke(athlete_id)
        if revoked:
            self.notify("athlete", athlete_id, "update", athlete_id, {"authorized": "false"})
        return revoked

    def churn(self, athlete: Athlete) -> None:
        """Add and delete activities at random places of an athlete's list, as `athlete.churn` says."""
        plan = athlete.churn
        known = athlete.timeline.newest_first() if plan.add or plan.remove else []
        for activity in self.chance.sample(known, min(plan.remove, len(known))):
            self.remove(activity.id)
            plan.removed.append(activity.id)
        for template in self.chance.choices(known, k=plan.add) if known else []:
            newcomer = self._like(template)
            self.add(newcomer)
            plan.added.append(newcomer.id)

    def _like(self, template: Activity) -> Activity:
        """Return a new activity that resembles `template`."""
        start = template.start + self.chance.randint(-3000, 3000)
        return Activity(
            id=new_id(int(self.clock()), salt=template.athlete_id),
            athlete_id=template.athlete_id,
            name="Added meanwhile",
            sport_type="Run",
            start=start,
            zone=template.zone,
            distance=7000.0,
            moving_time=2400,
            elapsed_time=2450,
            route=template.route,
            label=Label(why="added while the history was being read"),
        )

    def _notify_change(self, activity: Activity, *, visible_before: bool, updates: dict[str, str]) -> None:
        """Send a webhook event about an edited activity, as far as the application may see it."""
        visible_now = self._is_visible(activity)
        if visible_before and visible_now and updates:
            self.notify("activity", activity.id, "update", activity.athlete_id, updates)
        elif visible_before != visible_now:
            aspect = "create" if visible_now else "delete"
            self.notify("activity", activity.id, aspect, activity.athlete_id, {})

    def _is_visible(self, activity: Activity) -> bool:
        """Return whether the application may see the activity."""
        grants = self.tokens.of(activity.athlete_id)
        private_too = any(grant.reads_private for grant in grants)
        return any(grant.reads_activities for grant in grants) and may_see(activity, private_too=private_too)

    def _own(self, activity: Activity) -> None:
        """Note whose activity this is, after giving it another id if the id is taken."""
        while activity.id in self._owners:
            activity.id += 1
        self._owners[activity.id] = activity.athlete_id


EVENT_NAMES = {"name": "title", "sport_type": "type"}
"""The fields whose change is named in an event of the type `update`, and their names in the event."""


def _silence(object_type: str, object_id: int, aspect_type: str, owner_id: int, updates: dict[str, str]) -> None:
    """Send no event. The default, until `app.build` replaces it by `Webhooks.notify`."""
