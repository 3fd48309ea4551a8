"""The sentences about a run that My Strava shows."""

from typing import TYPE_CHECKING, TypedDict

from strava_live.formats import quantity

if TYPE_CHECKING:
    from strava_live.sync.models import SyncRun

LADDER = (1, 10, 25, 50, 100, 150, 200, 250, 300, 400, 500, 750, 1000)
"""Round numbers of parkruns that an import names when it reaches them."""
WAITING = {
    "rate_limit": "Strava's limit reached. Your import carries on by itself.",
    "strava_down": "Strava isn't answering. We keep trying.",
    "busy": "Your import starts as soon as there's room.",
}


class RunWords(TypedDict):
    """The words of the protocol's `run`."""

    says: str
    progress: str
    checked: str
    result: str
    milestone: str


def run_words(run: "SyncRun") -> RunWords:
    return {
        "says": state_sentence(run),
        "progress": progress_sentence(run),
        "checked": checked(run),
        "result": f"{checked(run)} checked, {new_parkruns(run)}",
        "milestone": milestone_sentence(run.saved),
    }


def state_sentence(run: "SyncRun") -> str:
    match run.state:
        case run.RunState.RUNNING:
            return "Importing your runs."
        case run.RunState.WAITING:
            return WAITING[run.wait_reason or "busy"]
        case run.RunState.FINISHED:
            return f"All done: {checked(run)}, {new_parkruns(run)}."
        case run.RunState.CANCELLED:
            return f"Stopped at {checked(run)}. Everything imported so far stays."
    return "The import stopped."


def progress_sentence(run: "SyncRun") -> str:
    """Return for example "80 activities, 3 parkruns, back to Mar 2014."."""
    back = f", back to {run.oldest:%b %Y}" if run.oldest else ""
    return f"{checked(run)}, {quantity(run.saved, 'parkrun', 'parkruns')}{back}."


def checked(run: "SyncRun | None") -> str:
    return quantity(run.found if run else 0, "activity", "activities")


def new_parkruns(run: "SyncRun") -> str:
    return quantity(run.saved, "new parkrun", "new parkruns")


def milestone_sentence(parkruns: int) -> str:
    """Return for example "50 parkruns so far!", or "" before the first parkrun."""
    reached = max((number for number in LADDER if number <= parkruns), default=0)
    if reached < 2:
        return "First parkrun found!" if reached else ""
    return f"{reached:,} parkruns so far!"
