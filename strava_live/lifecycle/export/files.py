"""Write rows as JSON for programs, and as CSV for spreadsheets.

A JSON file is an array with one object per line. A CSV file is UTF-8 with a byte order mark, by which Excel recognises
the encoding. Its times are in the person's time zone.
"""

import csv
import io
import json
import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from strava_live.formats import utc_iso_exact
from strava_live.lifecycle.export.kinds import Column, ExportedKind

BYTE_ORDER_MARK = "\ufeff"
FORMULA = re.compile(r"(^|[;\t\r\n])(\s*'*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""Matches where a spreadsheet would take text for the start of a formula: at the start of a cell, and after what might
separate cells in a spreadsheet that does not expect commas. The last four characters are wide forms of = + - @. An
apostrophe that the text has itself is matched, too, so that `before_harmless` can distinguish it from an added one."""
PROTECTED = re.compile(FORMULA.pattern.replace("(?=", "'(?="))
"""Matches what `harmless` has put before a formula."""
LONGEST_CELL = 32_000
"""Characters in a cell. Excel cuts a cell off after 32,767, and moves the rest to other rows."""
CUT_OFF = "… (the JSON file has the rest)"


class RowWriter(Protocol):
    """Encodes the rows of one kind as the bytes of a file."""

    ending: str

    def head(self, kind: ExportedKind) -> bytes: ...
    def rows(self, kind: ExportedKind, rows: Iterable[Any]) -> bytes: ...
    def tail(self) -> bytes: ...


class JsonWriter:
    ending = "json"

    def __init__(self) -> None:
        self.separator = "\n"
        """What precedes the next object of the array."""

    def head(self, kind: ExportedKind) -> bytes:
        return b"["

    def rows(self, kind: ExportedKind, rows: Iterable[Any]) -> bytes:
        return b"".join(self.item({column.name: column.value(row) for column in kind.columns}) for row in rows)

    def item(self, values: dict[str, Any]) -> bytes:
        before, self.separator = self.separator, ",\n"
        return (before + json.dumps(values, default=json_value, ensure_ascii=False)).encode(errors="backslashreplace")

    def tail(self) -> bytes:
        return b"\n]\n"


class CsvWriter:
    ending = "csv"

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def head(self, kind: ExportedKind) -> bytes:
        return (BYTE_ORDER_MARK + csv_lines([[column.name for column in csv_columns(kind)]])).encode()

    def rows(self, kind: ExportedKind, rows: Iterable[Any]) -> bytes:
        columns = csv_columns(kind)
        lines = csv_lines([self.cell(column.value(row)) for column in columns] for row in rows)
        return lines.encode(errors="replace")

    def tail(self) -> bytes:
        return b""

    def cell(self, value: Any) -> str | int | float:
        """Return a value as a spreadsheet should show it. Only text can be taken for a formula."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, int | float):
            return value
        if isinstance(value, datetime):
            return f"{value.astimezone(self.zone):%Y-%m-%d %H:%M:%S}"
        if isinstance(value, date | time):
            return value.isoformat()
        if isinstance(value, list | dict):
            value = json.dumps(value, default=json_value, ensure_ascii=False)
        text = str(value).replace("\0", "")
        return harmless(text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL] + CUT_OFF)


def csv_columns(kind: ExportedKind) -> list[Column]:
    return [column for column in kind.columns if column.in_csv]


def csv_lines(rows: Iterable[Iterable[Any]]) -> str:
    lines = io.StringIO(newline="")
    csv.writer(lines).writerows(rows)
    return lines.getvalue()


def harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula. Spreadsheets then show it as text."""
    return FORMULA.sub(r"\1\2'", text)


def before_harmless(text: str) -> str:
    """Undo `harmless`: return the original text."""
    return PROTECTED.sub(r"\1\2", text)


def json_value(value: Any) -> Any:
    """Return a date or time as text: an instant in UTC, such as 2026-11-21T09:02:13.000000Z."""
    if isinstance(value, datetime):
        return utc_iso_exact(value)
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} has no form in JSON")
