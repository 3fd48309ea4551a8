"""Read a whole text: a results table as a browser copies it, a results e-mail, or a CSV.

In a table, each line with a date or a time is taken for a result. If it cannot be read, it becomes a fault, and the
rest is still read. A header says what the columns are. Without a header, the text before the date is the event, or the
text after it in a line that begins with the date. Times and positions are then recognised by their form.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from strava_live.parkrun.pasted.cells import (
    SHOWN_OF_A_CELL,
    TIME,
    only_figures,
    read_position,
    read_seconds,
    read_time,
    seconds_of,
)
from strava_live.parkrun.pasted.columns import NOT_VOLUNTEERED, Column, Header, find_header, is_heading
from strava_live.parkrun.pasted.dates import DATE, DateOrder, OrderDecision, decide_order, read_date
from strava_live.parkrun.pasted.faults import FaultCode, LineFault, Unreadable, UnusablePaste
from strava_live.parkrun.pasted.mail import ResultsMail, find_mail
from strava_live.parkrun.pasted.owner import PasteOwner, find_owner
from strava_live.parkrun.titles import folded, is_junior, words

MOST_ROWS = 5_000
"""The largest number of lines with results."""
MOST_DATES_COMPARED = 6_000
"""How many dates are compared to find out whether the day or the month comes first."""
LONGEST_NAME = 120
LONGEST_NOTE = 500
LONGEST_LINE = 1_000
SHOWN_OF_A_LINE = 80
"""How many characters of an unreadable line an error message repeats."""
AROUND_CELLS = " \t,;|"
"""Characters that separate cells."""


@dataclass(frozen=True, slots=True)
class PastedRow:
    """One result in the text."""

    line: int
    event: str
    day: date
    time_s: int | None = None
    position: int | None = None
    note: str = ""
    volunteered: bool = False

    @property
    def details(self) -> tuple[object, ...]:
        return self.time_s, self.position, self.note, self.volunteered


@dataclass(slots=True)
class Reading:
    """What was read from a text. If the dates do not decide the order, `ambiguous` is one of them, read both ways."""

    rows: list[PastedRow] = field(default_factory=list)
    faults: list[LineFault] = field(default_factory=list)
    owner: PasteOwner = field(default_factory=PasteOwner)
    ambiguous: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class DateReader:
    """Read the dates of one text, all with the day first or all with the month first."""

    today: date
    order: DateOrder

    def read(self, found: re.Match[str] | None) -> date:
        if found is None:
            raise Unreadable(FaultCode.NO_DATE)
        return read_date(found, self.order, today=self.today)


def read_results(text: str, *, today: date, order: DateOrder | None = None) -> Reading:
    """Read every result in the text. Without `order`, its dates decide whether the day or the month comes first."""
    text = unicodedata.normalize("NFC", text)
    dates_found = islice(DATE.finditer(text), MOST_DATES_COMPARED)
    decision = OrderDecision(order) if order else decide_order(dates_found, today=today)
    dates = DateReader(today, decision.order)
    reading = Reading(owner=find_owner(text), ambiguous=decision.ambiguous)
    mail = find_mail(text)
    if mail is not None:
        add_mail(reading, mail, dates)
    else:
        add_lines(reading, text, dates)
        remove_doubles(reading)
    return reading


def add_mail(reading: Reading, mail: ResultsMail, dates: DateReader) -> None:
    try:
        reading.rows.append(row_from_mail(mail, dates))
    except Unreadable as error:
        reading.faults.append(LineFault(mail.line, shorten(mail.event), error.code, error.params))


def add_lines(reading: Reading, text: str, dates: DateReader) -> None:
    header: Header | None = None
    for number, line in table_rows(text):
        if len(line) > LONGEST_LINE:
            reading.faults.append(LineFault(number, shorten(line), FaultCode.LINE_TOO_LONG))
        elif (found := find_header(line)) is not None:
            header = found
        elif DATE.search(line) or TIME.search(line):
            add_line(reading, number, line, header, dates)


def add_line(reading: Reading, number: int, line: str, header: Header | None, dates: DateReader) -> None:
    if len(reading.rows) + len(reading.faults) >= MOST_ROWS:
        raise UnusablePaste(f"That's more than {MOST_ROWS:,} lines. Paste them in parts.")
    try:
        reading.rows.append(row_from_line(number, line, header, dates))
    except Unreadable as error:
        reading.faults.append(LineFault(number, shorten(line), error.code, error.params))


def table_rows(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines with their numbers. If each cell has a line of its own, join the cells of a row with tabs."""
    number, cells, dated = 0, list[str](), False
    for at, written in enumerate(text.splitlines(), start=1):
        line = written.strip(" ")[: LONGEST_LINE + 1]  # a search in a line of a megabyte would take too long
        if not line.strip() or is_heading(line):
            continue
        only_a_date = DATE.fullmatch(line.strip()) is not None
        if (dated and only_figures(line)) or (only_a_date and cells and not dated and not TIME.search(cells[0])):
            cells.append(line)
            dated = True
            continue
        if cells:
            yield number, "\t".join(cells)
        number, cells, dated = at, [line], DATE.search(line) is not None
    if cells:
        yield number, "\t".join(cells)


def row_from_line(number: int, line: str, header: Header | None, dates: DateReader) -> PastedRow:
    cells = header.cells(line) if header else None
    if header and cells and DATE.search(cells.get("day", "")):
        return row_by_columns(number, header, cells, dates)
    return row_by_form(number, line, dates)


def row_by_columns(number: int, header: Header, cells: dict[Column, str], dates: DateReader) -> PastedRow:
    event, day = read_event_name(cells.get("event", "")), dates.read(DATE.search(cells.get("day", "")))
    volunteered = folded(cells.get("volunteered", "")).strip() not in NOT_VOLUNTEERED
    junior, has_times = is_junior(event), {"time", "seconds"} & {*header.columns}
    time_s = read_time(cells.get("time", ""), junior=junior) or read_seconds(cells.get("seconds", ""), junior=junior)
    if time_s is None and has_times and not volunteered:
        raise Unreadable(FaultCode.NO_TIME)
    written = cells.get("position", "")
    position = read_position(written)
    if written and position is None:
        raise Unreadable(FaultCode.BAD_POSITION, written=written[:SHOWN_OF_A_CELL])
    return PastedRow(number, event, day, time_s, position, cells.get("note", "")[:LONGEST_NOTE], volunteered)


def row_by_form(number: int, line: str, dates: DateReader) -> PastedRow:
    """Read a line without a header: event, date, figures and time, or the same with the date first."""
    line = re.sub(rf"[{AROUND_CELLS}]{{5,}}", "  ", line)  # long runs of blanks would make the searches slow
    found = DATE.search(line)
    if found is None:
        raise Unreadable(FaultCode.NO_DATE)
    before, after = line[: found.start()].strip(AROUND_CELLS), line[found.end() :].strip(AROUND_CELLS)
    if not before:
        # The date comes first. The event is the text after it, up to the first figure.
        figures = re.search(rf"(?:^|[{AROUND_CELLS}]+)(?=[#\d])|$", after)
        before, after = (after[: figures.start()], after[figures.start() :]) if figures else ("", after)
    if early := TIME.search(before):
        before, after = before[: early.start()], f"{before[early.start() :]} {after}"
    event, day = read_event_name(before), dates.read(found)
    time = TIME.search(after)
    if time is None:
        raise Unreadable(FaultCode.NO_TIME)
    numbers = [read_position(cell) for cell in re.split(r"[\s,;|]+", after[: time.start()]) if cell]
    position = next((position for position in reversed(numbers) if position), None)
    return PastedRow(number, event, day, seconds_of(time, junior=is_junior(event)), position)


def row_from_mail(mail: ResultsMail, dates: DateReader) -> PastedRow:
    event = read_event_name(mail.event)
    if mail.date is None:
        raise Unreadable(FaultCode.MAIL_WITHOUT_DATE)
    day = dates.read(mail.date)
    time_s = seconds_of(mail.time, junior=is_junior(event)) if mail.time else None
    if time_s is None and not mail.volunteered:
        raise Unreadable(FaultCode.NO_TIME)
    return PastedRow(mail.line, event, day, time_s, read_position(mail.position), volunteered=mail.volunteered)


def read_event_name(written: str) -> str:
    name = " ".join(written.strip(AROUND_CELLS).split())
    if not any(letter.isalpha() for letter in name):
        raise Unreadable(FaultCode.NO_EVENT)
    if len(name) > LONGEST_NAME:
        raise Unreadable(FaultCode.EVENT_TOO_LONG)
    return name


def remove_doubles(reading: Reading) -> None:
    """Keep the first of several rows for the same event and day. A further row with other details becomes a fault."""
    kept: dict[tuple[object, ...], PastedRow] = {}
    for row in reading.rows:
        first = kept.setdefault((words(row.event), is_junior(row.event), row.day), row)
        if first.details != row.details:
            text = shorten(f"{row.event} {row.day:%d/%m/%Y}")
            reading.faults.append(LineFault(row.line, text, FaultCode.CONTRADICTS_LINE, {"line": first.line}))
    reading.rows = list(kept.values())
    reading.faults.sort(key=lambda fault: fault.line)


def shorten(line: str) -> str:
    plain = " ".join(line[: 4 * SHOWN_OF_A_LINE].split())
    return plain if len(plain) <= SHOWN_OF_A_LINE else f"{plain[:SHOWN_OF_A_LINE]}…"
