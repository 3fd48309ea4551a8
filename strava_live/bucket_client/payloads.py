"""Read Bucket's answers. Each `read_…` function takes one decoded JSON value.

The only error that they raise is BucketAnswerNotUnderstood, if a required field cannot be read. Ids are required, and
so is every field for which a default could do harm. One unreadable item makes the whole list unreadable: a Thing that
was left out would be made a second time.
"""

import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from strava_live.bucket_client.errors import BucketAnswerNotUnderstood
from strava_live.bucket_client.shapes import (
    NUMBER,
    BucketPerson,
    BucketProperty,
    BucketRow,
    BucketTokens,
    Dimension,
    PropertyType,
    Thing,
    Value,
)
from strava_live.http.fields import instant, text
from strava_live.http.tokens import expiry

T = TypeVar("T")

LONGEST_NAME, LONGEST_DESCRIPTION, LONGEST_TEXT = 255, 2_000, 10_000
LAST_MS = 9_223_372_036_853
"""The last timestamp that Bucket's database can store, in the year 2262."""
PERSON_PREFIX = "dcd:persons:"
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_.-]{0,199}")
"""Ids of Things and properties, such as `dcd:things:1b9d…`. Others would change the meaning of an address."""


def read_tokens(data: Any, *, now: datetime, refresh: str = "") -> BucketTokens:
    """Read a token response. `refresh` is the refresh token to keep if the response has none."""
    found = as_object(data, "a token response")
    access, new_refresh = found.get("access_token"), found.get("refresh_token") or refresh
    if not (isinstance(access, str) and access and isinstance(new_refresh, str)):
        raise BucketAnswerNotUnderstood("a token response without tokens")
    scopes = frozenset(text(found.get("scope"), LONGEST_DESCRIPTION).split())
    return BucketTokens(access=access, refresh=new_refresh, expires_at=expiry(found, now=now), scopes=scopes)


def read_person(data: Any) -> BucketPerson:
    """Read the answer of userinfo. It has a name only with the scope `profile`, and an address only with `email`."""
    found = as_object(data, "a person")
    person_id = text(found.get("sub") or found.get("id"), LONGEST_NAME)
    if not person_id:
        raise BucketAnswerNotUnderstood("a person without an id")
    return BucketPerson(
        id=person_id,
        username=text(found.get("username"), LONGEST_NAME) or person_id.removeprefix(PERSON_PREFIX),
        name=text(found.get("name"), LONGEST_NAME),
        email=text(found.get("email"), LONGEST_NAME),
    )


def read_thing(data: Any) -> Thing:
    found = as_object(data, "a Thing")
    thing_id = read_id(found, "a Thing")
    properties = found.get("properties") or []
    return Thing(
        id=thing_id,
        name=text(found.get("name"), LONGEST_NAME),
        type=text(found.get("type"), LONGEST_NAME),
        description=text(found.get("description"), LONGEST_DESCRIPTION),
        properties=tuple(read_list(properties, lambda one: read_property(one, thing_id=thing_id))),
        created_at=instant(found.get("createdAt")),
    )


def read_property(data: Any, *, thing_id: str) -> BucketProperty:
    found = as_object(data, "a property")
    return BucketProperty(
        id=read_id(found, "a property"),
        thing_id=thing_id,
        type=read_type(found.get("type") or {}),
        name=text(found.get("name"), LONGEST_NAME),
        description=text(found.get("description"), LONGEST_DESCRIPTION),
        created_at=instant(found.get("createdAt")),
    )


def read_type(data: Any) -> PropertyType:
    """Read the type of a property. Everything may be missing, because every user may delete a type at Bucket."""
    found = as_object(data, "a type")
    listed = found.get("dimensions")
    return PropertyType(
        id=text(found.get("id"), LONGEST_NAME),
        name=text(found.get("name"), LONGEST_NAME),
        description=text(found.get("description"), LONGEST_DESCRIPTION),
        dimensions=None if listed is None else tuple(read_list(listed, read_dimension)),
    )


def read_dimension(data: Any) -> Dimension:
    found = as_object(data, "a dimension")
    dimension_id = text(found.get("id"), LONGEST_NAME)
    if not dimension_id:
        raise BucketAnswerNotUnderstood("a dimension without an id")
    return Dimension(
        id=dimension_id,
        name=text(found.get("name"), LONGEST_NAME) or dimension_id,
        kind=text(found.get("type"), LONGEST_NAME).lower() or NUMBER,
        unit=text(found.get("unit"), LONGEST_NAME),
        description=text(found.get("description"), LONGEST_DESCRIPTION),
    )


def read_rows(data: Any, *, columns: int) -> list[BucketRow]:
    """Read the rows of a property, oldest first. Each must have a timestamp and `columns` values."""
    return sorted(read_list(data, lambda one: read_row(one, columns)), key=lambda row: row.at_ms)


def read_row(data: Any, columns: int) -> BucketRow:
    if not isinstance(data, list) or len(data) != columns + 1 or not is_number(data[0]) or abs(data[0]) > LAST_MS:
        raise BucketAnswerNotUnderstood(f"a row that is not a timestamp and {columns} values")
    return BucketRow(int(data[0]), tuple(map(read_value, data[1:])))


def read_value(value: Any) -> Value:
    if isinstance(value, str):
        return text(value, LONGEST_TEXT)
    if value is None or isinstance(value, bool) or is_number(value):
        return value  # type: ignore[no-any-return] # one of the types of Value
    raise BucketAnswerNotUnderstood("a value that is not a number, a text or a boolean")


def is_number(value: Any) -> bool:
    """Return True for a finite number that JavaScript can hold: not for NaN, and not for an integer of 400 digits."""
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False


def read_count(data: Any) -> int:
    """Return the number of rows from the answer `[[timestamp, count of each dimension…]…]`."""
    return sum(max(read_list(row[1:], count_of), default=0) for row in read_list(data, as_list))


def count_of(value: Any) -> int:
    if not is_number(value or 0):
        raise BucketAnswerNotUnderstood("a count that is not a number")
    return int(value or 0)


def read_list(data: Any, read: Callable[[Any], T]) -> list[T]:
    """Read each item of a list. Bucket sends lists bare, without an object around them."""
    return [read(item) for item in as_list(data)]


def as_list(data: Any) -> list[Any]:
    if not isinstance(data, list):
        raise BucketAnswerNotUnderstood("a list was expected")
    return data


def as_object(data: Any, what: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise BucketAnswerNotUnderstood(f"{what} that is not an object")
    return data


def read_id(found: dict[str, Any], what: str) -> str:
    value = found.get("id")
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise BucketAnswerNotUnderstood(f"{what} without an id")
    return value
