"""The atlas: all listed events in memory, found near a point, by slug, in a title, or by a search for a name.

In development it also has the simulated Saturdays: parkruns that the stand-in for Strava holds on any day and at any
hour (simulated.py). The rules that recognise parkruns (rules.py) accept them, too.
"""

from collections.abc import Iterable
from copy import copy
from typing import Self

from strava_live.parkrun.event import Event
from strava_live.parkrun.geometry import Point
from strava_live.parkrun.places import Nearby, Places
from strava_live.parkrun.simulated import SimulatedSaturday
from strava_live.parkrun.titles import folded, words

MOST_WORDS_IN_A_NAME = 8
"""The most words of a phrase in a title that is compared with names of events."""


class Atlas:
    """All listed events, with a search by place and dictionaries of their names. Immutable and thread-safe."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.events = tuple(events)
        self.simulated: tuple[SimulatedSaturday, ...] = ()
        self.places = Places(self.events)
        self.by_any_slug = {slug: event for event in self.events for slug in event.former_slugs}
        self.by_any_slug |= {event.slug: event for event in self.events}
        self.by_name = events_by_words(
            (name, event) for event in self.events for name in (event.name, event.short_name)
        )
        # Titles often have only the part of a name before its comma, or of a slug before its hyphen.
        self.by_partial_name = events_by_words((part, event) for event in self.events for part in partial_names(event))
        self.names_to_search = [
            (folded(event.name), event) for event in sorted(self.events, key=lambda one: one.short_name)
        ]

    def with_simulated(self, saturdays: Iterable[SimulatedSaturday]) -> Self:
        """Return an atlas of the same events with these simulated Saturdays."""
        other = copy(self)
        other.simulated = tuple(saturdays)
        return other

    def __len__(self) -> int:
        return len(self.events)

    def near(self, *points: Point, within_m: float) -> list[Nearby]:
        """Return the events with a present or former place at most `within_m` from one of the points, nearest first."""
        return self.places.near(*points, within_m=within_m)

    def nearest(self, point: Point, *, count: int) -> list[Nearby]:
        """Return the `count` nearest events, at any distance."""
        return self.places.nearest(point, count=count)

    def by_slug(self, slug: str) -> Event | None:
        """Return the event with this present or former slug."""
        return self.by_any_slug.get(slug)

    def named_in(self, title: str, *, junior: bool) -> Event | None:
        """Return the event of this series (junior or 5 km) that the title names, in full or in part (`partial_names`).

        If the title has several names, those with the most words count. Return None if several events have such a name,
        or if there is no name.
        """
        title_words = words(title)
        for length in range(min(MOST_WORDS_IN_A_NAME, len(title_words)), 0, -1):
            phrases = [title_words[start : start + length] for start in range(len(title_words) - length + 1)]
            for names in (self.by_name, self.by_partial_name):
                named = {event for phrase in phrases for event in names.get(phrase, ()) if event.junior == junior}
                if named:
                    return named.pop() if len(named) == 1 else None
        return None

    def search(self, text: str, *, count: int) -> list[Event]:
        """Return the events whose names contain the text, `count` at most.

        Names that begin with the text come first, then names in which another word begins with it, then the rest.
        """
        wanted = folded(text).strip()
        if not wanted:
            return []
        ranked = [
            (0 if name.startswith(wanted) else 1 if f" {wanted}" in name else 2, event)
            for name, event in self.names_to_search
            if wanted in name
        ]
        return [event for _, event in sorted(ranked, key=lambda pair: pair[0])[:count]]


def events_by_words(named: Iterable[tuple[str, Event]]) -> dict[tuple[str, ...], set[Event]]:
    """Return the events by the folded words of their names (titles.words)."""
    by_words: dict[tuple[str, ...], set[Event]] = {}
    for name, event in named:
        if name_words := words(name):
            by_words.setdefault(name_words, set()).add(event)
    return by_words


def partial_names(event: Event) -> tuple[str, ...]:
    """Return the names up to their first comma, and the slug up to its first hyphen."""
    return event.name.partition(",")[0], event.short_name.partition(",")[0], event.slug.partition("-")[0]
