"""Rows as people type and paste them: what they mean, and the sentences about those that cannot be read."""

import csv
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_live.bucket.typed_rows import (
    LONGEST_TEXT,
    MOST_ROWS,
    TypedRow,
    TypedRows,
    UnusableRows,
    read_rows,
)
from strava_live.bucket_client.shapes import BOOLEAN, NUMBER, STRING, Dimension, Value

NAMES = (("Count", NUMBER), ("Text", STRING), ("State", BOOLEAN))
COUNT, TITLE, SWITCH = (Dimension(name.lower(), name, kind) for name, kind in NAMES)
SPACE = tuple(Dimension(axis, axis, NUMBER) for axis in "xyz")
BRISBANE = ZoneInfo("Australia/Brisbane")
NINE = int(datetime(2026, 11, 21, 9, tzinfo=UTC).timestamp()) * 1000
HOUR = 3_600_000


def read(text: str, *columns: Dimension, zone: ZoneInfo = BRISBANE) -> TypedRows:
    return read_rows(text, columns or (COUNT,), zone)


def only(read: TypedRows) -> TypedRow:
    assert read.faults == []
    (row,) = read.rows
    return row


def fault_of(text: str, *columns: Dimension) -> str:
    found = read(text, *columns)
    assert found.rows == []
    (fault,) = found.faults
    return fault.words


@pytest.mark.parametrize(
    ("time", "timestamp"),
    [
        (str(NINE), NINE),
        (str(NINE + 7), NINE + 7),
        ("1", 1),
        ("2026-11-21T09:00:00Z", NINE),
        ("2026-11-21T09:00:00.007Z", NINE + 7),
        ("2026-11-21T09:00:00.0079Z", NINE + 7),
        ("2026-11-21T09:00:00+10:00", NINE - 10 * HOUR),
        ("2026-11-21T09:00:00", NINE - 10 * HOUR),
        ("2026-11-21 09:00", NINE - 10 * HOUR),
        ("2026-11-21", NINE - 19 * HOUR),
        ("  2026-11-21T09:00Z  ", NINE),
    ],
)
def test_times(time: str, timestamp: int) -> None:
    assert only(read(f"{time},5")) == (1, timestamp, (5,))


def test_time_without_a_zone_is_one_of_the_person() -> None:
    london = ZoneInfo("Europe/London")

    assert only(read("2026-07-04T09:00,1", zone=london)).timestamp_ms % (24 * HOUR) == 8 * HOUR
    assert only(read("2026-11-21T09:00,1", zone=london)).timestamp_ms == NINE


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ("", "The time is missing."),
        ("yesterday", "“yesterday” is not a time."),
        ("2026-13-01", "“2026-13-01” is not a time."),
        ("21/11/2026 09:00", "“21/11/2026 09:00” is not a time."),
        ("1732179600.5", "“1732179600.5” is not a time."),
        ("-1", "The time is before 1970."),
        ("0", "Bucket can't store a row at the very start of 1970."),
        ("1970-01-01T00:00Z", "Bucket can't store a row at the very start of 1970."),
        ("20261121", "“20261121” could be a day or milliseconds. Write 2026-11-21 if you mean the day."),
        ("1969-12-31T23:59:59Z", "The time is before 1970."),
        ("0001-01-01", "is not a time."),
        ("9999-12-31", "The time is after 2262."),
        ("9" * 30, "The time is after 2262."),
        ("9" * 5000, "The time is after 2262."),
        ("x" * 100, f"“{'x' * 40}…” is not a time."),
    ],
)
def test_times_that_cannot_be_read(time: str, words: str) -> None:
    assert words in fault_of(f"{time},5")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", 5),
        ("-5", -5),
        ("+5", 5),
        ("5.25", 5.25),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("-2.5E-3", -0.0025),
        ("007", 7),
        ("9007199254740992", 9007199254740992),
    ],
)
def test_numbers(text: str, number: float) -> None:
    assert only(read(f"{NINE},{text}")).values == (number,)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nan", "Count: “nan” is not a number."),
        ("inf", "Count: “inf” is not a number."),
        ("-Infinity", "Count: “-Infinity” is not a number."),
        ("1e400", "Count: “1e400” is too large."),
        ("9" * 400, "is too large."),
        ("1_000", "Count: “1_000” is not a number."),
        ("٣", "Count: “٣” is not a number."),
        ("5 km", "Count: “5 km” is not a number."),
        ("0x10", "Count: “0x10” is not a number."),
        ('"5,2"', "Count: write decimals with a point: 5.2."),
        ("5,2", "The row has 2 values after the time instead of 1: Count. Write decimals with a point: 5.2."),
        ("", "Count is missing."),
        ('""', "Count is missing."),
    ],
)
def test_numbers_that_cannot_be_read(text: str, words: str) -> None:
    assert words in fault_of(f"{NINE},{text}")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Hello", "Hello"),
        ("  Hello  ", "Hello"),
        ('"One, two"', "One, two"),
        (' "One, two"', "One, two"),
        ('"She said ""hi"""', 'She said "hi"'),
        ('5" of rain', '5" of rain'),
        ("5", "5"),
        ("=1+1", "=1+1"),
        ("Zoë 🏃 \u2028 end", "Zoë 🏃 \u2028 end"),
    ],
)
def test_texts(cell: str, text: str) -> None:
    assert only(read(f"{NINE},{cell}", TITLE)).values == (text,)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("One, two", "2 values after the time instead of 1: Text. A text that contains a comma needs quotation marks"),
        ('"One', "The quotation marks don't match."),
        ('"One" two', "The quotation marks don't match."),
        ("", "Text is missing."),
        ("a\0b", "Text contains a null character"),
        ("x" * (LONGEST_TEXT + 1), "Text is too long: 10,000 characters at most."),
        ("x" * 200_000, "too long: 10,000 characters at most."),
    ],
)
def test_texts_that_cannot_be_read(cell: str, words: str) -> None:
    assert words in fault_of(f"{NINE},{cell}", TITLE)


@pytest.mark.parametrize(
    ("word", "value"), [("true", True), ("Yes", True), ("1", True), ("FALSE", False), ("0", False)]
)
def test_booleans(word: str, value: bool) -> None:
    assert only(read(f"{NINE},{word}", SWITCH)).values == (value,)


def test_boolean_that_cannot_be_read() -> None:
    assert fault_of(f"{NINE},perhaps", SWITCH) == "State: write true or false instead of “perhaps”."


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("", "There is only a time. Add a comma and 3 values: x, y, z."),
        (",1", "The row has 1 value after the time instead of 3: x, y, z."),
        (",1,2", "The row has 2 values after the time instead of 3: x, y, z."),
        (",1,2,3,4", "The row has 4 values after the time instead of 3: x, y, z."),
        (",1,,3", "y is missing."),
        (",1,2,three", "z: “three” is not a number."),
    ],
)
def test_wrong_number_of_values(cells: str, words: str) -> None:
    assert fault_of(f"{NINE}{cells}", *SPACE) == words


def test_several_values() -> None:
    assert only(read(f"{NINE},1,-2,3.5", *SPACE)).values == (1, -2, 3.5)


def test_each_wrong_line_is_named_and_the_others_are_read() -> None:
    found = read(f"{NINE},1\n\n{NINE + 1},two\r\n{NINE + 2},3\nnever,4\n   \n")

    assert [(row.line, row.values) for row in found.rows] == [(1, (1,)), (4, (3,))]
    assert [(fault.line, fault.text) for fault in found.faults] == [(3, f"{NINE + 1},two"), (5, "never,4")]


def test_time_that_an_earlier_line_has() -> None:
    found = read("2026-11-21T09:00:00Z,1\n2026-11-21T19:00:00+10:00,2")

    assert len(found.rows) == 1
    assert found.faults[0][::2] == (2, "Line 1 has the same time. Bucket keeps one row for each time.")


@pytest.mark.parametrize("heading", ["time,Count", "Timestamp, Count", '"time","Count"', "\ufefftime,Count"])
def test_heading_is_no_row(heading: str) -> None:
    found = read(f"{heading}\n{NINE},5")

    assert only(found).values == (5,)
    assert found.heading


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_rows_from_a_spreadsheet(separator: str) -> None:
    assert only(read(f"time{separator}Count\n2026-11-21T09:00Z{separator}5.5")).values == (5.5,)


@pytest.mark.parametrize("text", ["", "  \n\r\n ", "time,Count"])
def test_no_row_at_all(text: str) -> None:
    with pytest.raises(UnusableRows, match="Type at least one row"):
        read(text)


def test_ten_thousand_rows() -> None:
    lines = [f"{NINE + number},{number}" for number in range(MOST_ROWS)]

    assert len(read("\n".join(lines)).rows) == MOST_ROWS
    with pytest.raises(UnusableRows, match=r"That's 10,001 rows\. Write at most 10,000 at once\."):
        read("\n".join([*lines, f"{NINE - 1},1"]))


@pytest.mark.parametrize(("times", "is_so"), [([NINE // 1000], True), ([NINE // 1000, NINE], False), ([1000], False)])
def test_seconds_in_place_of_milliseconds_are_noticed(times: list[int], is_so: bool) -> None:
    assert read("\n".join(f"{time},1" for time in times)).in_seconds is is_so


CELLS = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), min_size=1, max_size=30).filter(
    lambda text: text == text.strip()
)


@given(st.lists(st.tuples(CELLS, st.floats(allow_nan=False, allow_infinity=False)), min_size=1, max_size=8))
def test_what_is_written_as_csv_is_read_back(values: list[tuple[Value, Value]]) -> None:
    file = io.StringIO()
    csv.writer(file).writerows((NINE + number, *row) for number, row in enumerate(values))

    found = read(file.getvalue(), TITLE, COUNT)

    assert found.faults == []
    assert [row.values for row in found.rows] == values


@given(st.text(max_size=200))
def test_no_text_is_a_surprise(text: str) -> None:
    try:
        found = read(text, TITLE)
    except UnusableRows:
        return
    assert found.rows or found.faults
