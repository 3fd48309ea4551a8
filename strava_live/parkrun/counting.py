"""How-many-eth, first time there, best time, events visited: from a list of an athlete's parkruns, and pure.

The junior series is counted apart throughout: its numbers, its bests, its events.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

Best = Literal["event", "ever"]
LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One parkrun as far as counting goes. `start` puts two of one day in order, where it is known."""

    key: int
    event: str
    event_name: str = ""
    junior: bool = False
    day: date
    took_part: bool = True
    volunteered: bool = False
    time_s: int | None = None
    start: datetime | None = None


@dataclass(frozen=True, slots=True)
class Numbered:
    """What one parkrun was when it was run: their how-many-eth, the first at its event, the best so far.

    A first time has nothing to be better than, and the same time again is no better: `best` is None then.
    """

    count: int
    first_here: bool
    best: Best | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """An event where they have been, on foot or as a volunteer."""

    event: str
    event_name: str
    junior: bool
    times: int
    volunteered: int
    best_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    parkruns: int
    juniors: int
    volunteered: int
    events: int
    junior_events: int


def in_order(results: Iterable[Counted]) -> list[Counted]:
    """As they were run."""
    return sorted(results, key=lambda one: (one.day, one.start or LAST, one.key))


def totals(results: Iterable[Counted], *, parkruns: int = 0, juniors: int = 0, volunteered: int = 0) -> Totals:
    """The figures given are those to start from."""
    known = list(results)
    on_foot = [one for one in known if one.took_part]
    return Totals(
        parkruns=parkruns + sum(not one.junior for one in on_foot),
        juniors=juniors + sum(one.junior for one in on_foot),
        volunteered=volunteered + sum(one.volunteered for one in known),
        events=len({one.event for one in on_foot if not one.junior}),
        junior_events=len({one.event for one in on_foot if one.junior}),
    )


def numbered(results: Iterable[Counted], *, parkruns: int = 0, juniors: int = 0) -> dict[int, Numbered]:
    """By key; who only volunteered that day gets no number."""
    counts = {False: parkruns, True: juniors}
    fastest: dict[object, int] = {}
    been: set[str] = set()
    found: dict[int, Numbered] = {}
    for one in in_order(results):
        if not one.took_part:
            continue
        counts[one.junior] += 1
        found[one.key] = Numbered(counts[one.junior], one.event not in been, _best(one, fastest))
        been.add(one.event)
        if one.time_s is not None:
            for scope in (one.junior, one.event):
                fastest[scope] = min(one.time_s, fastest.get(scope, one.time_s))
    return found


def _best(one: Counted, fastest: dict[object, int]) -> Best | None:
    if one.time_s is None:
        return None
    if one.junior in fastest and one.time_s < fastest[one.junior]:
        return "ever"
    return "event" if one.event in fastest and one.time_s < fastest[one.event] else None


def volunteering_numbered(results: Iterable[Counted], *, volunteered: int = 0) -> dict[int, int]:
    """Their how-many-eth time as a volunteer, by key."""
    helped = [one for one in in_order(results) if one.volunteered]
    return {one.key: number for number, one in enumerate(helped, start=volunteered + 1)}


def fastest(results: Iterable[Counted], *, junior: bool = False) -> Counted | None:
    """The best of all; of equal ones the first."""
    timed = [one for one in in_order(results) if one.took_part and one.junior == junior and one.time_s is not None]
    return min(timed, key=lambda one: one.time_s or 0, default=None)


def visited(results: Iterable[Counted]) -> list[Visited]:
    """Where they have been most often comes first."""
    known = in_order(results)
    by_event: dict[str, list[Counted]] = {}
    for one in known:
        by_event.setdefault(one.event, []).append(one)
    times = Counter(one.event for one in known if one.took_part)
    found = [_visited(there, times[event]) for event, there in by_event.items()]
    return sorted(found, key=lambda one: (-one.times, -one.volunteered, one.event_name))


def _visited(there: list[Counted], times: int) -> Visited:
    best = fastest(there, junior=there[0].junior)
    return Visited(
        event=there[0].event,
        event_name=there[0].event_name,
        junior=there[0].junior,
        times=times,
        volunteered=sum(one.volunteered for one in there),
        best_s=best.time_s if best else None,
    )
