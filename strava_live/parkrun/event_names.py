"""Finds the event that a results table or an athlete means by a name: only by the whole name, never by a guess."""

from collections.abc import Iterable, Iterator

from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.event import Event
from strava_live.parkrun.titles import is_junior, words

MOST_SUGGESTED = 6
SHORTEST_PREFIX = 3


class EventNames:
    """The events of an atlas, and the athlete's own events, by each of their names and slugs."""

    def __init__(self, atlas: Atlas, own: Iterable[Event] = ()) -> None:
        self.atlas = atlas
        self.by_name: dict[tuple[tuple[str, ...], bool], set[Event]] = {}
        for event in (*atlas.events, *own):
            for name in (event.name, event.short_name, event.slug, *event.former_slugs):
                self.by_name.setdefault((words(name), event.junior), set()).add(event)

    def named(self, name: str) -> list[Event]:
        """Return the events with exactly this name, open ones first: one, none, or several of the same name."""
        found = self.by_name.get((words(name), is_junior(name)), set())
        return sorted(found, key=lambda event: (event.closed_on is not None, event.country, event.name))

    def suggest(self, name: str) -> list[Event]:
        """Return events whose names contain the text or, failing that, its beginning; those of its series first."""
        junior = is_junior(name)
        text = " ".join(words(name))
        for length in prefix_lengths(text):
            found = self.atlas.search(text[:length], count=MOST_SUGGESTED * 3)
            if found:
                return sorted(found, key=lambda event: event.junior != junior)[:MOST_SUGGESTED]
        return []


def prefix_lengths(text: str) -> Iterator[int]:
    """Yield the whole length, then shorter ones: a typing error is rarely among the first letters."""
    yield len(text)
    yield from range(len(text) - 1, SHORTEST_PREFIX - 1, -1)
