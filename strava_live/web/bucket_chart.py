"""Charts of the numbers that were read from a Property, as lines of an SVG. Only arithmetic: templates draw them.

The picture is stretched to the width of the page, so it holds no text: the labels are beside it in HTML.
"""

import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from strava_live.formats import quantity

WIDTH, HEIGHT = 1000, 300
"""The size of the picture in its own units."""
MOST_DOTS = 120
"""The most values that are drawn as dots, too. With more, dots would hide the line."""
INTERVALS = 4
"""About how many intervals the scale of the values has."""
TIME_LABELS = 3
STEPS = (1, 2, 2.5, 5, 10)
ZERO_BELOW = 0.5
"""If the lowest value is smaller than this share of the highest, the scale begins at 0."""
MOST = 1e300
"""The largest distance between values that is drawn: the arithmetic of larger ones overflows."""
FINEST = 1e-12
"""The smallest distance on a scale, as a share of its values: the labels have 12 digits."""
DAY_MS = 86_400_000

Point = tuple[int, float]
"""A timestamp in milliseconds, and the value at that time."""


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    words: str
    """What the chart shows, in a sentence, for people who do not see it."""
    line: str
    """The path of the line."""
    area: str
    """The path of the area below the line."""
    dots: list[Dot]
    grid: list[float]
    """Where the lines of the scale are, from the top."""
    value_labels: list[str]
    """The labels of these lines."""
    time_labels: list[str]
    """Labels of the time axis at even distances, from its beginning to its end."""
    width: int = WIDTH
    height: int = HEIGHT


def chart_of(title: str, points: Sequence[Point], zone: ZoneInfo) -> Chart | None:
    """Return the chart of points, which are in the order of their times.

    Return None without points, or if their numbers are too large to draw."""
    lowest, highest = (choose((value for _, value in points), default=0) for choose in (min, max))
    if not points or highest - lowest > MOST or not (scale := scale_of(lowest, highest)):
        return None
    first, last = points[0][0], points[-1][0]

    def place(point: Point) -> tuple[float, float]:
        """Return where a point is drawn. A single time is drawn in the middle."""
        at, value = point
        across = (at - first) / (last - first) if last > first else 0.5
        up = (value - scale[-1]) / (scale[0] - scale[-1])
        return round(across * WIDTH, 1), round((1 - up) * HEIGHT, 1)

    places = [place(point) for point in thinned(points)]
    dots = [Dot(*place(point), dot_words(point, zone)) for point in points] if len(points) <= MOST_DOTS else []
    return Chart(
        title=title,
        words=chart_words(points, lowest, highest, zone),
        line=path(places),
        area=f"{path(places)}V{HEIGHT}H{places[0][0]:g}Z",
        dots=dots,
        grid=[round(number * HEIGHT / (len(scale) - 1), 1) for number in range(len(scale))],
        value_labels=[format_number(float(f"{value:.12g}")) for value in scale],
        time_labels=time_labels(first, last, zone),
    )


def scale_of(lowest: float, highest: float) -> list[float]:
    """Return round numbers at even distances, highest first, between which all values are.

    Return [] if floating-point numbers cannot express such a scale, because the values are too large, too small, or too
    near to one another.
    """
    if 0 <= lowest < ZERO_BELOW * highest:
        lowest = 0
    if lowest == highest:
        margin = abs(lowest) / 10 or 1
        lowest, highest = lowest - margin, highest + margin
    least = (highest - lowest) / INTERVALS
    if not max(sys.float_info.min, FINEST * max(abs(lowest), abs(highest))) <= least < math.inf:
        return []
    step = step_of(least)
    begin, end = math.floor(lowest / step), math.ceil(highest / step)
    scale = [number * step for number in range(end, begin - 1, -1)]
    return scale if math.isfinite(scale[0] - scale[-1]) else []


def step_of(least: float) -> float:
    """Return the smallest round number that is not below `least`: 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in STEPS if step * power >= least * (1 - 1e-9))


def thinned(points: Sequence[Point]) -> Iterable[Point]:
    """Return at most four points for each unit of the width, which look like all: first, lowest, highest and last."""
    if len(points) <= WIDTH:
        return points
    first, last = points[0][0], points[-1][0]
    kept: list[Point] = []
    for _, group in groupby(points, key=lambda point: (point[0] - first) * WIDTH // (last - first)):
        some = list(group)
        lowest, highest = min(some, key=lambda point: point[1]), max(some, key=lambda point: point[1])
        kept += sorted({some[0], lowest, highest, some[-1]})
    return kept


def path(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in places)


def chart_words(points: Sequence[Point], lowest: float, highest: float, zone: ZoneInfo) -> str:
    count = quantity(len(points), "value", "values")
    begin, end = (moment_words(points[place][0], zone) for place in (0, -1))
    if len(points) == 1:
        return f"{count} on {begin}: {format_number(lowest)}."
    return f"{count} from {begin} to {end}. Lowest {format_number(lowest)}, highest {format_number(highest)}."


def dot_words(point: Point, zone: ZoneInfo) -> str:
    return f"{moment_words(point[0], zone)}: {format_number(point[1])}"


def time_labels(first: int, last: int, zone: ZoneInfo) -> list[str]:
    """Return labels of the beginning, the middle and the end, as exact as the time between them needs."""
    if first == last:
        return [moment_words(first, zone)]
    span = last - first
    form = "{at:%b} {at.year}" if span > 900 * DAY_MS else "{at.day} {at:%b} {at.year}"
    if span <= 3 * DAY_MS:
        form = "{at.day} {at:%b}, {at:%H:%M}"
    instants = [first + span * number // (TIME_LABELS - 1) for number in range(TIME_LABELS)]
    return [form.format(at=instant(one, zone)) for one in instants]


def moment_words(timestamp_ms: int, zone: ZoneInfo) -> str:
    """Return "21 Nov 2026, 09:00", with seconds and milliseconds if there are any."""
    at = instant(timestamp_ms, zone)
    words = f"{at.day} {at:%b} {at.year}, {at:%H:%M}"
    if at.second or at.microsecond:
        words += f":{at:%S}"
    return f"{words}.{at.microsecond // 1000:03}" if at.microsecond else words


def instant(timestamp_ms: int, zone: ZoneInfo) -> datetime:
    seconds, milliseconds = divmod(timestamp_ms, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=milliseconds * 1000).astimezone(zone)


def format_number(number: float) -> str:
    """Format a number exactly, with commas between thousands: 5,012 for 5012.0."""
    return f"{int(number):,}" if number == int(number) and abs(number) < 1e15 else f"{number:,}"
