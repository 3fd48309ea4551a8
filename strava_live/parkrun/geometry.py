"""Distances between places on the earth, and the first point of an encoded route.

In computations a place is a vector from the centre of a sphere of radius 1. The straight line between the ends of two
vectors is their chord. Chords are quick to compare, and have no special cases at the poles and at 180 degrees.
"""

from math import asin, cos, isfinite, radians, sin, sqrt

from strava_live.polyline import decode

Point = tuple[float, float]
"""Latitude and longitude in degrees."""

Vector = tuple[float, float, float]
"""A vector of length 1 from the centre of a sphere."""

EARTH_RADIUS_M = 6_371_009.0
"""The mean radius of the earth."""
LONGEST_POINT = 14
"""How much of an encoded route is decoded for its first point: more than the 12 characters that a point can take.

A point is two numbers of at most 26 bits, with five bits a character.
"""


def unit_vector(place: Point) -> Vector:
    """Return the vector from the centre of the sphere to the place."""
    latitude, longitude = radians(place[0]), radians(place[1])
    return cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)


def chord(metres: float) -> float:
    """Return the chord of two places whose distance on the earth's surface is `metres`."""
    return 2 * sin(min(metres / (2 * EARTH_RADIUS_M), 1.5707963))


def arc_metres(chord_squared: float) -> float:
    """Return the distance of two places on the earth's surface, from the square of their chord."""
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(chord_squared) / 2))


def metres_between(one: Point, other: Point) -> float:
    a, b = unit_vector(one), unit_vector(other)
    return arc_metres((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2)


def on_earth(place: Point) -> bool:
    """Return whether the coordinates are valid. (0, 0) is not: a watch without a GPS fix writes it."""
    latitude, longitude = place
    return (
        isfinite(latitude) and isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180 and place != (0, 0)
    )


def is_rounded(place: Point) -> bool:
    """Return whether both coordinates have at most two decimals. Strava rounds them for some applications."""
    return all(abs(number * 100 - round(number * 100)) < 1e-6 for number in place)


def first_point(polyline: str) -> Point | None:
    """Return the first point of an encoded route, or None if its first characters are no valid point."""
    place = next(decode(polyline[:LONGEST_POINT]), None)
    return place if place and on_earth(place) else None
