"""One card per run: fold a milestone and a history into the card of the parkrun that they belong to.

Everywhere except on the feed page they are entries of their own. static/js/feed/folding.js applies the same rules to
entries that arrive live, to the same fields of the protocol's `entry`.
"""

from collections.abc import Hashable
from datetime import datetime, timedelta

from strava_live.protocol import Json

MAX_HISTORY_DELAY = timedelta(days=1)
"""How much later than the parkrun its history may be added: a first sync can take hours."""


def hosts_of(entries: list[Json]) -> dict[int, int]:
    """Map the ids of milestones and histories to the id of their parkrun, if it is among `entries`.

    `entries` are newest first.
    """
    runs = [entry for entry in entries if entry["kind"] == "parkrun"]
    return milestone_hosts(entries, runs) | history_hosts(entries, runs)


def milestone_hosts(entries: list[Json], runs: list[Json]) -> dict[int, int]:
    free: dict[Hashable, list[int]] = {}
    for run in runs:
        free.setdefault(run_key(run), []).append(run["id"])
    milestones = (entry for entry in entries if entry["kind"] == "milestone")
    return {one["id"]: ids.pop(0) for one in milestones if (ids := free.get(run_key(one)))}


def run_key(entry: Json) -> Hashable:
    """Return what a parkrun and its milestone share. The count distinguishes members without a name."""
    data, athlete = entry["data"], entry["athlete"]
    who = ("named", athlete["id"]) if athlete else ("unnamed", data["count"])
    return (*who, data["event"], data["date"])


def history_hosts(entries: list[Json], runs: list[Json]) -> dict[int, int]:
    """Map each history to the newest parkrun that its athlete had in the feed when the history was added."""
    hosts = {}
    for history in entries:
        if history["kind"] == "history" and (run := next((run for run in runs if is_host(run, history)), None)):
            hosts[history["id"]] = run["id"]
    return hosts


def is_host(run: Json, history: Json) -> bool:
    """Return whether the history belongs in this run's card.

    Entries without a name match only if one transaction added both.
    """
    if not (run["athlete"] and history["athlete"]):
        return not (run["athlete"] or history["athlete"]) and bool(run["at"] == history["at"])
    if run["athlete"]["id"] != history["athlete"]["id"]:
        return False
    age = datetime.fromisoformat(history["at"]) - datetime.fromisoformat(run["at"])
    return timedelta() <= age <= MAX_HISTORY_DELAY
