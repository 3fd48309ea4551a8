"""How long the rules take to decide which of a thousand activities are parkruns: `bin/bench parkrun_rules`.

The activities are made up like those of the stand-in for Strava; `python -m bench.parkrun_rules SEED` makes others. The
goal is less than 100 ms on one core.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median

from bench.record import Record
from simulators.strava.histories import histories
from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.bundled import bundled_events
from strava_live.parkrun.mornings import judge_all
from strava_live.strava.payloads import StravaActivity, read_activity

ACTIVITIES = 1000
ROUNDS, SEED = 15, 20_261_121
LIMIT_MS = 100.0
UNTIL = int(datetime(2026, 11, 20, tzinfo=UTC).timestamp())
"""The end of the made-up histories."""


def thousand(seed: int, *, only_parkruns: bool) -> list[StravaActivity]:
    """Return a thousand activities. `only_parkruns` is the slowest case, because no rule excludes a parkrun early."""
    found: list[StravaActivity] = []
    for _, activities in histories(seed=seed, athletes=10_000, until=UNTIL):
        wanted = (one for one in activities if one.label.parkrun or not only_parkruns)
        found.extend(read_activity(json.loads(one.written(precise=True))) for one in wanted)
        if len(found) >= ACTIVITIES:
            return found[:ACTIVITIES]
    raise AssertionError("ten thousand athletes have more than a thousand activities")


def times_ms(work: Callable[[], object], *, rounds: int) -> list[float]:
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def main() -> int:
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else SEED
    record = Record("parkrun_rules")
    print(f"seed {seed}\n{'':40} {'first':>9} {'median':>9} {'worst':>9}")
    atlas = Atlas(bundled_events())
    slowest = 0.0
    for what, only_parkruns in (("of all kinds", False), ("parkruns only", True)):
        activities = thousand(seed, only_parkruns=only_parkruns)
        taken = times_ms(lambda activities=activities: judge_all(activities, atlas), rounds=ROUNDS)  # type: ignore[misc]
        row(f"{ACTIVITIES:,} activities judged, {what}", taken)
        record.add(f"{what} ms", taken)
        slowest = max(slowest, median(taken))
    row("the catalogue read and indexed", times_ms(lambda: Atlas(bundled_events()), rounds=3))
    points = [(event.latitude + 0.003, event.longitude) for event in atlas.events[:ACTIVITIES]]
    row(
        f"{ACTIVITIES:,} times the nearest event",
        times_ms(lambda: [atlas.nearest(p, count=1) for p in points], rounds=5),
    )
    record.goal(f"{ACTIVITIES:,} activities judged, ms", slowest, LIMIT_MS)
    return record.finish()


def row(what: str, taken: list[float]) -> None:
    print(f"{what:40} {taken[0]:6.1f} ms {median(taken):6.1f} ms {max(taken):6.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
