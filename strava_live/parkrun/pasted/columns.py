"""Read the header of a table: what each column has, by the names that parkrun and spreadsheets use."""

import csv
from typing import Literal

from strava_live.parkrun.titles import folded

Column = Literal["event", "day", "time", "seconds", "position", "note", "volunteered", ""]

NAMES: dict[str, Column] = {
    "event": "event",
    "event name": "event",
    "eventname": "event",
    "parkrun": "event",
    "location": "event",
    "run date": "day",
    "rundate": "day",
    "date": "day",
    "day": "day",
    "event date": "day",
    "pos": "position",
    "pos.": "position",
    "position": "position",
    "overall position": "position",
    "place": "position",
    "time": "time",
    "finish time": "time",
    "official time": "time",
    "official time s": "seconds",
    "elapsed time s": "seconds",
    "time s": "seconds",
    "seconds": "seconds",
    "result": "time",
    "note": "note",
    "notes": "note",
    "comment": "note",
    "volunteered": "volunteered",
    "volunteer": "volunteered",
    "role": "volunteered",
}
"""The column for each name in a header."""
IGNORED_NAMES = {
    "run number",
    "runnumber",
    "event number",
    "number",
    "age grade",
    "agegrade",
    "pb?",
    "pb",
    "gender",
    "#",
}
"""Names of columns whose cells are not imported."""
SEPARATORS = "\t;,"
NOT_VOLUNTEERED = {"", "no", "n", "false", "0", "-"}
"""Texts of the volunteering column that mean no. Every other text, such as a role, means yes."""


class Header:
    """The columns of a table and the character that separates them."""

    def __init__(self, columns: list[Column], separator: str) -> None:
        self.columns = columns
        self.separator = separator

    def cells(self, line: str) -> dict[Column, str] | None:
        """Return the cells by column. None if the line does not use the header's separator."""
        found = split(line, self.separator)
        if len(found) < 2:
            return None
        return {column: cell.strip() for column, cell in zip(self.columns, found, strict=False) if column}


def find_header(line: str) -> Header | None:
    """Return the header if the line names a date column and an event column."""
    for separator in SEPARATORS:
        if separator in line:
            columns = [NAMES.get(plain_name(cell), "") for cell in split(line, separator)]
            if "day" in columns and "event" in columns:
                return Header(columns, separator)
    return None


def is_heading(text: str) -> bool:
    """Return whether the line is the name of a column. Some browsers copy each cell of a table as a line of its own."""
    plain = plain_name(text)
    return plain in NAMES or plain in IGNORED_NAMES


def plain_name(name: str) -> str:
    """Return the name of a column as NAMES has it: "official time s" for official_time_s."""
    return folded(name).replace("_", " ").strip()


def split(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return line.split(separator)
