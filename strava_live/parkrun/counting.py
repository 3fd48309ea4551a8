"""Count an athlete's parkruns: their numbers, first visits to events, best times and totals. Pure.

Junior parkruns have numbers and best times of their own. The starting numbers are how many parkruns the athlete had
done before the first one that is stored here, so counting begins after them.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

Best = Literal["event", "ever"]
"""Whether a time is the athlete's best so far at its event only, or at all events of the series."""
LAST = datetime.max.replace(tzinfo=UTC)
"""Stands for an unknown start, so that such a parkrun is the last of its day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkrunFacts:
    """The fields of one result that counting needs.

    `key` is the result's primary key, `event` the event's slug. `start` orders two parkruns of one day if it is known.
    """

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
class CountedParkrun:
    """The number of a parkrun, whether it was the first at its event, and whether its time was the best so far.

    `best` is set only if there are earlier times, at the event or at all events of the series, and this one beats them
    all.
    """

    count: int
    first_here: bool
    best: Best | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitedEvent:
    """An event, and how often the athlete took part (`times`) and volunteered there."""

    event: str
    event_name: str
    junior: bool
    times: int
    volunteered: int
    best_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkrunTotals:
    """How many parkruns, junior parkruns and volunteer days an athlete has, and at how many events they took part."""

    parkruns: int
    juniors: int
    volunteered: int
    events: int
    junior_events: int


def oldest_first(results: Iterable[ParkrunFacts]) -> list[ParkrunFacts]:
    return sorted(results, key=lambda one: (one.day, one.start or LAST, one.key))


def count_totals(
    results: Iterable[ParkrunFacts], *, parkruns: int = 0, juniors: int = 0, volunteered: int = 0
) -> ParkrunTotals:
    """Count the results, and add the starting numbers."""
    known = list(results)
    on_foot = [one for one in known if one.took_part]
    return ParkrunTotals(
        parkruns=parkruns + sum(not one.junior for one in on_foot),
        juniors=juniors + sum(one.junior for one in on_foot),
        volunteered=volunteered + sum(one.volunteered for one in known),
        events=len({one.event for one in on_foot if not one.junior}),
        junior_events=len({one.event for one in on_foot if one.junior}),
    )


def count_parkruns(
    results: Iterable[ParkrunFacts], *, parkruns: int = 0, juniors: int = 0
) -> dict[int, CountedParkrun]:
    """Count the parkruns, oldest first, and return each by its key. Leave out days of volunteering only."""
    counts = {False: parkruns, True: juniors}
    fastest: dict[object, int] = {}
    visited: set[str] = set()
    counted: dict[int, CountedParkrun] = {}
    for one in oldest_first(results):
        if not one.took_part:
            continue
        counts[one.junior] += 1
        counted[one.key] = CountedParkrun(counts[one.junior], one.event not in visited, best_so_far(one, fastest))
        visited.add(one.event)
        if one.time_s is not None:
            for scope in (one.junior, one.event):
                fastest[scope] = min(one.time_s, fastest.get(scope, one.time_s))
    return counted


def best_so_far(one: ParkrunFacts, fastest: dict[object, int]) -> Best | None:
    """Compare the time with the fastest earlier ones: `fastest` has them by series (`junior`) and by event (slug)."""
    if one.time_s is None:
        return None
    if one.junior in fastest and one.time_s < fastest[one.junior]:
        return "ever"
    return "event" if one.event in fastest and one.time_s < fastest[one.event] else None


def count_volunteering(results: Iterable[ParkrunFacts], *, volunteered: int = 0) -> dict[int, int]:
    """Number the days on which the athlete volunteered, oldest first. Return each number by the key of its result."""
    helped = [one for one in oldest_first(results) if one.volunteered]
    return {one.key: number for number, one in enumerate(helped, start=volunteered + 1)}


def fastest_parkrun(results: Iterable[ParkrunFacts], *, junior: bool = False) -> ParkrunFacts | None:
    """Return the parkrun of the series with the best time, the earliest if several are equal."""
    timed = [one for one in oldest_first(results) if one.took_part and one.junior == junior and one.time_s is not None]
    return min(timed, key=lambda one: one.time_s or 0, default=None)


def visited_events(results: Iterable[ParkrunFacts]) -> list[VisitedEvent]:
    """Return the events at which the athlete took part or volunteered, those with most parkruns first."""
    known = oldest_first(results)
    by_event: dict[str, list[ParkrunFacts]] = {}
    for one in known:
        by_event.setdefault(one.event, []).append(one)
    times = Counter(one.event for one in known if one.took_part)
    found = [visited_event(there, times[event]) for event, there in by_event.items()]
    return sorted(found, key=lambda one: (-one.times, -one.volunteered, one.event_name))


def visited_event(there: list[ParkrunFacts], times: int) -> VisitedEvent:
    """Sum up the results at one event. `times` is how often the athlete took part there."""
    best = fastest_parkrun(there, junior=there[0].junior)
    return VisitedEvent(
        event=there[0].event,
        event_name=there[0].event_name,
        junior=there[0].junior,
        times=times,
        volunteered=sum(one.volunteered for one in there),
        best_s=best.time_s if best else None,
    )
