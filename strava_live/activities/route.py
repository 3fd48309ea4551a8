"""Draw the route of an activity as an SVG path, from Strava's encoded polyline. There is no map behind it."""

from math import cos, radians

from strava_live.polyline import decode

SIZE = 100.0
"""The width and the height of the square into which the route is fitted."""


def route_path(polyline: str, *, most: int = 400) -> str:
    """Return the path's `d` attribute, with about `most` points and north at the top. "" if there is no route."""
    points = list(decode(polyline))
    if len(points) < 2:
        return ""
    step = -(-len(points) // most)
    thinned = points[::step] + ([] if (len(points) - 1) % step == 0 else points[-1:])
    narrowing = cos(radians(points[0][0]))
    flat = [(longitude * narrowing, -latitude) for latitude, longitude in thinned]
    left, top = min(x for x, _ in flat), min(y for _, y in flat)
    width, height = max(x for x, _ in flat) - left, max(y for _, y in flat) - top
    scale = SIZE / (max(width, height) or 1)
    right, down = (SIZE - width * scale) / 2, (SIZE - height * scale) / 2
    return "M" + "L".join(f"{(x - left) * scale + right:.1f} {(y - top) * scale + down:.1f}" for x, y in flat)
