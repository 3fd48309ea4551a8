"""The stock types are those that Bucket has."""

from simulators.bucket_process import BucketStandIn
from strava_live.bucket_client.client import BucketClient
from strava_live.bucket_client.stock_types import STOCK_TYPES
from tests.bucket_client.clients import Tokens


async def test_stock_types_equal_those_of_bucket(bucket: BucketStandIn, client: BucketClient, username: str) -> None:
    tokens = Tokens(client, bucket.grant(username, "openid dcd:types"))
    listed = {one.id: one for one in await client.list_types(tokens)}
    for type_id, stock in STOCK_TYPES.items():
        assert [(one.name, one.kind) for one in stock.dimensions or ()] == [
            (one.name, one.kind) for one in listed[type_id].dimensions or ()
        ], type_id


def test_stock_types_are_in_alphabetical_order_and_have_no_media() -> None:
    assert list(STOCK_TYPES) == sorted(STOCK_TYPES)
    assert not any(one.is_media for stock in STOCK_TYPES.values() for one in stock.dimensions or ())
