"""Time series by Property, as InfluxDB keeps them: for each timestamp in milliseconds a value for each field."""

from collections.abc import Iterable, KeysView
from typing import Any

Value = float | int | str | bool | None
Point = tuple[int, dict[str, Value]]
"""A timestamp in milliseconds, and the values by the name of their dimension."""


class SeriesStore:
    """The time series of all Properties, also of those that were deleted with their Thing."""

    def __init__(self) -> None:
        self._points: dict[str, dict[int, dict[str, Value]]] = {}

    def write(self, property_id: str, points: Iterable[Point]) -> int:
        """Store points. A value at the same timestamp is overwritten. Return how many points are written.

        A field without a value is not written. A point without fields is not written and not counted.
        """
        stored = self._points.setdefault(property_id, {})
        written = 0
        for at, fields in points:
            if given := {name: value for name, value in fields.items() if value is not None}:
                stored.setdefault(at, {}).update(given)
                written += 1
        return written

    def between(self, property_id: str, first: float, last: float) -> list[Point]:
        """Return the points from `first` to `last`, both included, in the order of time."""
        points = self._points.get(property_id, {})
        return [(at, points[at]) for at in sorted(points) if first <= at <= last]

    def every(self, property_id: str) -> list[Point]:
        return sorted(self._points.get(property_id, {}).items())

    def count(self, property_id: str) -> int:
        return len(self._points.get(property_id, {}))

    def delete_timestamps(self, property_id: str, timestamps: Iterable[int]) -> None:
        points = self._points.get(property_id, {})
        for at in timestamps:
            points.pop(at, None)

    def delete(self, property_id: str) -> None:
        self._points.pop(property_id, None)

    def clear(self) -> None:
        self._points.clear()

    def property_ids(self) -> KeysView[str]:
        return self._points.keys()

    def to_json(self) -> dict[str, Any]:
        return {key: [[at, fields] for at, fields in points.items()] for key, points in self._points.items()}

    def restore(self, written: dict[str, Any]) -> None:
        self._points = {key: {int(at): fields for at, fields in points} for key, points in written.items()}
