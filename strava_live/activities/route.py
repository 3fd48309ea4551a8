"""Draw a route as an SVG path from Strava's polyline. Only the line, without a map."""

from math import cos, radians

Point = tuple[float, float]

SIZE = 100.0


def points_of(polyline: str) -> list[Point]:
    """Decode Google's polyline: differences in units of 1e-5 degrees, five bits a character. Ignore a cut-off end."""
    found: list[Point] = []
    numbers = [0, 0]
    at = value = shift = 0
    for character in polyline:
        bits = ord(character) - 63
        value |= (bits & 31) << shift
        shift += 5
        if bits >= 32:
            continue
        numbers[at] += ~(value >> 1) if value & 1 else value >> 1
        value = shift = 0
        if at:
            found.append((numbers[0] / 1e5, numbers[1] / 1e5))
        at = 1 - at
    return found


def route_path(polyline: str, *, most: int = 400) -> str:
    """Return the `d` of a path of about `most` points in a square of SIZE, north up, or "" if there is no route."""
    points = points_of(polyline)
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
