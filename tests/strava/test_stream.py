"""The streaming parser yields what `json.loads` returns, as early as possible, for chunks of any size."""

import json
import re
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from strava_live.strava.errors import Garbled
from strava_live.strava.stream import FREE_ATTEMPTS, ArrayParser
from tests.strava.payloads import summary

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.lists(st.dictionaries(st.text(), JSON, max_size=5), max_size=6)


def parsed(chunks: Iterable[bytes], **options: int) -> list[Any]:
    parser = ArrayParser(**options)
    return [item for chunk in chunks for item in parser.feed(chunk)] + list(parser.close())


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({min(place, len(data)) for place in cuts})
    return [data[low:high] for low, high in zip([0, *places], [*places, len(data)], strict=True)]


def same(one: Any, other: Any) -> bool:
    return repr(one) == repr(other)  # nan is not equal to itself


@given(
    items=OBJECTS | st.lists(JSON, max_size=5),
    cuts=st.lists(st.integers(0, 400), max_size=20),
    ascii_only=st.booleans(),
    indent=st.none() | st.integers(0, 2),
)
@example(items=[{"polyline": '}{\\"}'}], cuts=[*range(40)], ascii_only=True, indent=None)
@example(items=[{"name": "\ud83d"}, {"name": "🏃"}], cuts=[*range(60)], ascii_only=True, indent=None)
@example(items=[{"name": "🏃é"}], cuts=[*range(60)], ascii_only=False, indent=2)
@example(items=[12, 345, -1.5e3, True, None, "x", [1]], cuts=[*range(60)], ascii_only=True, indent=None)
def test_parser_equals_loads_for_any_chunks(
    items: list[Any], cuts: list[int], ascii_only: bool, indent: int | None
) -> None:
    text = json.dumps(items, ensure_ascii=ascii_only, indent=indent)
    data = text.encode("utf-8", "replace")
    assert same(parsed(cut(data, cuts)), json.loads(data))


@given(
    data=st.binary(max_size=60) | st.text('[]{}",:1 \\nul', max_size=60).map(str.encode),
    cuts=st.lists(st.integers(0, 60)),
)
def test_parser_accepts_and_refuses_what_loads_does(data: bytes, cuts: list[int]) -> None:
    try:
        expected = json.loads(data.decode("utf-8-sig"))
    except ValueError:
        expected = None
    if isinstance(expected, list):
        assert same(parsed(cut(data, cuts)), expected)
    else:
        with pytest.raises(Garbled):
            parsed(cut(data, cuts))


@pytest.mark.parametrize("size", [1, 7, 100, 1460, 16_384, 10**6])
def test_parser_reads_a_page_in_chunks_of_any_size(size: int) -> None:
    page = [summary(number) for number in range(1, 8)]
    data = json.dumps(page, ensure_ascii=False).encode()
    assert parsed(data[at : at + size] for at in range(0, len(data), size)) == page


def test_parser_yields_an_activity_with_its_last_byte() -> None:
    parser = ArrayParser()
    data = json.dumps([summary(1), summary(2)]).encode()
    given_after = [len(list(parser.feed(data[at : at + 1]))) for at in range(len(data))]
    ends = [match.end() - 1 for match in re.finditer(rb'"hide_from_home": false\}', data)]
    assert [at for at, count in enumerate(given_after) if count] == ends


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[",
        b'[{"a": 1}',
        b'[{"a": 1},',
        b'[{"a": 1},]',
        b"[,]",
        b'[{"a": 1}]]',
        b'[{"a": 1}] more',
        b'{"message": "Rate Limit Exceeded"}',
        b"<!DOCTYPE HTML>",
        b'"text"',
        b"12",
        b"null",
        b"[nonsense]",
        b'[{"a": nonsense}]',
        b'[{"a": "\xff"}]',
        b'[{"a": "' + b"x" * 40,
        b"[" * 100_000,
    ],
)
def test_parser_refuses_what_is_not_a_complete_array(data: bytes) -> None:
    with pytest.raises(Garbled):
        parsed([data])
    with pytest.raises(Garbled):
        parsed(data[at : at + 1] for at in range(min(len(data), 500)))


def test_parser_refuses_an_incomplete_character() -> None:
    with pytest.raises(Garbled):
        parsed([b"[] \xc3"])


def test_parser_yields_what_precedes_an_error() -> None:
    parser = ArrayParser()
    assert list(parser.feed(b'[{"id": 1}, {"id": 2}, {"id"')) == [{"id": 1}, {"id": 2}]
    with pytest.raises(Garbled, match="stops in the middle"):
        list(parser.close())


def test_parser_limits_the_length_of_an_item() -> None:
    with pytest.raises(Garbled, match="longer than 1000"):
        parsed([b'[{"a": "', b"x" * 600, b"x" * 600], max_item=1000)


def test_parser_stays_cheap_if_every_byte_is_a_brace(monkeypatch: pytest.MonkeyPatch) -> None:
    scanned = 0
    real = json.JSONDecoder().raw_decode

    def counting(text: str, at: int) -> tuple[Any, int]:
        nonlocal scanned
        scanned += len(text) - at
        return real(text, at)

    monkeypatch.setattr("strava_live.strava.stream.decode_item", counting)
    data = json.dumps([{"polyline": "}" * 5000}, {"id": 2}]).encode()
    assert parsed(data[at : at + 1] for at in range(len(data))) == json.loads(data)
    assert scanned < FREE_ATTEMPTS * 200 + 10 * len(data)
