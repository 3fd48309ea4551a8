"""Find the event that a results table or an athlete means by a name, or suggest events with a similar name."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.event import Event
from strava_live.parkrun.titles import is_junior, words

MOST_SUGGESTED = 6
"""The most events that are suggested if no event has exactly the name."""
SHORTEST_PREFIX = 3
"""The shortest beginning of a name that is searched for."""


EventsByName = dict[tuple[tuple[str, ...], bool], set[Event]]
"""Events by the words of each of their names and slugs, and by whether they are junior events."""


def by_name(events: Iterable[Event]) -> EventsByName:
    found: EventsByName = {}
    for event in events:
        for name in (event.name, event.short_name, event.slug, *event.former_slugs):
            found.setdefault((words(name), event.junior), set()).add(event)
    return found


@lru_cache(maxsize=2)
def listed_by_name(atlas: Atlas) -> EventsByName:
    """Return the listed events by name. Cached for the atlas, because it has thousands of events."""
    return by_name(atlas.events)


class EventNames:
    """The listed events of an atlas and the athlete's own events, by each of their names and slugs."""

    def __init__(self, atlas: Atlas, own: Iterable[Event] = ()) -> None:
        self.atlas = atlas
        self.own = by_name(own)

    def named(self, name: str) -> list[Event]:
        """Return the events with this whole name or slug, open ones first. Case and accents make no difference."""
        key = words(name), is_junior(name)
        found = listed_by_name(self.atlas).get(key, set()) | self.own.get(key, set())
        return sorted(found, key=lambda event: (event.closed_on is not None, event.country, event.name))

    def suggest(self, name: str) -> list[Event]:
        """Return listed events whose names contain this one.

        If there are none, search for the beginning of this name, one letter shorter each time. Junior events come first
        if the name says junior, otherwise 5 km events.
        """
        junior = is_junior(name)
        text = " ".join(words(name))
        for length in prefix_lengths(text):
            found = self.atlas.search(text[:length], count=MOST_SUGGESTED * 3)
            if found:
                return sorted(found, key=lambda event: event.junior != junior)[:MOST_SUGGESTED]
        return []


def prefix_lengths(text: str) -> Iterator[int]:
    """Yield how much of the text to search for: all of it, then less and less.

    The first letters of a mistyped name are usually right.
    """
    yield len(text)
    yield from range(len(text) - 1, SHORTEST_PREFIX - 1, -1)
