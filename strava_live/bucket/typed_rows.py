"""Read rows that a person has typed or pasted: one line for each row, the time first, then a value for each column.

Pure: no database and no calls to Bucket. The caller passes the columns. The result is the timestamps and values, and a
sentence for each line that cannot be read.
"""

import csv
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from strava_live.bucket_client.payloads import LAST_MS
from strava_live.bucket_client.rows import LARGEST_INTEGER
from strava_live.bucket_client.shapes import BOOLEAN, NUMBER, BucketRow, Dimension, Value
from strava_live.formats import quantity

MOST_ROWS = 10_000
"""The most rows that can be written at once."""
LONGEST_TEXT = 10_000
"""The most characters of one value: Bucket takes at most 100 kB in one request."""
LIKELY_SECONDS = range(100_000_000, 10_000_000_000)
"""Numbers that are probably seconds: as milliseconds they would be in the first months of 1970."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SEPARATORS = (",", "\t", ";")
HEADINGS = ("time", "timestamp")
COMPACT_DAY = re.compile(r"(19[7-9][0-9]|2[0-2][0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])")
"""Matches a day such as 20261121, which as milliseconds would be in the first hours of 1970."""
WHOLE = re.compile(r"[+-]?[0-9]+")
DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
SHOWN = 40
"""How many characters of a wrong value a sentence repeats."""
YES, NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


class TypedRow(NamedTuple):
    line: int
    timestamp_ms: int
    values: tuple[Value, ...]

    @property
    def bucket_row(self) -> BucketRow:
        return BucketRow(self.timestamp_ms, self.values)


class RowFault(NamedTuple):
    """A line that cannot be read."""

    line: int
    text: str
    words: str


class TypedRows(NamedTuple):
    rows: list[TypedRow]
    faults: list[RowFault]
    heading: str
    """The first line, if it has the names of the columns and no row. Else ""."""

    @property
    def in_seconds(self) -> bool:
        """True if all timestamps look like seconds, although Bucket counts milliseconds."""
        return bool(self.rows) and all(row.timestamp_ms in LIKELY_SECONDS for row in self.rows)


class UnreadableRow(Exception):
    """A line cannot be read. The message says why, as a sentence for the person who typed it."""


class UnusableRows(UnreadableRow):
    """The text has no row, or too many."""


def read_rows(text: str, columns: Sequence[Dimension], zone: ZoneInfo) -> TypedRows:
    """Read a text with a line for each row. A time without a time zone is one in `zone`.

    Raise UnusableRows if there is no row, or if there are more than MOST_ROWS.
    """
    lines = [(number, line.strip(" \r")) for number, line in enumerate(split_lines(text), 1)]
    lines = [(number, line) for number, line in lines if line.strip()]
    separator = separator_of(lines[0][1]) if lines else ","
    heading = lines.pop(0)[1] if lines and is_heading(lines[0][1], separator) else ""
    if not lines:
        raise UnusableRows("Type at least one row: a time, then a comma and the value.")
    if len(lines) > MOST_ROWS:
        raise UnusableRows(f"That's {len(lines):,} rows. Write at most {MOST_ROWS:,} at once.")
    read = TypedRows([], [], heading)
    first_line_of: dict[int, int] = {}
    for number, line in lines:
        try:
            row = read_line(number, line, separator, columns, zone)
            earlier = first_line_of.setdefault(row.timestamp_ms, number)
            if earlier != number:
                raise UnreadableRow(f"Line {earlier} has the same time. Bucket keeps one row for each time.")
        except UnreadableRow as error:
            read.faults.append(RowFault(number, line, str(error)))
        else:
            read.rows.append(row)
    return read


def split_lines(text: str) -> list[str]:
    """Split at ends of lines only: a text value may contain other characters that Python's splitlines splits at."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def separator_of(line: str) -> str:
    """Return the character between the values: the first of a comma, a tab and a semicolon in the line."""
    places = {line.find(one): one for one in SEPARATORS if one in line}
    return places[min(places)] if places else ","


def is_heading(line: str, separator: str) -> bool:
    return line.split(separator, maxsplit=1)[0].strip(' "').lower() in HEADINGS


def read_line(number: int, line: str, separator: str, columns: Sequence[Dimension], zone: ZoneInfo) -> TypedRow:
    time, *values = cells_of(line, separator)
    timestamp = read_timestamp(time, zone)
    if timestamp == 0:
        raise UnreadableRow("Bucket can't store a row at the very start of 1970.")
    if len(values) != len(columns):
        raise UnreadableRow(wrong_count(values, columns))
    return TypedRow(number, timestamp, tuple(map(read_value, values, columns)))


def cells_of(line: str, separator: str) -> list[str]:
    """Split a line as a line of CSV: a value in quotation marks may contain the separator."""
    try:
        (cells,) = csv.reader([line], delimiter=separator, skipinitialspace=True, strict=True)
    except csv.Error as error:
        if "field larger" in str(error):
            raise UnreadableRow(f"A value is too long: {LONGEST_TEXT:,} characters at most.") from None
        raise UnreadableRow(
            'The quotation marks don\'t match. Put a value in "…", and write each " in it twice.'
        ) from None
    return [cell.strip() for cell in cells]


def wrong_count(values: Sequence[str], columns: Sequence[Dimension]) -> str:
    found = quantity(len(values), "value", "values")
    wanted = quantity(len(columns), "value", "values")
    names = ", ".join(column.name for column in columns)
    if len(values) == 0:
        return f"There is only a time. Add a comma and {wanted}: {names}."
    more = len(values) > len(columns)
    hint = " A text that contains a comma needs quotation marks around it." if more and has_text(columns) else ""
    if more and len(columns) == 1 and len(values) == 2 and all(WHOLE.fullmatch(one) for one in values):
        hint = f" Write decimals with a point: {values[0]}.{values[1]}."
    return f"The row has {found} after the time instead of {len(columns):,}: {names}.{hint}"


def has_text(columns: Sequence[Dimension]) -> bool:
    return any(column.kind not in (NUMBER, BOOLEAN) for column in columns)


def read_timestamp(text: str, zone: ZoneInfo) -> int:
    """Return milliseconds since 1970 from milliseconds or ISO 8601."""
    if not text:
        raise UnreadableRow("The time is missing.")
    if COMPACT_DAY.fullmatch(text):
        day = f"{text[:4]}-{text[4:6]}-{text[6:]}"
        raise UnreadableRow(f"“{text}” could be a day or milliseconds. Write {day} if you mean the day.")
    # More than 20 digits are too late in any case.
    timestamp = int(text[:20]) if WHOLE.fullmatch(text) else timestamp_of(read_instant(text, zone))
    if timestamp < 0:
        raise UnreadableRow("The time is before 1970.")
    if timestamp > LAST_MS:
        raise UnreadableRow("The time is after 2262. Bucket can't store it.")
    return timestamp


def read_instant(text: str, zone: ZoneInfo) -> datetime:
    """Return the instant of an ISO 8601 text. A day without a time begins at midnight."""
    try:
        at = datetime.fromisoformat(text)
        return (at.replace(tzinfo=zone) if at.tzinfo is None else at).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnreadableRow(
            f"“{shortened(text)}” is not a time. Write it like 2026-11-21T09:00:00, or in milliseconds."
        ) from None


def timestamp_of(at: datetime) -> int:
    return (at - EPOCH) // timedelta(milliseconds=1)


def read_value(text: str, column: Dimension) -> Value:
    if not text:
        raise UnreadableRow(f"{column.name} is missing.")
    if column.kind == NUMBER:
        return read_number(text, column)
    if column.kind == BOOLEAN:
        return read_boolean(text, column)
    if len(text) > LONGEST_TEXT:
        raise UnreadableRow(f"{column.name} is too long: {LONGEST_TEXT:,} characters at most.")
    if "\0" in text:
        raise UnreadableRow(f"{column.name} contains a null character, which can't be stored.")
    return text


def read_number(text: str, column: Dimension) -> float:
    """Return a finite number, whole if it is written as such."""
    if DECIMAL_COMMA.fullmatch(text):
        raise UnreadableRow(f"{column.name}: write decimals with a point: {text.replace(',', '.')}.")
    if not DECIMAL.fullmatch(text):
        raise UnreadableRow(f"{column.name}: “{shortened(text)}” is not a number.")
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise UnreadableRow(f"{column.name}: “{shortened(text)}” is too large.")
    return int(text) if WHOLE.fullmatch(text) and abs(number) <= LARGEST_INTEGER else number


def read_boolean(text: str, column: Dimension) -> bool:
    word = text.lower()
    if word not in YES + NO:
        raise UnreadableRow(f"{column.name}: write true or false instead of “{shortened(text)}”.")
    return word in YES


def shortened(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
