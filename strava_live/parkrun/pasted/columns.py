"""The header of a table: which column holds what, in whatever order and under whatever name."""

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
OTHERS = {"run number", "runnumber", "event number", "number", "age grade", "agegrade", "pb?", "pb", "gender", "#"}
SEPARATORS = "\t;,"
NOT_VOLUNTEERED = {"", "no", "n", "false", "0", "-"}


class Header:
    """The columns of a table and what stands between them."""

    def __init__(self, columns: list[Column], separator: str) -> None:
        self.columns = columns
        self.separator = separator

    def cells(self, line: str) -> dict[Column, str] | None:
        """None when the line is not cut as its header is."""
        found = split(line, self.separator)
        if len(found) < 2:
            return None
        return {column: cell.strip() for column, cell in zip(self.columns, found, strict=False) if column}


def header_of(line: str) -> Header | None:
    """A line that names a date and an event is one."""
    for separator in SEPARATORS:
        if separator in line:
            columns = [NAMES.get(_plain(cell), "") for cell in split(line, separator)]
            if "day" in columns and "event" in columns:
                return Header(columns, separator)
    return None


def is_heading(text: str) -> bool:
    """A column's name on a line of its own, as some browsers copy a table."""
    plain = _plain(text)
    return plain in NAMES or plain in OTHERS


def _plain(name: str) -> str:
    """A column's name as NAMES has it: official_time_s is official time s."""
    return folded(name).replace("_", " ").strip()


def split(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return line.split(separator)
