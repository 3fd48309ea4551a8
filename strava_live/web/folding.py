"""Folding: which entries of the feed are shown in the card of another entry, or folded away, instead of standing alone.

A milestone entry ("50th parkrun") and a history entry ("added 76 earlier parkruns") are folded into the card of the
parkrun entry that they came with, which is called their host. Parkruns of one flood, which have the same `fold`, are
folded into one row ("14 more at Brandon Hill"), at the place of the oldest of them. They are never hosts, so that no
milestone is hidden. Replies are shown below their entry, the earlier ones of many folded away. Only the feed page folds
entries. static/js/feed/folding.js applies the same rules to entries that arrive live.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta

from strava_live.protocol import Json

MAX_HISTORY_DELAY = timedelta(days=1)
"""A history entry belongs to a parkrun entry if it was added at most a day later. A first import can take hours."""
MOST_REPLIES = 4
"""How many replies to an entry are all shown."""
REPLIES_SHOWN = 3
"""How many replies, the newest ones, are shown of an entry with more than MOST_REPLIES."""


def hosts_of(entries: list[Json]) -> dict[int, int]:
    """Map the id of each folded entry to the id of its host. `entries` are newest first.

    A milestone or history whose parkrun is not among `entries` is not folded.
    """
    parkruns = [entry for entry in entries if entry["kind"] == "parkrun" and "fold" not in entry]
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
    """Map each history to the newest parkrun that can be its host (`is_host`). A history without a host is left out."""
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


def floods_of(entries: Iterable[Json]) -> dict[int, list[Json]]:
    """Return the parkruns of each flood, by their `fold`, in the order of `entries`."""
    floods = defaultdict(list)
    for entry in entries:
        if fold := entry.get("fold"):
            floods[fold].append(entry)
    return dict(floods)


def threads_of(entries: Iterable[Json]) -> dict[int, list[Json]]:
    """Return the replies among `entries`, oldest first, by the id of the entry that they reply to."""
    threads = defaultdict(list)
    for reply in sorted((one for one in entries if one.get("reply_to")), key=lambda one: (one["at"], one["id"])):
        threads[reply["reply_to"]].append(reply)
    return dict(threads)


def replies_folded(count: int) -> int:
    """Return how many of an entry's `count` replies, the earliest ones, are folded away at first."""
    return count - REPLIES_SHOWN if count > MOST_REPLIES else 0
