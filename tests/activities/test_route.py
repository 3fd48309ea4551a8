"""A route drawn as an SVG path."""

import pytest

from strava_live.activities.route import route_path
from tests.web import kept


def test_route_fills_its_square_with_north_up() -> None:
    path = route_path(kept.ROUTE)
    points = [tuple(map(float, point.split())) for point in path.removeprefix("M").split("L")]

    assert len(points) == 3
    assert all(0 <= number <= 100 for point in points for number in point)
    assert {0, 100} <= {number for point in points for number in point}
    assert points[0][1] > points[1][1] > points[2][1]  # it goes north
    assert points[0][0] > points[1][0] > points[2][0]  # and west


@pytest.mark.parametrize("polyline", ["", "_p~iF~ps|U", "_p~iF", "?", "~~~~", "\x00"])
def test_route_of_next_to_nothing_is_none(polyline: str) -> None:
    assert route_path(polyline) == ""


def test_route_on_one_spot_is_drawn_somewhere() -> None:
    assert route_path("_p~iF~ps|U??") == "M50.0 50.0L50.0 50.0"


def test_long_route_is_thinned_and_keeps_its_end() -> None:
    steps = "_p~iF~ps|U" + "_ibE?" * 999

    assert route_path(steps, most=60).count("L") <= 61
    assert route_path(steps, most=60).endswith(route_path(steps).rsplit("L", 1)[1])
