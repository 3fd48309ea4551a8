"""Control calls for athletes and activities: create, upload, edit and delete them."""

from dataclasses import asdict
from typing import Any

from simulators.strava.activity import Activity, Label, new_id
from simulators.strava.athletes import Athlete
from simulators.strava.events import Event, all_events
from simulators.strava.finish import finished_parkrun
from simulators.strava.histories import history, some_habits
from simulators.strava.plain import Order, made_to_order
from simulators.strava.routes import loop
from simulators.strava.site import Site
from simulators.values import BadValueError, Values

EDITABLE = {"name": str, "sport_type": str, "visibility": str, "distance": float, "elapsed_time": int}
EDITABLE |= {"moving_time": int, "withheld": bool, "hidden_start": bool, "hidden_map": bool, "workout_type": int}
EDITABLE |= {"trimmed_m": int, "ends_hidden": bool}
FURTHEST_M = 2000
"""The largest radius of a privacy zone."""
VISIBILITIES = ("everyone", "followers_only", "only_me")


class HistoryControl:
    """Control calls about athletes and activities, each a method from Values to JSON."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def reads(self) -> dict[str, Any]:
        return {"athletes": self.athletes, "activities": self.activities, "labels": self.labels, "churn": self.churned}

    def writes(self) -> dict[str, Any]:
        return {
            "athletes": self.add_athlete,
            "parkrun": self.finish_parkrun,
            "activity/add": self.add_activity,
            "activity/change": self.change_activity,
            "activity/delete": self.delete_activity,
            "churn": self.set_churn,
        }

    def athletes(self, _values: Values) -> list[dict[str, Any]]:
        return [
            {
                "id": one.id,
                "name": one.name,
                "event": one.event,
                "activities": len(one.timeline),
                "club_runner": one.club_runner,
            }
            for one in self._site.athletes.values()
        ]

    def activities(self, values: Values) -> list[dict[str, Any]]:
        """Return all activities of an athlete, newest first, also those that the API does not show."""
        return [
            {
                "id": one.id,
                "name": one.name,
                "sport_type": one.sport_type,
                "start": one.start,
                "shown_start": one.shown_start,
                "visibility": one.visibility,
                "withheld": one.withheld,
            }
            for one in self._of(values).timeline.newest_first()
        ]

    def labels(self, values: Values) -> list[dict[str, Any]]:
        """Return the label of every activity, newest first."""
        return [{"id": one.id} | asdict(one.label) for one in self._of(values).timeline.newest_first()]

    def churned(self, values: Values) -> dict[str, Any]:
        return asdict(self._of(values).churn)

    def add_athlete(self, values: Values) -> dict[str, Any]:
        """Create an athlete: with `years` a plausible history (histories.py), else activities to order (plain.py)."""
        return {
            "athlete_id": self._athlete_with_history(values) if "years" in values else self._athlete_to_order(values)
        }

    def _athlete_with_history(self, values: Values) -> int:
        now, seed = int(self._site.clock()), values.integer("seed", self._site.seed)
        habits = some_habits(self._site.next_athlete_id(), seed=seed, until=now, years=values.number("years"))
        athlete = _stranger(habits.athlete_id, habits.home, values)
        self._site.add_athlete(athlete, history(habits, seed=seed, until=now))
        return athlete.id

    def _athlete_to_order(self, values: Values) -> int:
        event = self._event(values.text("event", "newfarm"))
        athlete = _stranger(self._site.next_athlete_id(), event, values)
        order = Order(
            activities=values.integer("activities", 100),
            withheld_share=values.number("withheld_share", 0),
            withheld=values.ranges("withheld"),
            hidden_starts=values.positions("hidden_starts"),
            same_second=values.ranges("same_second"),
            every_s=values.integer("every_s", 20_000),
        )
        newest = int(self._site.clock()) - values.integer("newest_s_ago", 36_000)
        seed = values.integer("seed", self._site.seed)
        made = made_to_order(order, athlete_id=athlete.id, home=event, newest=newest, seed=seed)
        self._site.add_athlete(athlete, made, by_true_start=values.true("by_true_start", default=True))
        return athlete.id

    def finish_parkrun(self, values: Values) -> dict[str, Any]:
        """Upload a parkrun of the latest Saturday, which may be today. With `right_now`, it has just finished."""
        athlete = self._of(values)
        event = self._event(values.text("event", athlete.event))
        activity = finished_parkrun(
            athlete, event, now=int(self._site.clock()), chance=self._site.chance, right_now=values.true("right_now")
        )
        activity.trimmed_m = values.whole("trimmed_m", 0, highest=FURTHEST_M)
        activity.ends_hidden = values.true("ends_hidden")
        self._site.add(activity)
        return {"id": activity.id, "name": activity.name, "start": activity.start, "event": event.slug}

    def add_activity(self, values: Values) -> dict[str, Any]:
        """Upload an activity: a run of 8 km that has just ended, except where the values say otherwise."""
        athlete = self._of(values)
        home, now = self._event(athlete.event), int(self._site.clock())
        seconds = values.integer("elapsed_time", 2700)
        activity = Activity(
            id=new_id(now, salt=athlete.id),
            athlete_id=athlete.id,
            name=values.text("name", "Morning Run"),
            sport_type=values.text("sport_type", "Run"),
            start=values.integer("start", now - seconds),
            zone=athlete.zone,
            distance=values.number("distance", 8000.0),
            moving_time=values.integer("moving_time", seconds),
            elapsed_time=seconds,
            route=loop(home.home, length_m=8000),
            visibility=_visibility(values.text("visibility", "everyone")),
            uploaded=now,
            label=Label(why="added by a control call"),
        )
        self._site.add(activity)
        return {"id": activity.id}

    def change_activity(self, values: Values) -> dict[str, Any]:
        """Edit an activity: rename it, make it private, and so on."""
        changes: dict[str, Any] = {}
        for name, kind in EDITABLE.items():
            if name in values:
                changes[name] = _edited(name, kind, values)
        _visibility(changes.get("visibility", "everyone"))
        values.whole("trimmed_m", 0, highest=FURTHEST_M)
        self._site.change(values.integer("id"), changes)
        return {"id": values.integer("id"), "changed": sorted(changes)}

    def delete_activity(self, values: Values) -> dict[str, Any]:
        self._site.remove(values.integer("id"))
        return {"id": values.integer("id")}

    def set_churn(self, values: Values) -> dict[str, Any]:
        """Let an athlete's list change while it is read: add and delete activities after every page."""
        churn = self._of(values).churn
        churn.add, churn.remove = values.integer("add", 0), values.integer("remove", 0)
        return asdict(churn)

    def _of(self, values: Values) -> Athlete:
        return self._site.athlete(values.integer("athlete_id"))

    def _event(self, slug: str) -> Event:
        if slug not in all_events():
            raise BadValueError(f"no event {slug!r} in the extract")
        return all_events()[slug]


def _edited(name: str, kind: type, values: Values) -> object:
    """Return the new value of an editable field."""
    if kind is bool:
        return values.true(name)
    if kind is str:
        return values.text(name)
    return values.integer(name) if kind is int else values.number(name)


def _stranger(athlete_id: int, event: Event, values: Values) -> Athlete:
    return Athlete(
        id=athlete_id,
        firstname=values.text("firstname", "Made"),
        lastname=values.text("lastname", f"To Order {athlete_id}"),
        sex="F",
        city="",
        country=event.country,
        zone=event.zone,
        event=event.slug,
        about="Made to order",
    )


def _visibility(value: str) -> str:
    if value not in VISIBILITIES:
        raise BadValueError(f"visibility must be one of {', '.join(VISIBILITIES)}")
    return value
