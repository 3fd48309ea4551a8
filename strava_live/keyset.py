"""Keyset paging of lists, newest first: the next page begins after the last row shown, not after a number of rows.

Two columns order a list: when a row happened, and a number that no other row of the list has. Their values are the
row's place. As text in an address they are a cursor. Rows that are added or removed between two requests do not change
the place of another row. An index on both columns finds a place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, Generic, Self, TypeVar

from django.db import models
from django.http import Http404

from strava_live.formats import utc_iso_exact

Row = TypeVar("Row", bound=models.Model)
Place = tuple[Any, int]

BEFORE, AFTER = "before", "after"
"""The first word of a window's cursor: "before" leads to the rows older than a place, "after" to newer ones."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class InvalidCursor(Http404):
    """The cursor in the address is malformed. The page answers 404."""


@dataclass(frozen=True)
class Keyset:
    """The two columns that order a list, and how their values are written in a cursor."""

    when: str
    """The name of the column that says when a row happened."""
    number: str
    """The name of the column with a number that is unique in the list."""
    write: Callable[[Any], str]
    """Turns a value of `when` into text."""
    read: Callable[[str], Any]
    """Turns that text back into a value. Raises ValueError or OverflowError for other texts."""

    def place_of(self, row: models.Model) -> Place:
        return getattr(row, self.when), getattr(row, self.number)

    def cursor(self, place: Place) -> str:
        return f"{self.write(place[0])},{place[1]}"

    def place(self, cursor: str) -> Place:
        """Read a cursor. Raise InvalidCursor if it is malformed, or if its number fits in no column."""
        when, _, number = cursor.partition(",")
        try:
            return self.read(when), read_number(number)
        except (ValueError, OverflowError):
            raise InvalidCursor from None


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list, newest first."""

    rows: list[Row]
    older: str
    """The cursor for the page of older rows; "" if there are none."""


@dataclass(frozen=True)
class KeysetWindow(Generic[Row]):
    """Some rows of a list, newest first, and the cursors of the windows around them."""

    rows: list[Row]
    next: str
    """The cursor for the window of older rows; "" if there are none."""
    previous: str
    """The cursor for the window of newer rows; "" if there are none."""


class KeysetQuerySet(models.QuerySet[Row]):
    """A queryset whose rows are listed in the order of `keyset`."""

    keyset: ClassVar[Keyset]

    def newest_first(self) -> Self:
        return self.order_by(f"-{self.keyset.when}", f"-{self.keyset.number}")

    def older_than(self, when: Any, number: int) -> Self:
        """Return the rows older than this place. The condition on `when` alone lets the database use an index."""
        keyset = self.keyset
        return self.filter(**{f"{keyset.when}__lte": when}).exclude(
            **{keyset.when: when, f"{keyset.number}__gte": number}
        )

    def newer_than(self, when: Any, number: int) -> Self:
        """Return the rows newer than this place."""
        keyset = self.keyset
        return self.filter(**{f"{keyset.when}__gte": when}).exclude(
            **{keyset.when: when, f"{keyset.number}__lte": number}
        )

    def page(self, size: int, *, before: str = "") -> Page[Row]:
        """Return the newest `size` rows; with the cursor `before`, the newest of those older than its place.

        Raise InvalidCursor if the cursor is malformed.
        """
        rows = self.newest_first()
        if before:
            rows = rows.older_than(*self.keyset.place(before))
        found = list(rows[: size + 1])
        older = self.cursor_of(found[size - 1]) if len(found) > size else ""
        return Page(found[:size], older)

    def window(self, size: int, cursor: str = "") -> KeysetWindow[Row]:
        """Return the newest `size` rows, or those that `next` or `previous` of another window leads to.

        Raise InvalidCursor if the cursor is malformed. A client that follows `next` to the end, and then `previous` to
        the start, gets every row once on each way, also if other rows are added or removed meanwhile.
        """
        direction, _, place = cursor.partition(".")
        if not cursor:
            return self.window_older(size, None)
        if direction == BEFORE:
            return self.window_older(size, self.keyset.place(place))
        if direction == AFTER:
            return self.window_newer(size, self.keyset.place(place))
        raise InvalidCursor

    def window_older(self, size: int, place: Place | None) -> KeysetWindow[Row]:
        """Return the newest rows that are older than this place. If `place` is None, return the newest of all."""
        rows = self.newest_first()
        found = list((rows.older_than(*place) if place else rows)[: size + 1])
        more, found = len(found) > size, found[:size]
        following = f"{BEFORE}.{self.cursor_of(found[-1])}" if more else ""
        if place is None:
            return KeysetWindow(found, following, "")
        # Without rows, `previous` leads to the row at this place, the last of the window before, and to newer ones.
        first = self.keyset.place_of(found[0]) if found else (place[0], max(0, place[1] - 1))
        return KeysetWindow(found, following, self.cursor_if(AFTER, self.newer_than(*first), first))

    def window_newer(self, size: int, place: Place) -> KeysetWindow[Row]:
        """Return the oldest rows that are newer than this place, newest first."""
        keyset = self.keyset
        found = list(self.newer_than(*place).order_by(keyset.when, keyset.number)[: size + 1])
        more, found = len(found) > size, found[:size][::-1]
        previous = f"{AFTER}.{self.cursor_of(found[0])}" if more else ""
        last = keyset.place_of(found[-1]) if found else (place[0], min(place[1] + 1, models.BigIntegerField.MAX_BIGINT))
        return KeysetWindow(found, self.cursor_if(BEFORE, self.older_than(*last), last), previous)

    def cursor_if(self, direction: str, rows: Self, place: Place) -> str:
        """Return the cursor that leads from this place to these rows; "" if there are none.

        Read one row in the order of the list, so that Postgres uses the index. For `exists`, which has no order, it
        reads the table from its start, and half of it if only the later rows match.
        """
        some = rows.newest_first().values_list(self.keyset.number)[:1]
        return f"{direction}.{self.keyset.cursor(place)}" if list(some) else ""

    def cursor_of(self, row: Row) -> str:
        return self.keyset.cursor(self.keyset.place_of(row))


def seconds_since_epoch(at: datetime) -> str:
    return str(round(at.timestamp()))


def from_seconds(text: str) -> datetime:
    return EPOCH + timedelta(seconds=int(text))


def aware_datetime(text: str) -> datetime:
    """Read a time with its UTC offset. Refuse the years 1 and 9999: in another zone, the year could be 0 or 10000."""
    at = datetime.fromisoformat(text)
    if at.utcoffset() is None or not 1 < at.year < 9999:
        raise ValueError(text)
    return at


def by_day(when: str, number: str) -> Keyset:
    return Keyset(when, number, date.isoformat, date.fromisoformat)


def by_second(when: str, number: str) -> Keyset:
    return Keyset(when, number, seconds_since_epoch, from_seconds)


def by_microsecond(when: str, number: str) -> Keyset:
    return Keyset(when, number, utc_iso_exact, aware_datetime)


def by_number(number: str) -> Keyset:
    """Order a list by one number alone, which grows from row to row."""
    return Keyset(number, number, str, read_number)


def read_number(text: str) -> int:
    number = int(text)
    if not 0 <= number <= models.BigIntegerField.MAX_BIGINT:
        raise ValueError(text)
    return number
