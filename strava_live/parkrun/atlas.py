"""All events at once: those near a point, by slug, by what a title calls them, by search. Never changes, so every
thread may share one."""

from collections.abc import Iterable, Iterator
from math import inf
from typing import NamedTuple

from strava_live.parkrun.event import Event
from strava_live.parkrun.geometry import Point, Vector, along_surface, chord, vector
from strava_live.parkrun.titles import folded, words

HALF_ROUND_THE_EARTH_M = 20_100_000.0
MOST_WORDS_IN_A_NAME = 8


class Nearby(NamedTuple):
    metres: float
    event: Event


class _Node(NamedTuple):
    """A place of an event, and on either side of it, along one axis, the rest of the tree."""

    at: Vector
    event: Event
    axis: int
    below: "_Node | None"
    above: "_Node | None"


class Atlas:
    """A k-d tree over places on the globe, and a few dictionaries."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.events = tuple(events)
        self._root = _tree([(vector(place), event) for event in self.events for place in event.places], axis=0)
        self._slugs = {slug: event for event in self.events for slug in event.former_slugs}
        self._slugs |= {event.slug: event for event in self.events}
        self._names = _by_name((name, event) for event in self.events for name in (event.name, event.short_name))
        # The part before a comma, and the slug, are what people write, and more often the same for several.
        self._parts = _by_name((part, event) for event in self.events for part in _parts_of(event))
        self._searched = [(folded(event.name), event) for event in sorted(self.events, key=lambda one: one.short_name)]

    def __len__(self) -> int:
        return len(self.events)

    def near(self, *points: Point, within_m: float) -> list[Nearby]:
        """The events that are, or were, so near to one of the points; the nearest first."""
        reach = chord(within_m)
        squares: dict[Event, float] = {}
        for point in points:
            for square, event in _within(self._root, vector(point), reach, reach * reach):
                squares[event] = min(square, squares.get(event, inf))
        return sorted(
            (Nearby(along_surface(square), event) for event, square in squares.items()),
            key=lambda nearby: (nearby.metres, nearby.event.slug),
        )

    def nearest(self, point: Point, *, count: int) -> list[Nearby]:
        """The nearest events, however far away they are."""
        within_m = 2_000.0
        while True:
            found = self.near(point, within_m=within_m)
            if len(found) >= count or within_m >= HALF_ROUND_THE_EARTH_M:
                return found[:count]
            within_m *= 4

    def by_slug(self, slug: str) -> Event | None:
        """By the slug it has or once had."""
        return self._slugs.get(slug)

    def named_in(self, title: str, *, junior: bool) -> Event | None:
        """The one event whose name stands in the title; the longest name wins, and two of a name are none."""
        said = words(title)
        for length in range(min(MOST_WORDS_IN_A_NAME, len(said)), 0, -1):
            phrases = [said[start : start + length] for start in range(len(said) - length + 1)]
            for names in (self._names, self._parts):
                meant = {event for phrase in phrases for event in names.get(phrase, ()) if event.junior == junior}
                if meant:
                    return meant.pop() if len(meant) == 1 else None
        return None

    def search(self, text: str, *, count: int) -> list[Event]:
        """Events with the text in their names: first those that begin with it, then those with a word that does."""
        wanted = folded(text).strip()
        if not wanted:
            return []
        ranked = [
            (0 if name.startswith(wanted) else 1 if f" {wanted}" in name else 2, event)
            for name, event in self._searched
            if wanted in name
        ]
        return [event for _, event in sorted(ranked, key=lambda pair: pair[0])[:count]]


def _by_name(named: Iterable[tuple[str, Event]]) -> dict[tuple[str, ...], set[Event]]:
    by_name: dict[tuple[str, ...], set[Event]] = {}
    for written, event in named:
        if name := words(written):
            by_name.setdefault(name, set()).add(event)
    return by_name


def _parts_of(event: Event) -> tuple[str, ...]:
    return event.name.partition(",")[0], event.short_name.partition(",")[0], event.slug.partition("-")[0]


def _tree(places: list[tuple[Vector, Event]], *, axis: int) -> _Node | None:
    if not places:
        return None
    places.sort(key=lambda place: place[0][axis])
    middle = len(places) // 2
    at, event = places[middle]
    below = _tree(places[:middle], axis=(axis + 1) % 3)
    above = _tree(places[middle + 1 :], axis=(axis + 1) % 3)
    return _Node(at, event, axis, below, above)


def _within(node: _Node | None, point: Vector, reach: float, square: float) -> Iterator[tuple[float, Event]]:
    """Squares of the chords to all that are within reach."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if node is None:
            continue
        at, event, axis, below, above = node
        beside = point[axis] - at[axis]
        if beside <= reach:
            waiting.append(below)
        if beside >= -reach:
            waiting.append(above)
        if -reach <= beside <= reach:
            away = (point[0] - at[0]) ** 2 + (point[1] - at[1]) ** 2 + (point[2] - at[2]) ** 2
            if away <= square:
                yield away, event
