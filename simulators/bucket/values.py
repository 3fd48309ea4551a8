"""Rows as clients write and read them: which are stored, which are skipped in silence, and in which order they come."""

import math
import statistics
from collections.abc import Callable, Iterable
from typing import Any

from simulators.bucket.errors import BucketError, not_found, of_library
from simulators.bucket.influx_time import BadTimeError, read_interval
from simulators.bucket.property_types import Dimension
from simulators.bucket.series import Point, SeriesStore, Value

MOST_BUCKETS = 100_000
"""The most intervals that a query may have."""

Row = list[Value]
Numbers = list[float]
FUNCTIONS: dict[str, Callable[[Numbers], float]] = {
    "mean": statistics.fmean,
    "median": statistics.median,
    "sum": math.fsum,
    "count": len,
    "min": min,
    "max": max,
    "first": lambda numbers: numbers[0],
    "last": lambda numbers: numbers[-1],
    "spread": lambda numbers: max(numbers) - min(numbers),
}


def points_of(rows: Iterable[Any], dimensions: tuple[Dimension, ...], *, now_ms: int) -> list[Point]:
    """Return the points of rows that a client has sent.

    A row has a timestamp and a value for each dimension; without a timestamp it gets the time of the server. A row of
    any other length is skipped in silence. Raise BucketError if one value of any row has the wrong type: then nothing
    of the request may be stored.
    """
    points: list[Point] = []
    for row in rows:
        if not isinstance(row, list) or len(row) not in (len(dimensions), len(dimensions) + 1):
            continue
        at, values = (now_ms, row) if len(row) == len(dimensions) else (_timestamp(row[0]), row[1:])
        points.append((at, dict(_fields(values, dimensions))))
    return points


def _fields(values: list[Any], dimensions: tuple[Dimension, ...]) -> Iterable[tuple[str, Value]]:
    for value, dimension in zip(values, dimensions, strict=True):
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if is_number != (dimension.type == "number"):
            raise not_found(f"Mismatch type of value for dimension {dimension.id}")
        if is_number and not math.isfinite(value):
            raise _influx_error("unable to parse a point: invalid number")
        yield dimension.name, whole(value) if value is None or isinstance(value, (int, float, str)) else str(value)


def _timestamp(value: Any) -> int:
    """Return a timestamp that may be a text that begins with digits."""
    if isinstance(value, str):
        digits = value.strip()
        sign, digits = (-1, digits[1:]) if digits.startswith("-") else (1, digits.removeprefix("+"))
        end = next((at for at, letter in enumerate(digits) if letter not in "0123456789"), len(digits))
        if end:
            return sign * int(digits[:end])
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return int(value)
    raise _influx_error("unable to parse the time of a point: bad timestamp")


def _influx_error(message: str) -> BucketError:
    return of_library("ResponseError", f"A 400 Bad Request error occurred: {message}")


def read_rows(points: Iterable[Point], dimensions: tuple[Dimension, ...]) -> list[Row]:
    return [[at, *(fields.get(one.name) for one in dimensions)] for at, fields in points]


def aggregated(
    points: list[Point],
    dimensions: tuple[Dimension, ...],
    *,
    function: str,
    interval: str,
    fill: str,
    span: tuple[float, float],
) -> list[Row]:
    """Return one row for each interval of the span. `fill` says what an interval without points has.

    Raise BadTimeError if InfluxDB would refuse the query. The fill `linear` is not known here.
    """
    compute, width = FUNCTIONS.get(function), read_interval(interval)
    if not compute or not (fill in ("none", "null", "previous") or _is_number(fill)):
        raise BadTimeError(f"{function} {fill}")
    groups = _groups(points, width, span, every=fill != "none")
    before: dict[str, Value] = {}
    rows: list[Row] = []
    for begins, group in groups.items():
        row: Row = [begins]
        for one in dimensions:
            numbers = [value for _, fields in group if _counts(value := fields.get(one.name), function)]
            filled = before.get(one.name) if fill == "previous" else float(fill) if _is_number(fill) else None
            value = compute(numbers) if numbers else filled  # type: ignore[arg-type] # `count` takes any values
            before[one.name] = value
            row.append(whole(value))
        rows.append(row)
    return rows


def counted(points: list[Point], names: Iterable[str], *, begins: float) -> list[Row]:
    """Return one row with the count of values of each field, or none if there is no point. `begins` is its time."""
    if not points:
        return []
    return [[whole(begins), *(sum(name in fields for _, fields in points) for name in sorted(names))]]


def counted_by_interval(
    points: list[Point], names: Iterable[str], *, interval: str, span: tuple[float, float]
) -> list[Row]:
    """Return the counts of each interval from the span's begin to its end, also of those without points."""
    if not points:
        return []
    ordered = sorted(names)
    groups = _groups(points, read_interval(interval), span, every=True)
    return [[at, *(sum(name in fields for _, fields in group) for name in ordered)] for at, group in groups.items()]


def last_row(series: SeriesStore, property_id: str, thing_id: str, names: Iterable[str]) -> list[Row]:
    """Return the newest row with all columns of InfluxDB, which are in alphabetical order and include two ids."""
    points = series.every(property_id)
    if not points:
        raise of_library("TypeError", "Cannot read property '0' of undefined")
    at, fields = points[-1]
    columns: dict[str, Value] = {name: fields.get(name) for name in names}
    columns |= {"propertyId": property_id, "thingId": thing_id}
    return [[at, *(columns[name] for name in sorted(columns))]]


def as_csv(rows: list[Row], dimensions: tuple[Dimension, ...]) -> str:
    """Return the CSV of Bucket, which quotes nothing."""
    lines = [",".join(["time", *(one.name for one in dimensions)])]
    lines += [",".join(_as_text(value) for value in row) for row in rows]
    return "".join(f"{line}\n" for line in lines)


def whole(value: Value) -> Value:
    """Return a float without decimals as an int, so that JSON shows it as JavaScript does."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _as_text(value: Value) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(whole(value))


def _groups(points: list[Point], width: float, span: tuple[float, float], *, every: bool) -> dict[int, list[Point]]:
    first, last = (math.floor(at / width) for at in span)
    if every and last - first >= MOST_BUCKETS:
        raise _influx_error("max-select-buckets limit exceeded")
    groups: dict[int, list[Point]] = {int(number * width): [] for number in range(first, last + 1)} if every else {}
    for point in points:
        begins = int(math.floor(point[0] / width) * width)
        if every and begins not in groups:
            continue
        groups.setdefault(begins, []).append(point)
    return groups


def _counts(value: Value, function: str) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value is not None and (function == "count" or is_number)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
