"""Compare finished parkruns (morning.py) with the entries that sockets have got and the site has stored."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bench.webhooks.crowd import Heard
from bench.webhooks.morning import Finished, Runner

Place = tuple[int, int]
"""The number of a club, and of a member in it."""


@dataclass
class AtSocket:
    """When a runner's parkrun was added to the feed that a socket shows, and how often it was removed."""

    added_at: list[float] = field(default_factory=list)
    removed: int = 0


class Arrivals:
    """What the two sockets of each club have got: socket 2n is a member's of club n, socket 2n + 1 its wall's."""

    def __init__(self, heard: Iterable[Heard]) -> None:
        self.seen: tuple[dict[Place, AtSocket], dict[Place, AtSocket]] = ({}, {})
        places: dict[tuple[int, int], Place] = {}
        for socket, at, message in heard:
            seen = self.seen[socket % 2]
            if message["type"] == "entry.added" and message["entry"]["kind"] == "parkrun":
                place = socket // 2, number_in(message["entry"]["athlete"]["name"])
                places[socket, message["entry"]["id"]] = place
                seen.setdefault(place, AtSocket()).added_at.append(at)
            elif message["type"] == "entry.removed" and (removed := places.get((socket, message["id"]))):
                seen[removed].removed += 1

    def at_sockets(self, runner: Runner) -> list[AtSocket]:
        """Return what a member's socket and the wall of the runner's club have got."""
        place = runner.club, runner.member
        return [seen.get(place, AtSocket()) for seen in self.seen]

    def at_wall(self, runner: Runner) -> list[float]:
        return self.at_sockets(runner)[1].added_at


def number_in(name: str) -> int:
    """Return the number of a member, which is at the end of their name."""
    return int(name.rpartition("Berg")[2])


@dataclass(frozen=True)
class Verdict:
    """How many of the finished parkruns are missing somewhere, and how many are somewhere twice."""

    lost: int
    doubled: int


def verdict(finished: Sequence[Finished], arrivals: Arrivals, on_feeds: Counter[int]) -> Verdict:
    """Judge each finished parkrun at both sockets and in the database. `on_feeds` counts stored entries by athlete."""
    lost = doubled = 0
    for one in finished:
        wanted = 0 if one.is_hidden else 1
        shown = [len(seen.added_at) - seen.removed for seen in arrivals.at_sockets(one.runner)]
        counts = [*shown, on_feeds[one.runner.athlete]]
        lost += any(count < wanted for count in counts)
        added = [len(seen.added_at) for seen in arrivals.at_sockets(one.runner)]
        doubled += any(count > wanted for count in counts) or any(count > 1 for count in added)
    return Verdict(lost, doubled)
