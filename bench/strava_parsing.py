"""How long our streaming parser takes for an answer of Strava, compared with `json.loads`: `bin/bench strava_parsing`.

In each round every method parses the same answer with 200 activities (about 290 kB), so that other load on the machine
affects all methods alike. The table shows medians.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.record import Record, spread
from strava_live.strava.payloads import read_activity
from strava_live.strava.stream import ArrayParser
from tests.strava.payloads import POLYLINE, summary

ROUNDS = 60
CHUNKS = (65_536, 16_384, 1_460)
"""The sizes of the pieces in which the answer is given to the parser, in bytes."""
TYPED, PARSED = "typed objects", "dicts"
"""What activities are parsed to: our StravaActivity, or dicts as `json.loads` makes."""


def page() -> bytes:
    def activity(number: int) -> dict[str, Any]:
        route = {"id": f"a{number}", "summary_polyline": POLYLINE[: 40 + number % 120], "resource_state": 2}
        return summary(15_000_000_000 + number, map=route, distance=5000 + number / 10)

    return json.dumps([activity(number) for number in range(200)], separators=(",", ":")).encode()


def streamed(data: bytes, chunk: int, read: Callable[[Any], Any]) -> list[Any]:
    """Parse `data` in pieces of `chunk` bytes and return each activity after `read`."""
    parser = ArrayParser()
    found = [read(item) for at in range(0, len(data), chunk) for item in parser.feed(data[at : at + chunk])]
    return found + [read(item) for item in parser.close()]


def unchanged(item: Any) -> Any:
    return item


def methods(data: bytes) -> dict[str, Callable[[], object]]:
    found: dict[str, Callable[[], object]] = {"json.loads": partial(json.loads, data)}
    for chunk in CHUNKS:
        found[f"{PARSED}, chunks of {chunk}"] = partial(streamed, data, chunk, unchanged)
        found[f"{TYPED}, chunks of {chunk}"] = partial(streamed, data, chunk, read_activity)
    return found


def measured(data: bytes) -> dict[str, list[float]]:
    """Return the milliseconds of each round, by method."""
    times: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, method in methods(data).items():
            began = time.perf_counter()
            method()
            times.setdefault(name, []).append((time.perf_counter() - began) * 1000)
    return times


def main() -> int:
    record = Record("strava_parsing")
    data = page()
    assert streamed(data, 1_460, unchanged) == json.loads(data)
    found = measured(data)
    medians = {name: statistics.median(times) for name, times in found.items()}
    print(f"A page of 200 activities, {len(data) / 1000:.0f} kB; median and quartiles of {ROUNDS} rounds\n")
    print(f"{'method':<32}{'ms':>22}{'× json.loads':>16}")
    for name, times in found.items():
        record.add(f"{name} ms", times)
        print(f"{name:<32}{spread(times):>22}{medians[name] / medians['json.loads']:>16.2f}")
    worst = max(value for name, value in medians.items() if name.startswith(TYPED)) / medians["json.loads"]
    record.goal("typed objects at most 5 × json.loads", worst, 5)
    return record.finish()


if __name__ == "__main__":
    sys.exit(main())
