"""Control calls for the simulated Saturday (saturday.py): start it, follow it, stop it."""

from typing import Any

from simulators.strava.club_runners import HOME
from simulators.strava.events import all_events
from simulators.strava.saturday import NotStartedError, Saturday
from simulators.values import BadValueError, RefusedError, Values

MINUTES = 10.0
"""How long a Saturday lasts unless a call says otherwise."""
SHORTEST_MINUTES, LONGEST_MINUTES = 0.02, 180


class SaturdayControl:
    """Control calls about the simulated Saturday, each a method from Values to JSON."""

    def __init__(self, saturday: Saturday) -> None:
        self._saturday = saturday

    def reads(self) -> dict[str, Any]:
        return {"saturday": self.report}

    def writes(self) -> dict[str, Any]:
        return {"saturday": self.start, "saturday/stop": self.stop}

    def report(self, values: Values) -> dict[str, Any]:
        """Return the occasion, which is null unless a Saturday is running, and how many have finished.

        `earlier` has the occasions of Saturdays that are over. With `finishers`, it also returns all finishers of the
        running or last Saturday, in order of upload (saturday_plan.Finisher).
        """
        report = self._saturday.report()
        return report | {"finishers": self._saturday.finishers()} if values.true("finishers") else report

    def start(self, values: Values) -> dict[str, Any]:
        """Let all connected athletes finish at `event` within the next `minutes`."""
        slug = values.text("event", HOME)
        event = all_events().get(slug)
        if event is None or event.junior:
            raise BadValueError(f"no event {slug!r} of 5 km in the extract")
        minutes = values.within("minutes", MINUTES, lowest=SHORTEST_MINUTES, highest=LONGEST_MINUTES)
        try:
            self._saturday.start(event, seconds=minutes * 60)
        except NotStartedError as error:
            raise RefusedError(str(error)) from None
        return self._saturday.report()

    def stop(self, _values: Values) -> dict[str, Any]:
        """End the Saturday before all have finished."""
        return {"stopped": self._saturday.stop()}
