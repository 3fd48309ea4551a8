"""One card per run: the milestone and the history that belong to a parkrun are shown in its card.

They stay entries of their own everywhere but on the feed page. static/js/feed/folding.js folds what arrives live by the
same rules, from the same fields of the protocol's `entry`.
"""

from collections.abc import Hashable
from datetime import datetime, timedelta

from strava_live.protocol import Json

HISTORY_FOLDS_FOR = timedelta(days=1)
"""A first sync may take hours: how much later than the parkrun its history may arrive."""


def hosts_of(entries: list[Json]) -> dict[int, int]:
    """Return, by the id of each milestone and history with a parkrun among `entries`, that parkrun's id.

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
    """Members without a name at one event are told apart by their count."""
    data, athlete = entry["data"], entry["athlete"]
    who = ("named", athlete["id"]) if athlete else ("unnamed", data["count"])
    return (*who, data["event"], data["date"])


def history_hosts(entries: list[Json], runs: list[Json]) -> dict[int, int]:
    """The newest parkrun that the athlete had in the feed when the history arrived."""
    hosts = {}
    for history in entries:
        if history["kind"] == "history" and (run := next((run for run in runs if takes(run, history)), None)):
            hosts[history["id"]] = run["id"]
    return hosts


def takes(run: Json, history: Json) -> bool:
    """A member without a name is known again only by the transaction that added both entries at one moment."""
    if not (run["athlete"] and history["athlete"]):
        return not (run["athlete"] or history["athlete"]) and bool(run["at"] == history["at"])
    if run["athlete"]["id"] != history["athlete"]["id"]:
        return False
    age = datetime.fromisoformat(history["at"]) - datetime.fromisoformat(run["at"])
    return timedelta() <= age <= HISTORY_FOLDS_FOR
