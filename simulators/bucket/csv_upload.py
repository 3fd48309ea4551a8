"""Rows that a client uploads as a CSV file in a multipart form."""

import math
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from simulators.bucket.errors import BucketError, of_library
from simulators.bucket.property_types import Dimension
from simulators.http import Request

FIELD = "csv"
"""The name of the file in the form."""


def uploaded_rows(request: Request, dimensions: tuple[Dimension, ...]) -> list[Any]:
    """Return the rows of the uploaded file. With `hasLabel=true` in the query, leave out the first line: it has labels.

    Values are split at commas, and converted to the types of the dimensions as JavaScript converts them.
    """
    lines = _file(request).decode("utf-8", "replace").split("\n")
    if request.query.get("hasLabel") == "true":
        lines = lines[1:]
    return [_row(line.split(","), dimensions) for line in lines if line]


def _row(cells: list[str], dimensions: tuple[Dimension, ...]) -> list[Any]:
    kinds = [one.type for one in dimensions]
    if len(cells) > len(kinds) + 1:
        return []  # one cell too many: Bucket logs the line and goes on
    return [_number(cells[0]), *(_value(cell, kind) for cell, kind in zip(cells[1:], kinds, strict=False))]


def _value(cell: str, kind: str) -> float | bool | str:
    if kind == "number":
        return _number(cell)
    return bool(cell) if kind == "boolean" else cell


def _number(cell: str) -> float:
    """Return the number of a cell: 0 for an empty one, and NaN for anything that is not a number."""
    try:
        return float(cell.strip() or 0)
    except ValueError:
        return math.nan


def _file(request: Request) -> bytes:
    """Return the file of a multipart form."""
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    form = BytesParser(policy=HTTP).parsebytes(head + request.body)
    for part in form.iter_parts() if form.is_multipart() else ():
        if part.get_param("name", header="content-disposition") == FIELD:
            content = part.get_payload(decode=True)
            return content if isinstance(content, bytes) else b""
    raise _no_file()


def _no_file() -> BucketError:
    return of_library("TypeError", "Cannot read property 'path' of undefined")
