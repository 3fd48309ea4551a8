"""Search every column of every table for texts that tell who a deleted person was."""

import base64
import binascii
import zlib
from collections.abc import Collection, Iterator

from django.db import connection


def assert_nothing_left(marks: Collection[str]) -> None:
    """Fail if a column of any table has one of these texts, also inside JSON, numbers and the data of sessions."""
    assert columns_with(marks) == []


def columns_with(marks: Collection[str]) -> list[str]:
    """Return where the texts are, such as "django_session.session_data has 918273645"."""
    return [f"{place} has {mark}" for place, text in every_value() for mark in marks if mark.lower() in text.lower()]


def every_value() -> Iterator[tuple[str, str]]:
    """Yield all values of the database as texts, each with its table and column."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 from the database itself
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    yield f"{table}.{name}", readable(value)


def readable(value: object) -> str:
    """Return a value as a text, with the decoded text of each base64 part, which may be compressed."""
    text = bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value)
    return " ".join([text, *map(decoded, text.split(":"))])


def decoded(part: str) -> str:
    """Return what a part of a signed text says, "" if it is not base64. A dot in front means that it is compressed."""
    encoded = part.removeprefix(".")
    try:
        content = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        return (zlib.decompress(content) if part.startswith(".") else content).decode(errors="replace")
    except (binascii.Error, ValueError, zlib.error):
        return ""
