"""What the table of the export is made of: kinds of rows, and the columns that their files have."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.db.models import Model, QuerySet

from strava_live.accounts.models import User

Rows = QuerySet[Any] | Iterator[list[Any]]
"""The rows of one kind: a queryset, or chunks of rows that were found in another way."""

CONFIDENTIAL = "It is a secret, or a hash of one. A copy on your device could let another person in."
INTERNAL = "It says which of our processes is at work just now."
YOU = "It is the number of your account, which profile.json has."
LISTED_EVENTS_ONLY = "It is empty for events that a person has named. Only parkrun's own list fills it."


@dataclass(frozen=True)
class Column:
    """One column of a CSV file, and one key of each object in a JSON file."""

    name: str
    value: Callable[[Any], Any]
    """Returns the value for a row: text, a number, True or False, None, a date, a time, or a list or dict of these."""
    field: str = ""
    """The field of the model that the column shows; "" if the value is computed from other fields."""
    in_csv: bool = True


@dataclass(frozen=True)
class ExportedKind:
    """The rows of one model that are about a person: json/<name>.json and csv/<name>.csv."""

    name: str
    model: type[Model]
    about: str
    """What the rows are, in README.txt."""
    rows: Callable[[User], Rows]
    columns: tuple[Column, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    """The fields of the model that no column shows, each with the reason."""


def plain(*names: str) -> tuple[Column, ...]:
    """Return columns that show fields of the model as they are."""
    return tuple(Column(name, attrgetter(name), name) for name in names)


def shown(name: str, field_name: str, value: Callable[[Any], Any]) -> Column:
    """Return a column that shows a field under another name, or in another form."""
    return Column(name, value, field_name)


def json_only(name: str) -> Column:
    """Return a column for a field that is of no use in a spreadsheet."""
    return Column(name, attrgetter(name), name, in_csv=False)


def left_out(reason: str, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, reason)
