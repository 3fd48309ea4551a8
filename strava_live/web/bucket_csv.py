"""A Property's values as CSV."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from strava_live.bucket_client.shapes import BucketRow, Dimension, Value

BYTE_ORDER_MARK = "\ufeff"
FORMULA = re.compile(r"(^|[;\t\r\n])(\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""Matches where a spreadsheet would take a text for the start of a formula."""


def csv_of(dimensions: Sequence[Dimension], rows: Iterable[BucketRow]) -> str:
    """Return rows as CSV, with times in milliseconds, in the form in which the page takes them back.

    A file with other letters than English ones begins with a byte order mark, by which Excel recognises UTF-8.
    """
    lines = io.StringIO(newline="")
    writer = csv.writer(lines)
    writer.writerow(["time", *(harmless(one.name) for one in dimensions)])
    writer.writerows([at_ms, *map(csv_cell, values)] for at_ms, values in rows)
    text = lines.getvalue()
    return text if text.isascii() else BYTE_ORDER_MARK + text


def csv_cell(value: Value) -> str | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return harmless(value) if isinstance(value, str) else value


def harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula. Spreadsheets then show it as text."""
    return FORMULA.sub(r"\1\2'", text.replace("\0", ""))
