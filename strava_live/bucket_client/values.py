"""The rows of a property: write, count, read and delete them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from strava_live.bucket_client.calls import BucketScope, expect_nothing, reading
from strava_live.bucket_client.dimension_order import Dimensions, in_order_of, order_of_columns, reordered
from strava_live.bucket_client.errors import BucketAnswerNotUnderstood, BucketBodyTooLarge
from strava_live.bucket_client.payloads import as_object, read_count, read_property, read_rows
from strava_live.bucket_client.rows import RowChunk, check_rows, row_chunks, time_chunks
from strava_live.bucket_client.shapes import BucketProperty, BucketRow, OrderEvidence, ReadRows
from strava_live.bucket_client.things import BucketThings
from strava_live.http.tokens import TokenSource
from strava_live.http.transport import Request

LATEST_MS = 8_640_000_000_000_000
"""The last time that JavaScript knows. Bucket cannot find any property for a time after it, or as long before 1970."""


@dataclass(frozen=True, kw_only=True)
class BucketValues(BucketThings):
    """The part of the client for rows."""

    async def put_values(
        self,
        tokens: TokenSource,
        to: BucketProperty,
        rows: Sequence[BucketRow],
        *,
        on_stored: Callable[[int], None] = lambda _count: None,
    ) -> int:
        """Store rows, in as many requests as their bytes need, and return how many were sent.

        The values of a row are in the order of `to.type.dimensions`; if that is None, in the order of `get_property`.
        They are sent in the order that Bucket expects. Rows replace those with the same timestamp.

        Raise BucketRowInvalid before anything is sent if a row does not fit the dimensions that the property has at
        Bucket. Bucket's answer is the same for rows that it skips, so count the rows afterwards.

        After each request, `on_stored` is called with the number of rows, from the first one on, that Bucket has
        stored.
        """
        if not rows:
            return 0
        expected = (await self.get_property(tokens, to.thing_id, to.id)).type.dimensions
        if not expected:
            raise BucketAnswerNotUnderstood("a property without dimensions")
        given = in_order_of(to.type.dimensions or expected, expected)
        if given is None:
            raise BucketAnswerNotUnderstood("a property that has other dimensions than before")
        stored = 0
        for chunk in await asyncio.to_thread(checked_chunks, rows, given, expected):
            await self.put_chunk(tokens, to, chunk)
            on_stored(stored := stored + len(chunk.rows))
        return stored

    async def put_chunk(self, tokens: TokenSource, to: BucketProperty, chunk: RowChunk) -> None:
        """Store the rows of a chunk. If a proxy accepts fewer bytes than Bucket, send each half by itself."""
        request = Request("PUT", self.property_url(to.thing_id, to.id), json=chunk.body)
        try:
            await self.call_for_person(tokens, request, scope=BucketScope.PROPERTIES, read=expect_nothing)
        except BucketBodyTooLarge:
            if len(chunk.rows) == 1:
                raise
            middle = len(chunk.rows) // 2
            for half in (chunk.rows[:middle], chunk.rows[middle:]):
                for part in row_chunks(half):
                    await self.put_chunk(tokens, to, part)

    async def delete_values(
        self, tokens: TokenSource, thing_id: str, property_id: str, times_ms: Sequence[int]
    ) -> None:
        """Delete the rows with these timestamps. Timestamps without a row are ignored."""
        for body in time_chunks(times_ms):
            request = Request("DELETE", f"{self.property_url(thing_id, property_id)}/timestamps", json=body)
            await self.call_for_person(tokens, request, scope=BucketScope.PROPERTIES, read=expect_nothing)

    async def count_rows(self, tokens: TokenSource, thing_id: str, property_id: str) -> int:
        """Return how many rows a property has since 1970."""
        request = Request("GET", f"{self.property_url(thing_id, property_id)}/count", query={"from": "0"})
        return await self.call_for_person(tokens, request, scope=BucketScope.PROPERTIES, read=reading(read_count))

    async def read_values(
        self,
        tokens: TokenSource,
        thing_id: str,
        property_id: str,
        *,
        from_ms: int,
        to_ms: int,
    ) -> ReadRows:
        """Return the rows from `from_ms` to `to_ms`, both included, and which of their columns is which dimension.

        Raise BucketAnswerTooLong if there are too many rows for one answer.
        """
        found, rows = await self.property_and_rows(tokens, thing_id, property_id, from_ms=from_ms, to_ms=to_ms)
        single = found.type.dimensions or ()
        if len(single) <= 1:
            return ReadRows(rows, single, OrderEvidence.SINGLE)
        listed = await self.listed_dimensions(tokens, found)
        return ReadRows(rows, *await asyncio.to_thread(order_of_columns, rows, single=single, listed=listed))

    async def listed_dimensions(self, tokens: TokenSource, found: BucketProperty) -> Dimensions:
        """Return the dimensions of a property in the order in which the list of properties names them."""
        for one in await self.list_properties(tokens, found.thing_id):
            listed = in_order_of(one.type.dimensions or (), found.type.dimensions or ())
            if one.id == found.id and listed:
                return listed
        raise BucketAnswerNotUnderstood("a property that the list of properties does not have")

    async def property_and_rows(
        self, tokens: TokenSource, thing_id: str, property_id: str, *, from_ms: int, to_ms: int
    ) -> tuple[BucketProperty, list[BucketRow]]:
        """Return a property, and its rows with their values as Bucket sends them."""

        def read(data: object) -> tuple[BucketProperty, list[BucketRow]]:
            found = read_property(data, thing_id=thing_id)
            values = as_object(data, "a property").get("values")
            return found, read_rows(values, columns=len(found.type.dimensions or ()))

        first, last = (min(max(at_ms, -LATEST_MS), LATEST_MS) for at_ms in (from_ms, to_ms))
        query = {"from": f"{first:d}", "to": f"{last:d}"}
        request = Request("GET", self.property_url(thing_id, property_id), query=query)
        return await self.call_for_person(tokens, request, scope=BucketScope.PROPERTIES, read=reading(read))


def checked_chunks(rows: Sequence[BucketRow], given: Dimensions, wanted: Dimensions) -> list[RowChunk]:
    """Return the rows in chunks, one for each request, with their values reordered from `given` to `wanted`.

    Raise BucketRowInvalid for a row that does not fit. All is checked before anything is sent. With thousands of rows
    that takes a while, so call it in a thread.
    """
    check_rows(rows, given)
    return list(row_chunks(reordered(rows, given=given, wanted=wanted)))
