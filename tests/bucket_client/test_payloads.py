"""Bucket's answers are read whole, or not at all: nothing else than BucketAnswerNotUnderstood is raised."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_live.bucket_client.errors import BucketAnswerNotUnderstood
from strava_live.bucket_client.payloads import (
    read_count,
    read_list,
    read_person,
    read_property,
    read_rows,
    read_thing,
    read_tokens,
    read_type,
)
from strava_live.bucket_client.shapes import BucketRow, Dimension, PropertyType

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
DIMENSION = {"id": "count", "name": "Count", "description": "", "unit": "", "type": "number", "labels": []}
PROPERTY = {"id": "dcd:properties:1", "name": "Distance (m)", "type": {"id": "COUNT", "dimensions": [DIMENSION]}}
THING = {"id": "dcd:things:1", "name": "Running", "createdAt": "2026-11-27T09:00:00.000Z", "properties": [PROPERTY]}

READERS: list[Callable[[Any], Any]] = [
    read_thing,
    read_type,
    read_person,
    read_count,
    lambda data: read_list(data, read_thing),
    lambda data: read_property(data, thing_id="dcd:things:1"),
    lambda data: read_rows(data, columns=1),
    lambda data: read_tokens(data, now=NOW),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["id", "sub", "name", "type", "properties", "dimensions", "scope", "expires_in"])
            | st.sampled_from(["access_token", "refresh_token", "createdAt", "values"]),
            inner,
        )
    ),
)


@given(JSON)
def test_any_json_is_read_or_not_understood(data: Any) -> None:
    for read in READERS:
        with suppress(BucketAnswerNotUnderstood):
            read(data)


def test_thing_has_its_properties() -> None:
    thing = read_thing(THING)
    assert (thing.id, thing.name, thing.created_at) == ("dcd:things:1", "Running", NOW)
    (only,) = thing.properties
    assert (only.id, only.thing_id, only.name) == ("dcd:properties:1", "dcd:things:1", "Distance (m)")
    assert only.type.dimensions == (Dimension("count", "Count"),)


def test_list_of_things_has_no_dimensions() -> None:
    thing = read_thing(THING | {"properties": [PROPERTY | {"type": {"id": "COUNT", "name": "Count"}}]})
    assert thing.properties[0].type == PropertyType("COUNT", "Count", dimensions=None)


def test_property_whose_type_was_deleted_is_read() -> None:
    assert read_property(PROPERTY | {"type": None}, thing_id="dcd:things:1").type == PropertyType("")


@pytest.mark.parametrize("strange", [None, "", 7, "a/../b", "..", "a" * 201, "dcd:things:1?x", "dcd things"])
def test_id_that_would_change_an_address_is_not_understood(strange: object) -> None:
    with pytest.raises(BucketAnswerNotUnderstood):
        read_thing(THING | {"id": strange})


def test_list_with_one_strange_item_is_not_understood_so_that_nothing_is_made_twice() -> None:
    with pytest.raises(BucketAnswerNotUnderstood):
        read_list([THING, {"name": "Running"}], read_thing)


def test_list_in_an_object_is_not_understood() -> None:
    with pytest.raises(BucketAnswerNotUnderstood):
        read_list({"things": [THING]}, read_thing)


def test_rows_are_sorted_by_time() -> None:
    assert read_rows([[2000, 5.5], [1000, None]], columns=1) == [BucketRow(1000, (None,)), BucketRow(2000, (5.5,))]


@pytest.mark.parametrize(
    "row",
    [
        [],
        [1000],
        [1000, 1, 2],
        ["1000", 1],
        [True, 1],
        [1000, {}],
        [1000, [1]],
        [float("nan"), 1],
        [1000, float("inf")],
    ],
)
def test_row_of_another_shape_is_not_understood(row: list[Any]) -> None:
    with pytest.raises(BucketAnswerNotUnderstood):
        read_rows([[500, 1], row], columns=1)


def test_text_of_a_row_is_storable() -> None:
    assert read_rows([[1, "a\0b\ud800"]], columns=1)[0].values == ("a\ufffdb\ufffd",)


def test_rows_are_counted_by_their_fullest_dimension() -> None:
    assert read_count([]) == 0
    assert read_count([[0, 12]]) == 12
    assert read_count([[0, 12, 10, None]]) == 12
    assert read_count([[0, 3], [60_000, 4]]) == 7


@pytest.mark.parametrize("answer", [None, {}, [7], [[0, "many"]]])
def test_other_counts_are_not_understood(answer: Any) -> None:
    with pytest.raises(BucketAnswerNotUnderstood):
        read_count(answer)


def test_tokens_have_scopes_and_an_end() -> None:
    answer = {"access_token": "a.b", "refresh_token": "r.s", "expires_in": 8_640_000, "scope": "openid dcd:things"}
    tokens = read_tokens(answer, now=NOW)
    assert (tokens.access, tokens.refresh) == ("a.b", "r.s")
    assert tokens.expires_at == NOW + timedelta(days=100)
    assert tokens.scopes == {"openid", "dcd:things"}
    assert "a.b" not in repr(tokens)
    assert "r.s" not in repr(tokens)


def test_tokens_without_offline_have_no_refresh_token() -> None:
    assert read_tokens({"access_token": "a"}, now=NOW).refresh == ""
    assert read_tokens({"access_token": "a"}, now=NOW, refresh="kept").refresh == "kept"


@pytest.mark.parametrize("lifetime", [{}, {"expires_in": 10**40}, {"expires_in": -1}, {"expires_in": "soon"}])
def test_tokens_with_a_strange_lifetime_have_an_end(lifetime: dict[str, Any]) -> None:
    assert read_tokens({"access_token": "a"} | lifetime, now=NOW).expires_at > NOW


def test_person_without_the_scope_profile_has_a_username() -> None:
    person = read_person({"sub": "dcd:persons:alva"})
    assert (person.id, person.username, person.name, person.email) == ("dcd:persons:alva", "alva", "", "")
