"""JSON and CSV files of an export: values, line breaks, and text that a spreadsheet would run."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_live.accounts.models import User
from strava_live.lifecycle.export.files import LONGEST_CELL, CsvWriter, JsonWriter, RowWriter, before_harmless, harmless
from strava_live.lifecycle.export.kinds import ExportedKind, json_only, plain

BRISBANE = ZoneInfo("Australia/Brisbane")
KIND = ExportedKind("values", User, "Values.", lambda user: iter([]), (*plain("number", "value"), json_only("route")))


@dataclass
class Row:
    value: Any
    number: int = -1
    route: str = "=_p~iF"


def written(writer: RowWriter, *chunks: list[Row]) -> str:
    return b"".join([writer.head(KIND), *(writer.rows(KIND, rows) for rows in chunks), writer.tail()]).decode()


def cell(value: Any) -> str:
    """Write a value as CSV, and read its cell back."""
    text = written(CsvWriter(BRISBANE), [Row(value)])
    assert text.startswith("\ufeffnumber,value\r\n-1,")
    ((_, _), (_, read)) = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    return read


def test_json_is_an_array_with_one_object_per_line() -> None:
    text = written(JsonWriter(), [Row("a\nb"), Row("“c”")], [], [Row(None)])

    assert [row["value"] for row in json.loads(text)] == ["a\nb", "“c”", None]
    assert len(text.splitlines()) == 5
    assert json.loads(written(JsonWriter())) == []


def test_json_keeps_types_and_writes_instants_in_utc() -> None:
    at = datetime(2026, 11, 21, 19, 2, 13, 5, tzinfo=BRISBANE)
    rows = json.loads(
        written(JsonWriter(), [Row(value) for value in (at, at.date(), -1.5, True, {"a": [at]}, "\ud800")])
    )

    assert [row["value"] for row in rows] == [
        *("2026-11-21T09:02:13.000005Z", "2026-11-21", -1.5, True),
        *({"a": ["2026-11-21T09:02:13.000005Z"]}, "\ud800"),
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain, with commas", "plain, with commas"),
        ('"quoted"\r\nand broken', '"quoted"\r\nand broken'),
        (-0.33, "-0.33"),
        (7_100_000_001, "7100000001"),
        (True, "yes"),
        (False, "no"),
        (None, ""),
        (date(2026, 11, 21), "2026-11-21"),
        (datetime(2026, 11, 21, 9, 2, 13, 5, tzinfo=UTC), "2026-11-21 19:02:13"),
        ([{"a": "ü"}], '[{"a": "ü"}]'),
        ("nul\0", "nul"),
        ("\ud800", "?"),
    ],
)
def test_cells_are_readable(value: Any, expected: str) -> None:
    assert cell(value) == expected


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", " =", "\t=", "\r=", "\n="])
@pytest.mark.parametrize("before", ["", "easy run;", "easy run\n", "easy run\t"])
def test_text_is_never_taken_for_a_formula(before: str, start: str) -> None:
    """A spreadsheet that expects semicolons or tabs sees a cell of its own after one."""
    shown = cell(f"{before}{start}cmd|' /C calc'!A0")

    assert start.strip() not in {part.strip()[:1] for part in shown.replace("\n", ";").replace("\t", ";").split(";")}
    assert shown.replace("'=", "=").count("cmd|") == 1


def test_minus_inside_a_sentence_stays() -> None:
    assert cell("25:14 - a PB @ Bushy, 1+1=2") == "25:14 - a PB @ Bushy, 1+1=2"


def test_long_text_fits_into_a_cell_of_excel() -> None:
    shown = cell("x" * 40_000)

    assert LONGEST_CELL < len(shown) < 32_767
    assert shown.endswith("… (the JSON file has the rest)")


@given(st.text("=+-@';\t \r\na1＝", max_size=12))
def test_text_can_be_got_back_from_what_a_spreadsheet_shows(text: str) -> None:
    assert before_harmless(harmless(text)) == text
