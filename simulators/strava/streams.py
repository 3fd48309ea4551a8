"""The streams of an activity (time, distance and place of many points), computed from its route."""

import math
from itertools import pairwise

from simulators.strava.activity import Activity
from simulators.strava.routes import Point, apart


def streams(activity: Activity, keys: list[str]) -> dict[str, object]:
    """Return the requested streams that the activity has, and always the distance, by type."""
    route = activity.shown_route
    points = route.points() if route else []
    count = len(points) or 60
    along = _distances(points) if points else [step / (count - 1) for step in range(count)]
    distance = [round(activity.distance * part, 1) for part in along]
    time = [round(activity.elapsed_time * part) for part in along]
    speed = activity.distance / activity.moving_time if activity.moving_time else 0.0
    known: dict[str, list[object]] = {
        "time": [*time],
        "distance": [*distance],
        "altitude": [round(20 + activity.climb * math.sin(math.pi * part) / 2, 1) for part in along],
        "velocity_smooth": [round(speed * (1 + 0.08 * math.sin(9 * part)), 2) for part in along],
        "moving": [True] * count,
        "grade_smooth": [0.0] * count,
    }
    if points:
        known["latlng"] = [[*point] for point in points]
    if activity.heartrate:
        known["heartrate"] = [round(activity.heartrate + 8 * math.sin(5 * part)) for part in along]
    if activity.device_name:
        known["cadence"] = [round(82 + 3 * math.sin(11 * part)) for part in along]
    wanted = {"distance", *keys}
    return {
        key: {"data": data, "series_type": "distance", "original_size": count, "resolution": "high"}
        for key, data in known.items()
        if key in wanted
    }


def _distances(points: list[Point]) -> list[float]:
    """Return the position of each point along the route, from 0 to 1."""
    total, sums = 0.0, [0.0]
    for one, other in pairwise(points):
        total += apart(one, other)
        sums.append(total)
    return [value / total if total else 0.0 for value in sums]
