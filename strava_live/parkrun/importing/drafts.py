"""Drafts: results that were read from a paste, stored until the athlete confirms the import or a day has passed."""

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from strava_live.parkrun.calendar import occasion_somewhere
from strava_live.parkrun.pasted.dates import DateOrder
from strava_live.parkrun.pasted.faults import FaultCode, LineFault, UnusablePaste
from strava_live.parkrun.pasted.owner import PasteOwner
from strava_live.parkrun.pasted.reading import PastedRow, Reading, read_results
from strava_live.parkrun.result_models import ImportDraft

MOST_BYTES = 1_000_000
"""The largest size of a paste or a file."""
TOO_LARGE = "That's more than 1 MB. Paste only the results table."
DRAFT_KEPT_FOR = timedelta(days=1)
"""How long a draft can be confirmed."""
DRAFT_VERSION = 2
"""The version of the stored JSON. A draft of another version is ignored, as if it were too old."""


def decode_file(content: bytes) -> str:
    """Decode a file: UTF-16 if it has a byte order mark, else UTF-8 or Windows-1252.

    Raise `UnusablePaste` if it is too large or not text.
    """
    if len(content) > MOST_BYTES:
        raise UnusablePaste(TOO_LARGE)
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnusablePaste("That file isn't text. Save the table as CSV, or copy and paste it.")


def create_draft(athlete_id: int, text: str, *, today: date, now: datetime) -> ImportDraft:
    """Read the text and store its results in place of the athlete's earlier draft.

    Raise `UnusablePaste` and store nothing if the text is unusable as a whole, for example because it has no results.
    """
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise UnusablePaste(TOO_LARGE)
    if "\0" in text:
        raise UnusablePaste("That isn't text. Copy the table and paste it here.")
    reading = read_results(text, today=today)
    if not reading.rows and not reading.faults:
        raise UnusablePaste("Nothing here looks like parkrun results: no line has a date and a time.")
    content = {"version": DRAFT_VERSION, **reading_as_json(reading)}
    if reading.ambiguous:
        month_first = read_results(text, today=today, order=DateOrder.MONTH_FIRST)
        content["month_first"] = reading_as_json(month_first)
        content["ambiguous"] = [day.isoformat() for day in reading.ambiguous]
    draft, _ = ImportDraft.objects.update_or_create(
        athlete_id=athlete_id,
        defaults={"token": secrets.token_hex(16), "content": content, "made_at": now},
    )
    return draft


def reading_as_json(reading: Reading) -> dict[str, Any]:
    """Return what was read from a text as a draft stores it."""
    return {
        "rows": [
            [row.line, row.event, row.day.isoformat(), row.time_s, row.position, row.note, row.volunteered]
            for row in reading.rows
        ],
        "faults": [[fault.line, fault.text, fault.code, dict(fault.params)] for fault in reading.faults],
        "ids": reading.owner.ids,
        "names": reading.owner.names,
    }


def current_draft(athlete_id: int, *, now: datetime) -> ImportDraft | None:
    """Return the athlete's draft. None if there is none, or if it is older than a day or has another version."""
    drafts = ImportDraft.objects.filter(athlete_id=athlete_id, made_at__gte=now - DRAFT_KEPT_FOR)
    return drafts.filter(content__version=DRAFT_VERSION).first()


def ambiguous_date(draft: ImportDraft) -> tuple[date, date] | None:
    """Return one date of the text, read with the day first and with the month first. None if the order is clear."""
    both = draft.content.get("ambiguous")
    return (date.fromisoformat(both[0]), date.fromisoformat(both[1])) if both else None


def draft_rows(draft: ImportDraft, order: DateOrder | None = None) -> list[PastedRow]:
    rows = reading_of(draft, order)["rows"]
    return [PastedRow(line, event, date.fromisoformat(day), *rest) for line, event, day, *rest in rows]


def draft_faults(draft: ImportDraft, order: DateOrder | None = None) -> list[LineFault]:
    faults = reading_of(draft, order)["faults"]
    return [LineFault(line, text, FaultCode(code), params) for line, text, code, params in faults]


def reading_of(draft: ImportDraft, order: DateOrder | None) -> dict[str, Any]:
    """Return what the draft stores for this order of day and month.

    If the order of the text was clear, the draft stores only one reading. That reading is returned for every order.
    """
    content: dict[str, Any] = draft.content
    return content.get("month_first", content) if order is DateOrder.MONTH_FIRST else content


def draft_owner(draft: ImportDraft) -> PasteOwner:
    return PasteOwner(tuple(draft.content["ids"]), tuple(draft.content["names"]))


def dates_look_wrong(draft: ImportDraft, order: DateOrder | None = None) -> bool:
    """Return whether most of the dates are days on which no parkrun is held anywhere."""
    rows = draft_rows(draft, order)
    odd = sum(not (occasion_somewhere(row.day) or occasion_somewhere(row.day, junior=True)) for row in rows)
    return odd * 2 > len(rows)
