"""The words for types of Properties, and for values."""

import pytest

from strava_live.bucket.typed_rows import read_rows
from strava_live.bucket_client.shapes import Dimension, PropertyType, Value
from strava_live.bucket_client.stock_types import STOCK_TYPES
from strava_live.time_zones import UTC_ZONE
from strava_live.web.bucket_words import cell, example_row, type_choices, type_words


@pytest.mark.parametrize(
    ("type_id", "words"),
    [
        ("COUNT", "Count"),
        ("PRESSURE", "Pressure (hPa)"),
        ("ALTITUDE", "Altitude (m)"),
        ("HEART_RATE", "Heart rate: Heart Rate (BPM), RR-Interval (s)"),
        ("GYROSCOPE", "Gyroscope: x (rad/s), y (rad/s), z (rad/s)"),
        ("BINARY", "Yes or no"),
        ("CPU", "CPU (%)"),
    ],
)
def test_words_of_types(type_id: str, words: str) -> None:
    assert type_words(STOCK_TYPES[type_id]) == words


def test_type_that_other_apps_have_made() -> None:
    dimensions = (Dimension("date", "Date", "string"), Dimension("hr", "Average HR", "number", "BPM"))

    assert type_words(PropertyType("DAILY_HR", dimensions=dimensions)) == "Daily hr: Date, Average HR (BPM)"
    assert type_words(PropertyType("DAILY_HR")) == "Daily hr"


def test_each_stock_type_can_be_chosen_by_a_name_of_its_own() -> None:
    choices = [choice for _, group in type_choices() for choice in group]

    assert sorted(type_id for type_id, _ in choices) == sorted(STOCK_TYPES)
    assert len({words for _, words in choices}) == len(choices)


@pytest.mark.parametrize("type_id", STOCK_TYPES)
def test_example_of_a_row_can_be_read(type_id: str) -> None:
    dimensions = STOCK_TYPES[type_id].dimensions or ()

    read = read_rows(example_row(dimensions), dimensions, UTC_ZONE)

    assert (len(read.rows), read.faults) == (1, [])


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (7, "7"),
        (5012.0, "5,012"),
        (5.25, "5.25"),
        (-0.5, "-0.5"),
        (1e22, "1e+22"),
        (True, "true"),
        (False, "false"),
        (None, "–"),
        ("5", "5"),
        ("", ""),
    ],
)
def test_words_of_values(value: Value, words: str) -> None:
    assert cell(value).words == words
