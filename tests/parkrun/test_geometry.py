"""The first point of a route, and rounded coordinates."""

from hypothesis import given
from hypothesis import strategies as st

from simulators.strava.routes import encode
from strava_live.parkrun.geometry import first_point, is_rounded, metres_between
from tests.parkrun.recorded import event

coordinates = st.tuples(st.floats(-89.9, 89.9), st.floats(-179.9, 179.9))


@given(coordinates, coordinates)
def test_first_point_of_an_encoded_route(first: tuple[float, float], second: tuple[float, float]) -> None:
    found = first_point(encode([first, second]))

    if found is None:
        assert round(first[0], 5) == round(first[1], 5) == 0
    else:
        assert metres_between(found, first) < 1.5


@given(st.text())
def test_first_point_of_any_text_is_a_place_or_none(text: str) -> None:
    found = first_point(text)

    assert found is None or (abs(found[0]) <= 90 and abs(found[1]) <= 180)


def test_coordinates_with_two_decimals_are_rounded() -> None:
    bushy = event("bushy")

    assert is_rounded((51.41, -0.34))
    assert is_rounded((51.4, -0.0))
    assert not is_rounded((51.41, -0.335791))
    assert not is_rounded((bushy.latitude, bushy.longitude))
