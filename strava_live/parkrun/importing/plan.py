"""Importing what was pasted: read it into a draft, show what would come of it, and only then keep it.

What would come of it is worked out anew each time, from the draft and from what is there by then; so a preview that was
left open for an hour tells the truth, and confirming it twice, even at the same moment, adds nothing twice.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from strava_live.formats import format_duration
from strava_live.parkrun.calendar import occasion_somewhere
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.event import Event
from strava_live.parkrun.event_rows import row_of
from strava_live.parkrun.matching import EventNames
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.own_events import OWN, UnusableName, name_event
from strava_live.parkrun.pasted.order import Order
from strava_live.parkrun.pasted.reading import Fault, Reading, Row, read_results
from strava_live.parkrun.result_models import ImportDraft, ParkrunResult

MOST_BYTES = 1_000_000
TOO_LARGE = "That's more than 1 MB. Paste only the results table."
MOST_DOUBTFUL = 50
"""Names that the athlete is asked about; looking for others like them takes a while."""
KEPT_FOR = timedelta(days=1)
WRITTEN = ("how", "volunteered", "source", "official_time_s", "position", "note")


class NotRead(ValueError):
    """Nothing could be made of it; its text says why."""


class DraftGone(LookupError):
    """It was confirmed already, replaced by another, or is too old."""


@dataclass(slots=True)
class Doubtful:
    """A name that is no event's, or several's: which one is for the athlete to say."""

    name: str
    rows: list[Row] = field(default_factory=list)
    suggested: list[Event] = field(default_factory=list)
    chosen: str = ""


@dataclass(slots=True)
class Change:
    """One result as it would be kept, and what is here already and says something else."""

    row: Row
    event: Event
    result: ParkrunResult
    time_here: str = ""
    position_here: str = ""

    @property
    def pasted_time(self) -> str:
        return format_duration(self.row.time_s)

    @property
    def differs(self) -> bool:
        return bool(self.time_here or self.position_here)


@dataclass(slots=True)
class Plan:
    """What would come of a draft."""

    new: list[Change] = field(default_factory=list)
    merged: list[Change] = field(default_factory=list)
    conflicts: list[Change] = field(default_factory=list)
    same: int = 0
    doubtful: list[Doubtful] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def kept(self) -> int:
        return len(self.new) + len(self.merged) + len(self.conflicts)


def decoded(content: bytes) -> str:
    """A file as text: UTF-8 or UTF-16 if it is that, or else what Windows writes."""
    if len(content) > MOST_BYTES:
        raise NotRead(TOO_LARGE)
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotRead("That file isn't text. Save the table as CSV, or copy and paste it.")


def draft_from(athlete_id: int, text: str, *, today: date, now: datetime) -> ImportDraft:
    """Reads it and keeps what was read, in place of the draft before. `NotRead` and `TooMuch` keep nothing."""
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise NotRead(TOO_LARGE)
    if "\0" in text:
        raise NotRead("That isn't text. Copy the table and paste it here.")
    reading = read_results(text, today=today)
    content = packed(reading)
    if reading.either:
        other = packed(read_results(text, today=today, order=Order.MONTH_FIRST))
        content |= {"month_first": other, "either": [day.isoformat() for day in reading.either]}
    if not reading.rows and not reading.faults:
        raise NotRead("Nothing here looks like parkrun results: no line has a date and a time.")
    draft, _ = ImportDraft.objects.update_or_create(
        athlete_id=athlete_id,
        defaults={"token": secrets.token_hex(16), "content": content, "made_at": now},
    )
    return draft


def packed(reading: Reading) -> dict[str, Any]:
    return {
        "rows": [
            [row.line, row.event, row.day.isoformat(), row.time_s, row.position, row.note, row.volunteered]
            for row in reading.rows
        ],
        "faults": [[fault.line, fault.text, fault.words] for fault in reading.faults],
        "ids": reading.owner.ids,
        "names": reading.owner.names,
    }


def either_of(draft: ImportDraft) -> tuple[date, date] | None:
    """One of its dates with the day and with the month first, where the athlete must say which it is."""
    written = draft.content.get("either")
    return (date.fromisoformat(written[0]), date.fromisoformat(written[1])) if written else None


def content_of(draft: ImportDraft, order: Order | None) -> dict[str, Any]:
    """What was read. Where both orders of a date are possible, as `order` says."""
    content: dict[str, Any] = draft.content
    return content["month_first"] if order is Order.MONTH_FIRST and "month_first" in content else content


def rows_of(draft: ImportDraft, order: Order | None = None) -> list[Row]:
    rows = content_of(draft, order)["rows"]
    return [Row(line, event, date.fromisoformat(day), *rest) for line, event, day, *rest in rows]


def current_draft(athlete_id: int, *, now: datetime) -> ImportDraft | None:
    return ImportDraft.objects.filter(athlete_id=athlete_id, made_at__gte=now - KEPT_FOR).first()


def plan_for(
    draft: ImportDraft,
    *,
    chosen: Mapping[str, str] | None = None,
    replacing: bool = False,
    order: Order | None = None,
) -> Plan:
    """`chosen`: which event, by its slug, is meant by a doubtful name. `replacing`: where the two differ, what was
    pasted goes before what is here. `order`: whether the day or the month comes first, where that is open."""
    plan = Plan(faults=[Fault(*fault) for fault in content_of(draft, order)["faults"]])
    events, rows = catalogue.atlas(), rows_of(draft, order)
    own = {event.slug: event for event in ParkrunEvent.objects.own(draft.athlete_id)}
    named = _named(plan, rows, chosen or {}, own)
    known = {result.key: result for result in ParkrunResult.objects.of(draft.athlete_id).shown()}
    for row, event in named:
        key = own[event.slug].pk if event.slug in own else row_of(event, events)
        if key is None:
            plan.faults.append(Fault(row.line, row.event, "This event is being renamed: try again in a moment"))
            continue
        _planned(plan, row, event, known, draft.athlete_id, key, replacing=replacing)
    return plan


def _named(
    plan: Plan, rows: Iterable[Row], chosen: Mapping[str, str], own: Mapping[str, ParkrunEvent]
) -> list[tuple[Row, Event]]:
    """Each row with its event. A name is looked up once, however many rows have it."""
    atlas, mine = catalogue.atlas(), {slug: event.as_event() for slug, event in own.items()}
    names, meant, doubtful = EventNames(atlas, mine.values()), dict[str, Event | None](), dict[str, Doubtful]()
    found = []
    for row in rows:
        if row.event not in meant:
            events = names.meant(row.event)
            slug = chosen.get(row.event, "")
            meant[row.event] = events[0] if len(events) == 1 else mine.get(slug) or atlas.by_slug(slug)
            if len(events) != 1 and len(doubtful) < MOST_DOUBTFUL:
                suggested = events or names.suggested(row.event)
                doubtful[row.event] = Doubtful(row.event, suggested=suggested, chosen=chosen.get(row.event, ""))
        event = meant[row.event]
        if row.event in doubtful:
            doubtful[row.event].rows.append(row)
        elif event is None:
            plan.faults.append(Fault(row.line, row.event, "No event has that name"))
        if event is not None:
            found.append((row, event))
    plan.doubtful = list(doubtful.values())
    return found


def _planned(
    plan: Plan,
    row: Row,
    event: Event,
    known: dict[tuple[int, date], ParkrunResult],
    athlete_id: int,
    event_row: int,
    *,
    replacing: bool,
) -> None:
    result = known.get((event_row, row.day))
    if result is None:
        on_foot = row.time_s is not None or not row.volunteered
        result = known[event_row, row.day] = ParkrunResult(
            athlete_id=athlete_id,
            event_id=event_row,
            day=row.day,
            how=ParkrunResult.How.RUN if on_foot else "",
            volunteered=row.volunteered,
            source=ParkrunResult.Source.IMPORTED,
            official_time_s=row.time_s,
            position=row.position,
            note=row.note,
        )
        plan.new.append(Change(row, event, result))
        return
    before = [getattr(result, name) for name in WRITTEN]
    change = Change(row, event, result)
    _merge(change, replacing=replacing)
    if change.differs:
        plan.conflicts.append(change)
    elif before != [getattr(result, name) for name in WRITTEN]:
        plan.merged.append(change)
    else:
        plan.same += 1


def _merge(change: Change, *, replacing: bool) -> None:
    """Write into the result what it lacks, and note what it has otherwise."""
    result, row = change.result, change.row
    if not result.stated:
        result.source = ParkrunResult.Source.IMPORTED
    if row.time_s is not None:
        if result.official_time_s not in (None, row.time_s):
            change.time_here = format_duration(result.official_time_s)
        if result.official_time_s is None or replacing:
            result.official_time_s = row.time_s
        if not result.on_foot:
            result.how = ParkrunResult.How.RUN
    if row.position is not None:
        if result.position not in (None, row.position):
            change.position_here = str(result.position)
        if result.position is None or replacing:
            result.position = row.position
    result.volunteered = result.volunteered or row.volunteered
    result.note = result.note or row.note


def keep_draft(
    athlete_id: int,
    token: str,
    *,
    chosen: Mapping[str, str],
    replacing: bool,
    now: datetime,
    order: Order | None = None,
) -> Plan:
    """Keeps what the draft comes to by now. In the caller's turn, who marks the activities of what is kept.

    `DraftGone` when there is nothing to confirm any more.
    """
    draft = current_draft(athlete_id, now=now)
    if draft is None or draft.token != token:
        raise DraftGone(token)
    chosen = {name: _slug_of(athlete_id, name, slug) for name, slug in chosen.items()}
    plan = plan_for(draft, chosen=chosen, replacing=replacing, order=order)
    changes = [*plan.new, *plan.merged, *plan.conflicts]
    kept = {change.result.key: change.result for change in changes}
    ParkrunResult.objects.bulk_create(
        kept.values(), update_conflicts=True, unique_fields=["athlete", "event", "day"], update_fields=WRITTEN
    )
    draft.delete()
    return plan


def _slug_of(athlete_id: int, name: str, slug: str) -> str:
    """The slug that was chosen for a name; for a new event of the athlete's own, that of the event."""
    if slug != OWN:
        return slug
    try:
        return name_event(athlete_id, name).slug
    except UnusableName:
        return ""


def misread_dates(draft: ImportDraft, order: Order | None = None) -> bool:
    """Whether most of them are no day for parkruns."""
    rows = rows_of(draft, order)
    odd = sum(not (occasion_somewhere(row.day) or occasion_somewhere(row.day, junior=True)) for row in rows)
    return odd * 2 > len(rows)
