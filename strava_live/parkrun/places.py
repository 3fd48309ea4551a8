"""Find the events near a point of the earth, with a k-d tree of their present and former places."""

from collections.abc import Iterable, Iterator
from math import inf
from typing import NamedTuple

from strava_live.parkrun.event import Event
from strava_live.parkrun.geometry import Point, Vector, arc_metres, chord, unit_vector

HALF_ROUND_THE_EARTH_M = 20_100_000.0
"""More than the distance between any two places on the earth."""


class Nearby(NamedTuple):
    """An event, and the shortest distance from any of its places, present or former, to a point of the search."""

    metres: float
    event: Event


class TreeNode(NamedTuple):
    """A node of a k-d tree: a place of an event, and the subtrees of the places on either side of it.

    No place in `below` has a greater coordinate along `axis` than this one, and no place in `above` a smaller one.
    """

    at: Vector
    event: Event
    axis: int
    below: "TreeNode | None"
    above: "TreeNode | None"


class Places:
    """The places of events. Immutable and thread-safe."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.tree = build_tree([(unit_vector(place), event) for event in events for place in event.places])

    def near(self, *points: Point, within_m: float) -> list[Nearby]:
        """Return the events with a present or former place at most `within_m` from one of the points, nearest first."""
        reach = chord(within_m)
        squares: dict[Event, float] = {}
        for point in points:
            for square, event in within_reach(self.tree, unit_vector(point), reach):
                squares[event] = min(square, squares.get(event, inf))
        return sorted(
            (Nearby(arc_metres(square), event) for event, square in squares.items()),
            key=lambda nearby: (nearby.metres, nearby.event.slug),
        )

    def nearest(self, point: Point, *, count: int) -> list[Nearby]:
        """Return the `count` nearest events, at any distance."""
        within_m = 2_000.0
        while True:
            found = self.near(point, within_m=within_m)
            if len(found) >= count or within_m >= HALF_ROUND_THE_EARTH_M:
                return found[:count]
            within_m *= 4


def build_tree(places: list[tuple[Vector, Event]], *, axis: int = 0) -> TreeNode | None:
    if not places:
        return None
    places.sort(key=lambda place: place[0][axis])
    middle = len(places) // 2
    at, event = places[middle]
    below = build_tree(places[:middle], axis=(axis + 1) % 3)
    above = build_tree(places[middle + 1 :], axis=(axis + 1) % 3)
    return TreeNode(at, event, axis, below, above)


def within_reach(root: TreeNode | None, point: Vector, reach: float) -> Iterator[tuple[float, Event]]:
    """Yield the square of the distance and the event for each place that is at most `reach` from the point.

    Distances are straight lines through a sphere of radius 1, see geometry.py.
    """
    square = reach * reach
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node is None:
            continue
        at, event, axis, below, above = node
        offset = point[axis] - at[axis]
        if offset <= reach:
            waiting.append(below)
        if offset >= -reach:
            waiting.append(above)
        if -reach <= offset <= reach:
            distance = (point[0] - at[0]) ** 2 + (point[1] - at[1]) ** 2 + (point[2] - at[2]) ** 2
            if distance <= square:
                yield distance, event
