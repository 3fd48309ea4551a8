"""A whole text: a results table as a browser copies it, a results e-mail, a CSV.

Tolerant: what is not understood is said, line by line, and the rest is read. A row is found by its date. A header says
what its columns hold; without one, what stands before the date is the event, and the figures are told by their looks.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from strava_live.parkrun.pasted.cells import (
    DATE,
    TIME,
    Unreadable,
    day_of,
    only_figures,
    position_of,
    read_seconds,
    read_time,
    seconds_of,
)
from strava_live.parkrun.pasted.columns import NOT_VOLUNTEERED, Column, Header, header_of, is_heading
from strava_live.parkrun.pasted.mail import Mail, read_mail
from strava_live.parkrun.pasted.order import Decision, Order, decide_order
from strava_live.parkrun.pasted.owner import Owner, owner_in
from strava_live.parkrun.titles import folded, words

MOST_ROWS = 5_000
MOST_DATES = 6_000
"""Dates that are looked at to see whether the month comes first."""
LONGEST_NAME = 120
LONGEST_NOTE = 500
LONGEST_LINE = 1_000
SHOWN_OF_A_LINE = 80
AROUND_CELLS = " \t,;|"
NO_DATE = "No date"
NO_TIME = "No time on this line. Is it complete?"


class TooMuch(ValueError):
    """More than is read at once; its text says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One parkrun as it stands in the text."""

    line: int
    event: str
    day: date
    time_s: int | None = None
    position: int | None = None
    note: str = ""
    volunteered: bool = False

    @property
    def said(self) -> tuple[object, ...]:
        return self.time_s, self.position, self.note, self.volunteered


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that was not taken, and why."""

    line: int
    text: str
    words: str


@dataclass(slots=True)
class Reading:
    """`passed` counts lines with neither a date nor a time: headings, names, the rest of the page."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    passed: int = 0
    owner: Owner = field(default_factory=Owner)
    either: tuple[date, date] | None = None
    """One of its dates read with the day and with the month first, if nothing says which comes first."""


@dataclass(frozen=True, slots=True)
class _Dates:
    """What it takes to read a date: nothing after `today` has been run yet."""

    today: date
    month_first: bool

    def read(self, found: re.Match[str] | None) -> date:
        if found is None:
            raise Unreadable(NO_DATE)
        return day_of(found, today=self.today, month_first=self.month_first)


def read_results(text: str, *, today: date, order: Order | None = None) -> Reading:
    """`order`: whether day or month comes first, as the athlete says; without it the text decides."""
    text = unicodedata.normalize("NFC", text)
    decision = Decision(order) if order else decide_order(islice(DATE.finditer(text), MOST_DATES), today=today)
    dates = _Dates(today, decision.order is Order.MONTH_FIRST)
    reading = Reading(owner=owner_in(text), either=decision.either)
    mail = read_mail(text)
    if mail is not None:
        try:
            reading.rows.append(_from_mail(mail, dates))
        except Unreadable as error:
            reading.faults.append(Fault(mail.line, _shortened(mail.event), str(error)))
        return reading
    header: Header | None = None
    for number, line in _whole_rows(text):
        if len(line) > LONGEST_LINE:
            reading.faults.append(Fault(number, _shortened(line), "Too long to be a line of results"))
            continue
        named = header_of(line)
        if named is not None:
            header = named
        elif DATE.search(line) or TIME.search(line):
            _take(reading, number, line, header, dates)
        else:
            reading.passed += 1
    return _without_doubles(reading)


def _take(reading: Reading, number: int, line: str, header: Header | None, dates: _Dates) -> None:
    if len(reading.rows) + len(reading.faults) >= MOST_ROWS:
        raise TooMuch(f"That's more than {MOST_ROWS:,} lines. Paste them in parts.")
    try:
        reading.rows.append(_from_line(number, line, header, dates))
    except Unreadable as error:
        reading.faults.append(Fault(number, _shortened(line), str(error)))


def _whole_rows(text: str) -> Iterator[tuple[int, str]]:
    """Its lines. Where each cell has a line of its own, those of a row are put together."""
    number, cells, dated = 0, list[str](), False
    for at, written in enumerate(text.splitlines(), start=1):
        line = written.strip(" ")[: LONGEST_LINE + 1]  # no pattern is let loose on a megabyte
        if not line.strip() or is_heading(line):
            continue
        alone = DATE.fullmatch(line.strip()) is not None
        if (dated and only_figures(line)) or (alone and cells and not dated and not TIME.search(cells[0])):
            cells.append(line)
            dated = True
            continue
        if cells:
            yield number, "\t".join(cells)
        number, cells, dated = at, [line], DATE.search(line) is not None
    if cells:
        yield number, "\t".join(cells)


def _from_line(number: int, line: str, header: Header | None, dates: _Dates) -> Row:
    cells = header.cells(line) if header else None
    if header and cells and DATE.search(cells.get("day", "")):
        return _by_columns(number, header, cells, dates)
    return _by_looks(number, line, dates)


def _by_columns(number: int, header: Header, cells: dict[Column, str], dates: _Dates) -> Row:
    event, day = _event(cells.get("event", "")), dates.read(DATE.search(cells.get("day", "")))
    volunteered = folded(cells.get("volunteered", "")).strip() not in NOT_VOLUNTEERED
    junior, timed = _is_junior(event), {"time", "seconds"} & {*header.columns}
    time_s = read_time(cells.get("time", ""), junior=junior) or read_seconds(cells.get("seconds", ""), junior=junior)
    if time_s is None and timed and not volunteered:
        raise Unreadable(NO_TIME)
    written = cells.get("position", "")
    position = position_of(written)
    if written and position is None:
        raise Unreadable(f"“{written[:20]}” isn't a valid position")
    return Row(number, event, day, time_s, position, cells.get("note", "")[:LONGEST_NOTE], volunteered)


def _by_looks(number: int, line: str, dates: _Dates) -> Row:
    line = re.sub(rf"[{AROUND_CELLS}]{{5,}}", "  ", line)  # a long run of blanks tells no more than a short one
    found = DATE.search(line)
    if found is None:
        raise Unreadable(NO_DATE)
    before, after = line[: found.start()].strip(AROUND_CELLS), line[found.end() :].strip(AROUND_CELLS)
    if not before:
        # The date comes first: the event is what follows, up to the first figure.
        figures = re.search(rf"(?:^|[{AROUND_CELLS}]+)(?=[#\d])|$", after)
        before, after = (after[: figures.start()], after[figures.start() :]) if figures else ("", after)
    if early := TIME.search(before):
        before, after = before[: early.start()], f"{before[early.start() :]} {after}"
    event, day = _event(before), dates.read(found)
    time = TIME.search(after)
    if time is None:
        raise Unreadable(NO_TIME)
    numbers = [position_of(cell) for cell in re.split(r"[\s,;|]+", after[: time.start()]) if cell]
    position = next((position for position in reversed(numbers) if position), None)
    return Row(number, event, day, seconds_of(time, junior=_is_junior(event)), position)


def _from_mail(mail: Mail, dates: _Dates) -> Row:
    event = _event(mail.event)
    if mail.date is None:
        raise Unreadable("The email has no date: add one above it, such as 1 June 2024")
    day = dates.read(mail.date)
    time_s = seconds_of(mail.time, junior=_is_junior(event)) if mail.time else None
    if time_s is None and not mail.volunteered:
        raise Unreadable(NO_TIME)
    return Row(mail.line, event, day, time_s, position_of(mail.position), volunteered=mail.volunteered)


def _event(name: str) -> str:
    event = " ".join(name.strip(AROUND_CELLS).split())
    if not any(letter.isalpha() for letter in event):
        raise Unreadable("No event name")
    if len(event) > LONGEST_NAME:
        raise Unreadable("The text before the date is too long for an event name")
    return event


def _is_junior(event: str) -> bool:
    return "junior" in folded(event)


def _without_doubles(reading: Reading) -> Reading:
    """A page may show its newest rows twice. Two that differ cannot both be right: the first is taken."""
    kept: dict[tuple[object, ...], Row] = {}
    for row in reading.rows:
        first = kept.setdefault((words(row.event), _is_junior(row.event), row.day), row)
        if first.said != row.said:
            said = f"Line {first.line} has different details for the same parkrun"
            reading.faults.append(Fault(row.line, _shortened(f"{row.event} {row.day:%d/%m/%Y}"), said))
    reading.rows = list(kept.values())
    reading.faults.sort(key=lambda fault: fault.line)
    return reading


def _shortened(line: str) -> str:
    plain = " ".join(line[: 4 * SHOWN_OF_A_LINE].split())
    return plain if len(plain) <= SHOWN_OF_A_LINE else f"{plain[:SHOWN_OF_A_LINE]}…"
