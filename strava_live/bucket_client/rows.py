"""Check rows before they are sent, and encode them in bodies that Bucket accepts.

Bucket skips a row of the wrong length in silence, and refuses all rows of a request if one value has the wrong type. It
accepts bodies of at most 100 kB.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from strava_live.bucket_client.errors import BucketRowInvalid
from strava_live.bucket_client.payloads import LAST_MS, is_number
from strava_live.bucket_client.shapes import BOOLEAN, NUMBER, STRING, BucketRow, Dimension, Value

LONGEST_BODY = 90_000
"""The most bytes of a body. Bucket's limit is 100 kB, and a proxy may count a little more."""
LARGEST_INTEGER = 2**53
"""The largest integer that Bucket, which is written in JavaScript, can store exactly."""
TIMES_AT_ONCE = 1_000
"""The most timestamps of one request to delete rows: Bucket deletes them one by one."""


class RowChunk(NamedTuple):
    """Rows that fit in one request."""

    rows: Sequence[BucketRow]
    body: bytes


def check_rows(rows: Sequence[BucketRow], dimensions: Sequence[Dimension]) -> None:
    """Raise BucketRowInvalid for the first row that does not fit the dimensions, or repeats an earlier timestamp.

    Of two rows with the same timestamp, Bucket would keep one.
    """
    numbers: dict[int, int] = {}
    for number, row in enumerate(rows, start=1):
        check_time(number, row.at_ms)
        if (earlier := numbers.setdefault(row.at_ms, number)) != number:
            raise BucketRowInvalid(number, f"has the same time as row {earlier}")
        if len(row.values) != len(dimensions):
            raise BucketRowInvalid(number, f"needs {values_words(len(dimensions))}, and has {len(row.values)}")
        for value, dimension in zip(row.values, dimensions, strict=True):
            if problem := problem_of(value, dimension.kind):
                raise BucketRowInvalid(number, problem, dimension=dimension.name)


def values_words(count: int) -> str:
    return "1 value" if count == 1 else f"{count} values"


def check_time(number: int, at_ms: int) -> None:
    if type(at_ms) is not int:
        raise BucketRowInvalid(number, "has no time")
    if at_ms < 1:  # Bucket does not count a row at 0
        raise BucketRowInvalid(number, "has a time before 1970")
    if at_ms > LAST_MS:
        raise BucketRowInvalid(number, "has a time after 2262")


def problem_of(value: Value, kind: str) -> str:
    """Return what is wrong with a value for a dimension of this kind, as the end of a sentence; "" if nothing is."""
    if value is None:
        return "has no value"
    if "/" in kind:
        return "is a media file, which can't be sent as a value"
    if kind == NUMBER:
        if type(value) is int and abs(value) > LARGEST_INTEGER:
            return "is too large"
        return "" if is_number(value) else "must be a number"
    if kind == STRING and not isinstance(value, str):
        return "must be text"
    if kind == BOOLEAN and not isinstance(value, bool):
        return "must be true or false"
    # Of kinds that we do not know, Bucket only says that they are no numbers.
    return "can't be a number" if is_number(value) else ""


def row_chunks(rows: Iterable[BucketRow]) -> Iterator[RowChunk]:
    """Divide rows among as few requests as their bytes allow. Raise BucketRowInvalid for a row that is too long."""
    chunk: list[BucketRow] = []
    encoded: list[bytes] = []
    size = len(values_body([]))
    for number, row in enumerate(rows, start=1):
        item = encode([row.at_ms, *row.values])
        if len(values_body([item])) > LONGEST_BODY:
            raise BucketRowInvalid(number, "is too long")
        if size + len(item) + 1 > LONGEST_BODY:
            yield RowChunk(chunk, values_body(encoded))
            chunk, encoded, size = [], [], len(values_body([]))
        chunk.append(row)
        encoded.append(item)
        size += len(item) + 1
    if chunk:
        yield RowChunk(chunk, values_body(encoded))


def values_body(encoded: Sequence[bytes]) -> bytes:
    return b'{"values":[' + b",".join(encoded) + b"]}"


def encode(data: Any) -> bytes:
    return json.dumps(data, separators=(",", ":"), allow_nan=False).encode()


def time_chunks(times_ms: Sequence[int]) -> Iterator[bytes]:
    """Yield the bodies of the requests that delete the rows with these timestamps."""
    times = sorted(set(times_ms))
    for first in range(0, len(times), TIMES_AT_ONCE):
        yield encode({"timestamps": times[first : first + TIMES_AT_ONCE]})
