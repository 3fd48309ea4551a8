"""Which event a name in a results table means: the whole name, not a part of it, and never a guess."""

from collections.abc import Iterable

from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.event import Event
from strava_live.parkrun.titles import folded, words

MOST_SUGGESTED = 6
SHORTEST_START = 3


class EventNames:
    """The events of an atlas by what tables and e-mails call them."""

    def __init__(self, atlas: Atlas, own: Iterable[Event] = ()) -> None:
        """`own`: the events that the athlete has named themselves."""
        self._atlas = atlas
        self._names: dict[tuple[tuple[str, ...], bool], set[Event]] = {}
        for event in (*atlas.events, *own):
            for name in (event.name, event.short_name, event.slug, *event.former_slugs):
                self._names.setdefault((words(name), event.junior), set()).add(event)

    def meant(self, name: str) -> list[Event]:
        """One, if the name is one event's; several of the same name; none."""
        found = self._names.get((words(name), "junior" in folded(name)), set())
        if len(found) > 1:
            # Of a name that an open event has, a closed one is rarely meant, but it is for the athlete to say.
            return sorted(found, key=lambda event: (event.closed_on is not None, event.country, event.name))
        return list(found)

    def suggested(self, name: str) -> list[Event]:
        """Events with that in their names, or with the beginning of it; those of the right series first."""
        junior = "junior" in folded(name)
        text = " ".join(words(name))
        for length in _shorter(text):
            found = self._atlas.search(text[:length], count=MOST_SUGGESTED * 3)
            if found:
                return sorted(found, key=lambda event: event.junior != junior)[:MOST_SUGGESTED]
        return []


def _shorter(text: str) -> Iterable[int]:
    """The whole text, then ever less of it: a wrong letter is most often not among the first."""
    yield len(text)
    yield from range(len(text) - 1, SHORTEST_START - 1, -1)
