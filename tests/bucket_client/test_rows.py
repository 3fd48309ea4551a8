"""Rows are checked before they are sent, and divided so that no body exceeds Bucket's limit."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_live.bucket_client.errors import BucketRowInvalid
from strava_live.bucket_client.payloads import LAST_MS
from strava_live.bucket_client.rows import LONGEST_BODY, TIMES_AT_ONCE, check_rows, row_chunks, time_chunks
from strava_live.bucket_client.shapes import BOOLEAN, NUMBER, STRING, BucketRow, Dimension, Value

HEART_RATE = (Dimension("heart-rate", "Heart Rate"), Dimension("rr-interval", "RR-Interval"))


def problem_in(*rows: BucketRow, dimensions: tuple[Dimension, ...] = HEART_RATE) -> str:
    with pytest.raises(BucketRowInvalid) as caught:
        check_rows(rows, dimensions)
    return caught.value.sentence


def test_rows_that_fit_are_accepted() -> None:
    check_rows([BucketRow(1, (60, 0.9)), BucketRow(LAST_MS, (0, -1.5))], HEART_RATE)
    check_rows([], HEART_RATE)


def test_row_of_the_wrong_length_is_named() -> None:
    assert problem_in(BucketRow(1, (60, 1)), BucketRow(2, (60,))) == "Row 2 needs 2 values, and has 1."
    assert problem_in(BucketRow(1, (1, 2)), dimensions=HEART_RATE[:1]) == "Row 1 needs 1 value, and has 2."


def test_second_row_with_the_same_time_is_named_because_bucket_would_keep_one() -> None:
    assert problem_in(BucketRow(5, (1, 1)), BucketRow(5, (2, 2))) == "Row 2 has the same time as row 1."


@pytest.mark.parametrize(
    ("at_ms", "problem"),
    [
        (0, "Row 1 has a time before 1970."),
        (-5, "Row 1 has a time before 1970."),
        (LAST_MS + 1, "Row 1 has a time after 2262."),
        (1.5, "Row 1 has no time."),
        (True, "Row 1 has no time."),
        ("5", "Row 1 has no time."),
    ],
)
def test_time_that_bucket_cannot_store_is_named(at_ms: Any, problem: str) -> None:
    assert problem_in(BucketRow(at_ms, (1, 1))) == problem


@pytest.mark.parametrize(
    ("value", "kind", "problem"),
    [
        ("60", NUMBER, "must be a number"),
        (True, NUMBER, "must be a number"),
        (float("nan"), NUMBER, "must be a number"),
        (float("inf"), NUMBER, "must be a number"),
        (2**53 + 1, NUMBER, "is too large"),
        pytest.param(10**400, NUMBER, "is too large", id="400 digits"),
        (None, NUMBER, "has no value"),
        (None, STRING, "has no value"),
        (7, STRING, "must be text"),
        (True, STRING, "must be text"),
        ("yes", BOOLEAN, "must be true or false"),
        (1, BOOLEAN, "must be true or false"),
        ("a.mp4", "video/mp4", "is a media file, which can't be sent as a value"),
        (7, "map", "can't be a number"),
    ],
)
def test_value_of_the_wrong_type_is_named_with_its_dimension(value: Value, kind: str, problem: str) -> None:
    assert problem_in(BucketRow(1, (value,)), dimensions=(Dimension("d", "D", kind),)) == f"Row 1: D {problem}."


def test_row_that_is_too_long_is_named() -> None:
    with pytest.raises(BucketRowInvalid, match="Row 2 is too long"):
        list(row_chunks([BucketRow(1, ("short",)), BucketRow(2, ("x" * LONGEST_BODY,))]))


@given(st.lists(st.integers(0, 40_000), max_size=12))
def test_chunks_hold_all_rows_in_their_order_and_fit(lengths: list[int]) -> None:
    rows = [BucketRow(number, ("é" * (length // 6),)) for number, length in enumerate(lengths, start=1)]
    chunks = list(row_chunks(rows))
    assert [row for chunk in chunks for row in chunk.rows] == rows
    for chunk in chunks:
        assert len(chunk.body) <= LONGEST_BODY
        assert json.loads(chunk.body) == {"values": [[row.at_ms, *row.values] for row in chunk.rows]}


def test_few_bytes_are_one_request() -> None:
    assert len(list(row_chunks([BucketRow(1_600_000_000_000 + at, (5000,)) for at in range(3000)]))) == 1


def test_timestamps_are_divided_too() -> None:
    bodies = list(time_chunks([*range(2 * TIMES_AT_ONCE + 1), 0]))
    assert [len(json.loads(body)["timestamps"]) for body in bodies] == [TIMES_AT_ONCE, TIMES_AT_ONCE, 1]
    assert list(time_chunks([])) == []
