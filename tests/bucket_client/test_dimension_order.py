"""Which column is which dimension: known from one column, agreement or values, or reported as unknown."""

import pytest

from strava_live.bucket_client.dimension_order import in_order_of, order_of_columns, reordered
from strava_live.bucket_client.shapes import NUMBER, STRING, BucketRow, Dimension, OrderEvidence, ReadRows

LONGITUDE, LATITUDE = Dimension("longitude", "Longitude"), Dimension("latitude", "Latitude")
NAME, PORT = Dimension("name", "Name", STRING), Dimension("port", "Port", NUMBER)
PLACE = [BucketRow(1, (-0.34, 51.41))]


def test_one_dimension_has_one_order() -> None:
    found = order_of_columns([BucketRow(1, (5,))], single=(PORT,), listed=(PORT,))
    assert found == ((PORT,), OrderEvidence.SINGLE)


def test_the_same_order_everywhere_is_believed() -> None:
    order = (LONGITUDE, LATITUDE)
    assert order_of_columns(PLACE, single=order, listed=order) == (order, OrderEvidence.AGREED)


def test_two_orders_of_numbers_are_unknown_and_that_of_the_list_is_probable() -> None:
    found = order_of_columns(PLACE, single=(LATITUDE, LONGITUDE), listed=(LONGITUDE, LATITUDE))
    assert found == ((LONGITUDE, LATITUDE), OrderEvidence.NONE)


@pytest.mark.parametrize("values", [("web", 80), (80, "web")])
def test_values_that_fit_one_order_decide(values: tuple[float | str, ...]) -> None:
    order = (NAME, PORT) if isinstance(values[0], str) else (PORT, NAME)
    rows = [BucketRow(1, (None, None)), BucketRow(2, values)]
    for single, listed in [((NAME, PORT), (PORT, NAME)), ((PORT, NAME), (NAME, PORT))]:
        assert order_of_columns(rows, single=single, listed=listed) == (order, OrderEvidence.VALUES)


def test_values_that_only_fit_reversed_correct_an_agreement() -> None:
    order = (NAME, PORT)
    found = order_of_columns([BucketRow(1, (80, "web"))], single=order, listed=order)
    assert found == ((PORT, NAME), OrderEvidence.VALUES)


def test_values_that_fit_no_order_leave_it_unknown() -> None:
    found = order_of_columns([BucketRow(1, ("web", "web"))], single=(NAME, PORT), listed=(PORT, NAME))
    assert found == ((PORT, NAME), OrderEvidence.NONE)


def test_rows_are_brought_into_another_order() -> None:
    given, wanted = (LONGITUDE, LATITUDE, PORT), (PORT, LATITUDE, LONGITUDE)
    assert reordered([BucketRow(1, (4, 52, 80))], given=given, wanted=wanted) == [BucketRow(1, (80, 52, 4))]
    assert reordered(PLACE, given=given[:2], wanted=given[:2]) is PLACE


def test_order_of_no_rows_needs_no_warning() -> None:
    assert ReadRows([], (LONGITUDE, LATITUDE), OrderEvidence.NONE).order_is_known
    assert not ReadRows(PLACE, (LONGITUDE, LATITUDE), OrderEvidence.NONE).order_is_known


def test_dimensions_are_recognised_by_their_names_unless_there_is_only_one() -> None:
    assert in_order_of((Dimension("y", "Latitude"), Dimension("x", "Longitude")), (LONGITUDE, LATITUDE)) == (
        LATITUDE,
        LONGITUDE,
    )
    assert in_order_of((NAME,), (PORT,)) == (PORT,)
    assert in_order_of((LONGITUDE, PORT), (LONGITUDE, LATITUDE)) is None
    assert in_order_of((LONGITUDE,), (LONGITUDE, LATITUDE)) is None
