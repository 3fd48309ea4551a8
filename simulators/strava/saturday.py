"""Let a simulated Saturday happen: upload, rename and delete the finishers' runs as planned (saturday_plan.py).

It lives in memory only, so it ends when the stand-in stops.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from simulators.control import UnknownError
from simulators.strava.activity import Activity, Label
from simulators.strava.events import Event
from simulators.strava.finish import parkrun_of
from simulators.strava.mornings import parkrun_title
from simulators.strava.saturday_plan import UPLOAD_S, WATCH_STARTS_S, Finisher, Plan, plan_saturday
from simulators.strava.site import Site

WRONG_ZONE = "America/New_York"
"""The zone of the watch that is set to another country's time."""
PRIVACY_ZONE_M = 200
EARLIER = 20
"""How many ended Saturdays are reported."""
LABEL = "finished on a simulated Saturday, whatever the day"
NEW_TITLES = ("Bit faster than last week 🎉", "parkrun with the club 🌳", "Legs felt heavy, company was great")

Step = Callable[[Plan, Finisher], None]


class NotStartedError(Exception):
    """A Saturday cannot start. The message says why."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """A simulated Saturday as applications know it: the slug of its event, and when all started (ISO 8601, UTC)."""

    event: str
    started_at: str


class Saturday:
    """The simulated Saturday that is running, or was the last one to run."""

    def __init__(self, site: Site, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._site, self._sleep = site, sleep
        self._plan: Plan | None = None
        self._task: asyncio.Task[None] | None = None
        self._earlier: deque[Occasion] = deque(maxlen=EARLIER)

    @property
    def is_running(self) -> bool:
        return self._task is not None and not self._task.done()

    @property
    def plan(self) -> Plan | None:
        """Return the plan of the Saturday that is running or ran last."""
        return self._plan

    def start(self, event: Event, *, seconds: float) -> None:
        """Let all connected athletes finish within the next `seconds`.

        If the previous Saturday was on the same day, its runs are deleted first: an athlete runs at most one parkrun a
        day.
        """
        if self.is_running:
            raise NotStartedError("A Saturday is running already. Wait for its end, or stop it.")
        site = self._site
        athletes = [site.athletes[one] for one in sorted(site.tokens.connected()) if one in site.athletes]
        if not athletes:
            raise NotStartedError("No athlete is connected to the site yet, so none can finish.")
        now = site.clock()
        if self._plan and _day(self._plan.started_at, event) == _day(now, event):
            self._delete_runs(self._plan)
        self._plan = plan_saturday(athletes, event, now=now, seconds=seconds, chance=site.chance)
        self._task = asyncio.get_running_loop().create_task(self._run(self._plan))

    def stop(self) -> bool:
        """End the Saturday before all have finished. Return whether one was running."""
        was_running = self.is_running
        if self._task:
            self._task.cancel()
        self._close()
        return was_running

    def report(self) -> dict[str, Any]:
        """Return the occasion, how many of the finishers have finished, when the next one does, and when all have."""
        earlier = [asdict(one) for one in self._earlier]
        if self._plan is None or not self.is_running:
            return {"occasion": None, "earlier": earlier}
        waiting = [one.uploads_at for one in self._plan.finishers if one.activity is None]
        return {
            "occasion": asdict(_occasion(self._plan)),
            "finished": len(self._plan.finishers) - len(waiting),
            "of": len(self._plan.finishers),
            "next_in_s": max(0, round(min(waiting) - self._site.clock())) if waiting else None,
            "ends_at": _utc(self._plan.ends_at),
            "earlier": earlier,
        }

    def finishers(self) -> list[dict[str, Any]]:
        """Return the finishers of the running or last Saturday, in order of upload."""
        return [
            {
                "athlete_id": one.athlete.id,
                "name": one.athlete.name,
                "time_s": one.seconds,
                "uploads_at": _utc(one.uploads_at),
                "activity_id": one.activity.id if one.activity else None,
                "special": one.special,
                "unusual": one.unusual,
            }
            for one in (self._plan.finishers if self._plan else ())
        ]

    async def _run(self, plan: Plan) -> None:
        uploads: list[tuple[float, Step, Finisher]] = [(one.uploads_at, self._upload, one) for one in plan.finishers]
        changes = [(one.changes_at, self._change, one) for one in plan.finishers if one.changes_at is not None]
        for at, step, finisher in sorted([*uploads, *changes], key=lambda one: one[0]):
            await self._sleep(max(0.0, at - self._site.clock()))
            with contextlib.suppress(UnknownError):  # a person may have deleted the run on the control page
                step(plan, finisher)
        self._close()

    def _close(self) -> None:
        """Note that the Saturday is over."""
        self._task = None
        if self._plan and _occasion(self._plan) not in self._earlier:
            self._earlier.append(_occasion(self._plan))

    def _upload(self, plan: Plan, finisher: Finisher) -> None:
        finisher.activity = self._run_of(plan, finisher)
        self._site.add(finisher.activity)

    def _change(self, _plan: Plan, finisher: Finisher) -> None:
        if finisher.activity and finisher.unusual == "renamed":
            self._site.change(finisher.activity.id, {"name": self._site.chance.choice(NEW_TITLES)})
        elif finisher.activity:
            self._site.remove(finisher.activity.id)

    def _run_of(self, plan: Plan, finisher: Finisher) -> Activity:
        """Return the finisher's run. It began soon after the event's start, and ended before its upload."""
        chance, uploaded = self._site.chance, int(finisher.uploads_at)
        latest_s = uploaded - UPLOAD_S - finisher.seconds - plan.started_at
        activity = parkrun_of(
            finisher.athlete,
            plan.event,
            name=parkrun_title(chance, plan.event),
            start=plan.started_at + min(latest_s, chance.randint(*WATCH_STARTS_S)),
            seconds=finisher.seconds,
            uploaded=uploaded,
            chance=chance,
            label=Label(parkrun=True, clear=False, event=plan.event.slug, why=LABEL),
        )
        if finisher.unusual == "private":
            activity.visibility = "only_me"
        elif finisher.unusual == "trimmed":
            activity.trimmed_m = PRIVACY_ZONE_M
        elif finisher.unusual == "wrong_zone":
            activity.zone = WRONG_ZONE
        return activity

    def _delete_runs(self, plan: Plan) -> None:
        for finisher in plan.finishers:
            if finisher.activity:
                with contextlib.suppress(UnknownError):  # it may be deleted already
                    self._site.remove(finisher.activity.id)


def _occasion(plan: Plan) -> Occasion:
    return Occasion(plan.event.slug, _utc(plan.started_at))


def _utc(instant: float) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(instant: float, event: Event) -> str:
    return f"{datetime.fromtimestamp(instant, ZoneInfo(event.zone)):%Y-%m-%d}"
