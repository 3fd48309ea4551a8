"""Folding: which entries of the feed are shown in the card of another entry instead of a card of their own.

A milestone entry ("50th parkrun") and a history entry ("added 76 earlier parkruns") are folded into the card of the
parkrun entry that they came with, which is called their host. Only the feed page does that. static/js/feed/folding.js
applies the same rules to entries that arrive live.
"""

from collections.abc import Hashable
from datetime import datetime, timedelta

from strava_live.protocol import Json

MAX_HISTORY_DELAY = timedelta(days=1)
"""A history entry belongs to a parkrun entry if it was added at most a day later. A first import can take hours."""


def hosts_of(entries: list[Json]) -> dict[int, int]:
    """Map the id of each folded entry to the id of its host. `entries` are newest first.

    A milestone or history whose parkrun is not among `entries` is not folded.
    """
    parkruns = [entry for entry in entries if entry["kind"] == "parkrun"]
    return milestone_hosts(entries, parkruns) | history_hosts(entries, parkruns)


def milestone_hosts(entries: list[Json], parkruns: list[Json]) -> dict[int, int]:
    """Map milestones to the parkruns that reached them. A parkrun is the host of one milestone at most."""
    free: dict[Hashable, list[int]] = {}
    for parkrun in parkruns:
        free.setdefault(parkrun_key(parkrun), []).append(parkrun["id"])
    milestones = (entry for entry in entries if entry["kind"] == "milestone")
    return {one["id"]: ids.pop(0) for one in milestones if (ids := free.get(parkrun_key(one)))}


def parkrun_key(entry: Json) -> Hashable:
    """Return what a parkrun and its milestone have in common: athlete, event and date.

    Entries of members who are shown without a name have no athlete. For them, the number of parkruns that the member
    had done (`count`) takes its place.
    """
    data, athlete = entry["data"], entry["athlete"]
    who = ("named", athlete["id"]) if athlete else ("unnamed", data["count"])
    return (*who, data["event"], data["date"])


def history_hosts(entries: list[Json], parkruns: list[Json]) -> dict[int, int]:
    """Map each history to the newest parkrun that can be its host (`is_host`). A history without one is left out."""
    hosts = {}
    for history in (entry for entry in entries if entry["kind"] == "history"):
        if parkrun := next((one for one in parkruns if is_host(one, history)), None):
            hosts[history["id"]] = parkrun["id"]
    return hosts


def is_host(parkrun: Json, history: Json) -> bool:
    """Return whether the history belongs in the parkrun's card: same athlete, added at most a day after the parkrun.

    Entries of members who are shown without a name match only if one transaction added both (`at` is equal).
    """
    if not (parkrun["athlete"] and history["athlete"]):
        return not (parkrun["athlete"] or history["athlete"]) and bool(parkrun["at"] == history["at"])
    if parkrun["athlete"]["id"] != history["athlete"]["id"]:
        return False
    age = datetime.fromisoformat(history["at"]) - datetime.fromisoformat(parkrun["at"])
    return timedelta() <= age <= MAX_HISTORY_DELAY
