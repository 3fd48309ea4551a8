"""Make up routes (loops) at a place, and encode them as Google's polylines."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial

METRES_PER_DEGREE = 111_200.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Route:
    """A route: its polyline in Google's encoding (precision 5), and its ends with six decimals."""

    polyline: str
    start: Point
    end: Point
    draw: Callable[[], list[Point]] = field(compare=False)

    def points(self) -> list[Point]:
        """Compute the route's points again, as exact as the polyline. Few calls need them, so they are not stored."""
        return [(round(north * 1e5) / 1e5, round(east * 1e5) / 1e5) for north, east in self.draw()]


@lru_cache(maxsize=8192)
def loop(place: Point, *, length_m: int, laps: int = 1, course: int = 0, variant: int = 0) -> Route:
    """Return a loop that begins within 270 m of a place.

    Each course has a shape of its own. Variants of a course differ slightly, as two recordings of one run do.
    """
    draw = partial(loop_points, place, length_m=length_m, laps=laps, course=course, variant=variant)
    points = draw()
    return Route(encode(points), _six(points[0]), _six(points[-1]), draw)


@lru_cache(maxsize=1024)
def trimmed(route: Route, *, metres: int) -> Route | None:
    """Return the route from where it leaves a circle around its start to where it enters one around its end.

    None if it never leaves the circles.
    """
    points = route.draw()
    first = next((number for number, point in enumerate(points) if apart(point, points[0]) > metres), len(points))
    last = next((number for number, point in enumerate(reversed(points)) if apart(point, points[-1]) > metres), 0)
    shown = points[first : len(points) - last]
    return Route(encode(shown), _six(shown[0]), _six(shown[-1]), lambda: shown) if len(shown) > 1 else None


def apart(one: Point, other: Point) -> float:
    """Return the metres between two points that are at most some kilometres apart."""
    north = (other[0] - one[0]) * METRES_PER_DEGREE
    east = (other[1] - one[1]) * METRES_PER_DEGREE * math.cos(math.radians(one[0]))
    return math.hypot(north, east)


def loop_points(place: Point, *, length_m: int, laps: int, course: int, variant: int) -> list[Point]:
    """Return the points of the loop that `loop` returns."""
    shape = random.Random(f"{place}/{length_m}/{laps}/{course}")
    noise = random.Random(f"{place}/{length_m}/{laps}/{course}/{variant}")
    line = moved(place, metres=shape.uniform(0, 250), bearing=shape.uniform(0, math.tau))
    start = moved(line, metres=noise.uniform(0, 20), bearing=noise.uniform(0, math.tau))
    radius = length_m / laps / math.tau
    heading = shape.uniform(0, math.tau)
    centre = moved(start, metres=radius, bearing=heading)
    wobbles = [(shape.randint(2, 5), shape.uniform(0, math.tau), shape.uniform(0.03, 0.12)) for _ in range(3)]
    steps = max(16, min(80, length_m // 60))
    points = [start]
    for step in range(1, steps):
        angle = math.tau * laps * step / steps
        swing = sum(size * (math.sin(rate * angle + shift) - math.sin(shift)) for rate, shift, size in wobbles)
        away = radius * (1 + swing + noise.uniform(-0.01, 0.01))
        points.append(moved(centre, metres=away, bearing=heading + math.pi + angle))
    points.append(moved(start, metres=noise.uniform(5, 80), bearing=noise.uniform(0, math.tau)))
    return points


def moved(point: Point, *, metres: float, bearing: float) -> Point:
    """Return the point at a distance in metres and a bearing in radians from north."""
    north = metres * math.cos(bearing) / METRES_PER_DEGREE
    east = metres * math.sin(bearing) / METRES_PER_DEGREE / math.cos(math.radians(point[0]))
    return point[0] + north, point[1] + east


def encode(points: list[Point]) -> str:
    """Encode points as Google's polyline."""
    out: list[str] = []
    before = (0, 0)
    for point in points:
        here = (round(point[0] * 1e5), round(point[1] * 1e5))
        out += [_number(here[0] - before[0]), _number(here[1] - before[1])]
        before = here
    return "".join(out)


def _number(value: int) -> str:
    value = ~(value << 1) if value < 0 else value << 1
    out = []
    while value >= 32:
        out.append(chr((value & 31 | 32) + 63))
        value >>= 5
    out.append(chr(value + 63))
    return "".join(out)


def _six(point: Point) -> Point:
    return round(point[0], 6), round(point[1], 6)
