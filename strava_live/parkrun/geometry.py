"""Places on the globe: how far apart two are, and where an encoded route begins."""

from math import asin, cos, isfinite, radians, sin, sqrt

from strava_live.polyline import decode

Point = tuple[float, float]
"""Latitude and longitude in degrees."""

Vector = tuple[float, float, float]

EARTH_RADIUS_M = 6_371_009.0
LONGEST_POINT = 14
"""Characters of a polyline: two numbers of at most 26 bits, five bits a character."""


def vector(place: Point) -> Vector:
    """The place on a sphere of radius 1: there the poles and the 180th meridian are places like any other."""
    latitude, longitude = radians(place[0]), radians(place[1])
    return cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)


def chord(metres: float) -> float:
    """The straight line through that sphere between places so far apart on its surface."""
    return 2 * sin(min(metres / (2 * EARTH_RADIUS_M), 1.5707963))


def along_surface(chord_squared: float) -> float:
    """The metres on the surface that belong to a chord."""
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(chord_squared) / 2))


def metres_between(one: Point, other: Point) -> float:
    a, b = vector(one), vector(other)
    return along_surface((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2)


def on_earth(place: Point) -> bool:
    """(0, 0) is what a watch without a fix writes."""
    latitude, longitude = place
    return (
        isfinite(latitude) and isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180 and place != (0, 0)
    )


def rounded(place: Point) -> bool:
    """Whether both coordinates have at most two decimals, as Strava gives them to narrower tokens."""
    return all(abs(number * 100 - round(number * 100)) < 1e-6 for number in place)


def first_point(polyline: str) -> Point | None:
    """Return where an encoded route begins, or None if its first characters are no place on Earth."""
    place = next(decode(polyline[:LONGEST_POINT]), None)
    return place if place and on_earth(place) else None
