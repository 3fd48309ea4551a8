"""Routes in Google's encoded polyline format, precision 5, as Strava sends them."""

from collections.abc import Iterator

Point = tuple[float, float]
"""Latitude and longitude in degrees."""

SIX_BITS = range(64)
"""The values that one character can have."""


def decode(polyline: str) -> Iterator[Point]:
    """Yield the points of a polyline. Stop at the first character that the format does not have."""
    totals = [0, 0]
    axis = value = shift = 0
    for character in polyline:
        bits = ord(character) - 63
        if bits not in SIX_BITS:
            return
        value |= (bits & 31) << shift
        shift += 5
        if bits >= 32:
            continue
        totals[axis] += ~(value >> 1) if value & 1 else value >> 1
        value = shift = 0
        if axis:
            yield totals[0] / 1e5, totals[1] / 1e5
        axis = 1 - axis
