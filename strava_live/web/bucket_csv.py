"""A Property's values as CSV."""

from collections.abc import Iterable, Sequence

from strava_live.bucket.typed_rows import TypedRows
from strava_live.bucket_client.shapes import BucketRow, Dimension, Value
from strava_live.lifecycle.export.files import BYTE_ORDER_MARK, before_harmless, csv_lines, harmless


def csv_of(dimensions: Sequence[Dimension], rows: Iterable[BucketRow]) -> str:
    """Return rows as CSV, with times in milliseconds. What is pasted into the page may have this form.

    A file with other letters than English ones begins with a byte order mark, by which Excel recognises UTF-8.
    """
    head = ["time", *(harmless(one.name) for one in dimensions)]
    text = csv_lines([head, *([at_ms, *map(csv_cell, values)] for at_ms, values in rows)])
    return text if text.isascii() else BYTE_ORDER_MARK + text


def csv_cell(value: Value) -> str | float:
    """Return a value as a spreadsheet should show it. Only a text can be taken for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return harmless(value) if isinstance(value, str) else value


def as_downloaded(typed: TypedRows) -> TypedRows:
    """Undo the apostrophes of `csv_cell` in typed rows, so that pasting a downloaded file changes no value."""
    rows = [row._replace(values=tuple(map(without_apostrophe, row.values))) for row in typed.rows]
    return typed._replace(rows=rows)


def without_apostrophe(value: Value) -> Value:
    return before_harmless(value) if isinstance(value, str) else value
