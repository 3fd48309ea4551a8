"""The stock types are those that Bucket has."""

from simulators.bucket.property_types import stock_types
from strava_live.bucket_client.stock_types import STOCK_TYPES


def test_stock_types_equal_those_of_bucket() -> None:
    at_bucket = stock_types()
    for type_id, stock in STOCK_TYPES.items():
        assert [(one.name, one.kind) for one in stock.dimensions or ()] == [
            (one.name, one.type) for one in at_bucket[type_id].dimensions
        ], type_id


def test_stock_types_are_in_alphabetical_order_and_have_no_media() -> None:
    assert list(STOCK_TYPES) == sorted(STOCK_TYPES)
    assert not any(one.is_media for stock in STOCK_TYPES.values() for one in stock.dimensions or ())
