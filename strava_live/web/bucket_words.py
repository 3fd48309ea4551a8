"""The words of the pages below /bucket/: types of Properties, values and their times, and the state of sendings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format

from strava_live.bucket.models import Sending
from strava_live.bucket.wording import progress_sentence, state_sentence
from strava_live.bucket_client.shapes import NUMBER, BucketRow, Dimension, PropertyType, Value
from strava_live.bucket_client.stock_types import STOCK_TYPES
from strava_live.formats import utc_text
from strava_live.web.bucket_chart import format_number, instant, moment_words

NAMES_OF_TYPES = {
    "CPU": "CPU",
    "WIFI": "Wi-Fi",
    "MQTT_STATUS": "MQTT status",
    "CLASS": "Class (a word)",
    "BINARY": "Yes or no",
}
"""Names of types that are not simply their ids in lower case."""
WHY = {
    Sending.SendingReason.ASKED: "Because you asked for it",
    Sending.SendingReason.FOLLOWING: "By itself, after a change",
}


@dataclass(frozen=True, slots=True)
class Cell:
    words: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class TableColumn:
    label: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class TableRow:
    time: str
    iso: str
    cells: list[Cell]


def type_name(type_id: str) -> str:
    """Return the name of a type: HEART_RATE → "Heart rate"."""
    return NAMES_OF_TYPES.get(type_id) or type_id.replace("_", " ").capitalize()


def type_words(found: PropertyType) -> str:
    """Return a type with its unit, or with several columns: "Heart rate: Heart Rate (BPM), RR-Interval (s)"."""
    name, dimensions = type_name(found.id or found.name), found.dimensions or ()
    if len(dimensions) == 1:
        return f"{name} ({dimensions[0].unit})" if dimensions[0].unit else name
    return f"{name}: {', '.join(map(column_label, dimensions))}" if dimensions else name


def type_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the types that can be chosen for a Property, in groups."""
    one_number, one_text, several = "A number", "A text or a yes/no", "Several numbers"
    groups: dict[str, list[tuple[str, str]]] = {one_number: [], one_text: [], several: []}
    for stock in STOCK_TYPES.values():
        dimensions = stock.dimensions or ()
        group = several if len(dimensions) > 1 else one_number if dimensions[0].kind == NUMBER else one_text
        groups[group].append((stock.id, type_words(stock)))
    return [(name, sorted(choices, key=lambda choice: choice[1])) for name, choices in groups.items()]


def column_label(dimension: Dimension) -> str:
    return f"{dimension.name} ({dimension.unit})" if dimension.unit else dimension.name


def columns_of(dimensions: Iterable[Dimension]) -> list[TableColumn]:
    return [TableColumn(column_label(one), one.kind == NUMBER) for one in dimensions]


def table_rows(rows: Iterable[BucketRow], zone: ZoneInfo) -> list[TableRow]:
    return [
        TableRow(moment_words(at_ms, zone), utc_text(instant(at_ms, zone), "milliseconds"), list(map(cell, values)))
        for at_ms, values in rows
    ]


def cell(value: Value) -> Cell:
    if value is None:
        return Cell("–", is_number=False)
    if isinstance(value, bool):
        return Cell("true" if value else "false", is_number=False)
    if isinstance(value, str):
        return Cell(value, is_number=False)
    return Cell(format_number(value), is_number=True)


def example_row(dimensions: Sequence[Dimension]) -> str:
    """Return a row as a person can type it, for these dimensions."""
    examples = {NUMBER: "5.2", "boolean": "true"}
    values = [examples.get(one.kind, '"A text, with a comma"') for one in dimensions]
    return ",".join(["2026-11-21T09:00", *values])


def sending_words(sending: Sending) -> str:
    """Return the progress of a sending or, if it has failed or had nothing to send, a sentence about that."""
    if sending.state in Sending.LIVE or sending.state == Sending.SendingState.CANCELLED:
        return progress_sentence(sending)
    if sending.state == Sending.SendingState.FINISHED and (sending.sent or sending.deleted) and not sending.missing:
        return progress_sentence(sending)
    return state_sentence(sending)


def wait_words(what: str, soon: str, sending: Sending | None) -> str:
    """Return "Carrying on at 22:45" for `what` "Carrying on", or `soon` if the time is not known."""
    if sending is None or sending.wait_until is None:
        return soon
    return f"{what} at {date_format(timezone.localtime(sending.wait_until), 'H:i')}"
