"""Rows against the stand-in: written in Bucket's order, divided, replaced, counted, read and deleted."""

import pytest

from simulators.bucket_process import BucketStandIn
from strava_live.bucket_client.client import BucketClient
from strava_live.bucket_client.errors import (
    BucketAnswerNotUnderstood,
    BucketBodyTooLarge,
    BucketDown,
    BucketNotAllowed,
    BucketRowInvalid,
    BucketValueMismatch,
)
from strava_live.bucket_client.rows import row_chunks
from strava_live.bucket_client.shapes import (
    STRING,
    BucketProperty,
    BucketRow,
    Dimension,
    OrderEvidence,
    PropertyType,
)
from strava_live.bucket_client.stock_types import STOCK_TYPES
from tests.bucket_client.clients import Tokens, calls_counted

DAY_MS = 86_400_000
START_MS = 1_600_000_000_000
PLACE = (-0.34, 51.41)


async def property_of(client: BucketClient, tokens: Tokens, type_id: str) -> BucketProperty:
    thing = await client.make_thing(tokens, name="Running", type="Strava")
    return await client.find_or_make_property(tokens, thing.id, name=type_id, type_id=type_id)


@pytest.fixture
async def distance(client: BucketClient, tokens: Tokens) -> BucketProperty:
    return await property_of(client, tokens, "COUNT")


@pytest.fixture
async def location(client: BucketClient, tokens: Tokens) -> BucketProperty:
    return await property_of(client, tokens, "LOCATION")


def distances(amount: int) -> list[BucketRow]:
    return [BucketRow(START_MS + number * DAY_MS, (5000 + number,)) for number in range(amount)]


async def test_rows_are_stored_counted_read_and_deleted(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, distance: BucketProperty
) -> None:
    rows = distances(3)
    assert await client.put_values(tokens, distance, rows) == 3
    assert bucket.rows(distance.id) == [[row.at_ms, *row.values] for row in rows]
    where = distance.thing_id, distance.id
    assert await client.count_rows(tokens, *where) == 3
    read = await client.read_values(tokens, *where, from_ms=START_MS, to_ms=START_MS + DAY_MS)
    assert (read.rows, read.evidence) == (rows[:2], OrderEvidence.SINGLE)
    assert [one.name for one in read.dimensions] == ["Count"]
    await client.delete_values(tokens, *where, [rows[0].at_ms, rows[2].at_ms, 17])
    assert bucket.rows(distance.id) == [[rows[1].at_ms, *rows[1].values]]


async def test_empty_property_has_no_rows(client: BucketClient, tokens: Tokens, distance: BucketProperty) -> None:
    where = distance.thing_id, distance.id
    assert await client.put_values(tokens, distance, []) == 0
    assert await client.count_rows(tokens, *where) == 0
    assert (await client.read_values(tokens, *where, from_ms=0, to_ms=START_MS)).rows == []
    assert (await client.read_values(tokens, *where, from_ms=START_MS, to_ms=0)).rows == []


async def test_rows_that_are_sent_again_replace_themselves(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, distance: BucketProperty
) -> None:
    for _ in range(2):
        await client.put_values(tokens, distance, distances(3))
    await client.put_values(tokens, distance, [BucketRow(START_MS, (42,))])
    assert [row[1] for row in bucket.rows(distance.id)] == [42, 5001, 5002]


async def test_many_rows_are_divided_so_that_bucket_accepts_their_bytes(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, distance: BucketProperty
) -> None:
    with calls_counted(bucket, "write_values") as calls:
        assert await client.put_values(tokens, distance, distances(10_000)) == 10_000
    assert calls == [3]
    assert await client.count_rows(tokens, distance.thing_id, distance.id) == 10_000
    with calls_counted(bucket, "delete_timestamps") as calls:
        times = [row.at_ms for row in distances(10_000)]
        await client.delete_values(tokens, distance.thing_id, distance.id, times)
    assert (calls, bucket.rows(distance.id)) == ([10], [])


async def test_rows_are_halved_for_a_proxy_that_accepts_fewer_bytes(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, distance: BucketProperty
) -> None:
    bucket.settings(body_limit=10_000)
    await client.put_values(tokens, distance, distances(3000))
    assert await client.count_rows(tokens, distance.thing_id, distance.id) == 3000
    bucket.settings(body_limit=20)
    with pytest.raises(BucketBodyTooLarge):
        await client.put_values(tokens, distance, distances(2))


async def test_nothing_is_sent_if_one_row_does_not_fit(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, distance: BucketProperty
) -> None:
    with calls_counted(bucket, "write_values") as calls:
        for wrong in ((1, 2), (), ("5",), (None,)):
            with pytest.raises(BucketRowInvalid) as caught:
                await client.put_values(tokens, distance, [*distances(5), BucketRow(1, wrong)])
            assert caught.value.row == 6
        text = await property_of(client, tokens, "TEXT")
        with pytest.raises(BucketRowInvalid, match="Row 2 is too long"):
            await client.put_values(tokens, text, [BucketRow(1, ("a",)), BucketRow(2, ("a" * 100_000,))])
    assert calls == [0]


async def test_rows_are_checked_against_the_type_that_the_property_has_at_bucket(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, location: BucketProperty
) -> None:
    """Bucket would store a row with one value too few, and take its timestamp for the longitude."""
    text = await property_of(client, tokens, "TEXT")
    with pytest.raises(BucketRowInvalid, match="Row 1: Text must be text"):
        await client.put_values(tokens, BucketProperty(text.id, text.thing_id, STOCK_TYPES["COUNT"]), distances(2))
    stale = BucketProperty(location.id, location.thing_id, STOCK_TYPES["COUNT"])
    with pytest.raises(BucketAnswerNotUnderstood):
        await client.put_values(tokens, stale, distances(2))
    assert bucket.rows(text.id) == bucket.rows(location.id) == []


async def test_one_wrong_value_refuses_the_whole_batch(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens
) -> None:
    """The type may change after it was read and before the rows are written."""
    text = await property_of(client, tokens, "TEXT")
    (chunk,) = row_chunks([BucketRow(1, ("a",)), BucketRow(2, (5,))])
    with pytest.raises(BucketValueMismatch) as caught:
        await client.put_chunk(tokens, text, chunk)
    assert (caught.value.dimension, bucket.rows(text.id)) == ("text", [])


async def test_row_that_bucket_skips_in_silence_is_missing_in_the_count(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, distance: BucketProperty
) -> None:
    (chunk,) = row_chunks([BucketRow(1, (5,)), BucketRow(2, (5, 6))])
    await client.put_chunk(tokens, distance, chunk)
    assert await client.count_rows(tokens, distance.thing_id, distance.id) == 1
    bucket.fault("swallow", "write_values", calls=1, items=1)
    assert await client.put_values(tokens, distance, distances(3)) == 3
    assert await client.count_rows(tokens, distance.thing_id, distance.id) == 3


@pytest.mark.parametrize("dimensions", ["reversed", "plain"])
@pytest.mark.parametrize("source", ["list", "get", "create", "stock", "list of things"])
async def test_values_reach_their_dimensions_whatever_order_bucket_names(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, dimensions: str, source: str
) -> None:
    bucket.settings(dimensions=dimensions)
    location = await property_of(client, tokens, "LOCATION")
    match source:  # "create" is what property_of returns
        case "list":
            (location,) = await client.list_properties(tokens, location.thing_id)
        case "get":
            location = await client.get_property(tokens, location.thing_id, location.id)
        case "stock":
            location = BucketProperty(location.id, location.thing_id, STOCK_TYPES["LOCATION"])
        case "list of things":
            location = (await client.list_things(tokens))[0].properties[0]
    known = (
        location.type.dimensions or (await client.get_property(tokens, location.thing_id, location.id)).type.dimensions
    )
    values = {"Longitude": -0.34, "Latitude": 51.41}
    await client.put_values(tokens, location, [BucketRow(1, tuple(values[one.name] for one in known or ()))])
    assert bucket.rows(location.id) == [[1, -0.34, 51.41]]
    assert await client.count_rows(tokens, location.thing_id, location.id) == 1


async def test_order_that_is_named_differently_is_repaired_and_said_to_be_unknown(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, location: BucketProperty
) -> None:
    bucket.write_rows(location.id, [[1, *PLACE]])
    read = await client.read_values(tokens, location.thing_id, location.id, from_ms=0, to_ms=5)
    assert [one.name for one in read.dimensions] == ["Longitude", "Latitude"]
    assert read.rows == [BucketRow(1, PLACE)]
    assert (read.evidence, read.order_is_known) == (OrderEvidence.NONE, False)


async def test_order_that_is_named_alike_is_known(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, location: BucketProperty
) -> None:
    bucket.settings(dimensions="plain")
    bucket.write_rows(location.id, [[1, *PLACE]])
    read = await client.read_values(tokens, location.thing_id, location.id, from_ms=0, to_ms=5)
    assert [one.name for one in read.dimensions] == ["Longitude", "Latitude"]
    assert (read.evidence, read.order_is_known) == (OrderEvidence.AGREED, True)


async def test_order_is_known_if_the_values_fit_only_one(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens
) -> None:
    address = await property_of(client, tokens, "IP_ADDRESS")
    bucket.write_rows(address.id, [[1, "10.0.0.1", 4, "::1", 6]])
    read = await client.read_values(tokens, address.thing_id, address.id, from_ms=0, to_ms=5)
    assert [one.name for one in read.dimensions] == ["Local IP", "Type Local IP", "External IP", "Type External IP"]
    assert (read.evidence, read.order_is_known) == (OrderEvidence.VALUES, True)


async def test_texts_of_all_kinds_come_back_unchanged(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens
) -> None:
    text = await property_of(client, tokens, "TEXT")
    titles = ['Parkrun, "wet"\n', "雨の日", "🏃" * 50, "", " "]
    rows = [BucketRow(number, (title,)) for number, title in enumerate(titles, start=1)]
    await client.put_values(tokens, text, rows)
    assert (await client.read_values(tokens, text.thing_id, text.id, from_ms=0, to_ms=9)).rows == rows


async def test_writing_is_repeated_if_the_answer_is_lost(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, distance: BucketProperty
) -> None:
    bucket.fault("lose", "write_values", calls=1)
    bucket.fault("html", "write_values", calls=1, skip=1, status=200)
    await client.put_values(tokens, distance, distances(3))
    bucket.fault("lose", "delete_timestamps", calls=1)
    await client.delete_values(tokens, distance.thing_id, distance.id, [START_MS])
    assert [row[1] for row in bucket.rows(distance.id)] == [5001, 5002]


async def test_property_that_was_deleted(
    bucket: BucketStandIn, client: BucketClient, tokens: Tokens, distance: BucketProperty
) -> None:
    bucket.fault("server_error", "count_values")
    with pytest.raises(BucketDown):
        await client.count_rows(tokens, distance.thing_id, distance.id)
    bucket.delete_property(distance.id)
    where = distance.thing_id, distance.id
    for call in (
        client.put_values(tokens, distance, distances(1)),
        client.read_values(tokens, *where, from_ms=0, to_ms=1),
        client.delete_values(tokens, *where, [1]),
    ):
        with pytest.raises(BucketNotAllowed):
            await call


async def test_dates_beyond_those_that_bucket_can_read_are_brought_within(
    client: BucketClient, tokens: Tokens, distance: BucketProperty
) -> None:
    await client.put_values(tokens, distance, distances(2))
    read = await client.read_values(tokens, distance.thing_id, distance.id, from_ms=-(10**20), to_ms=10**20)
    assert read.rows == distances(2)


async def test_type_with_other_dimensions_than_before_is_not_understood(
    client: BucketClient, tokens: Tokens, location: BucketProperty
) -> None:
    stale = PropertyType("LOCATION", dimensions=(Dimension("a", "A"), Dimension("b", "B", STRING)))
    with pytest.raises(BucketAnswerNotUnderstood):
        await client.put_values(tokens, BucketProperty(location.id, location.thing_id, stale), [BucketRow(1, PLACE)])
