"""Plan what importing a draft would change in an athlete's results, and apply the plan.

The plan is made again for each preview and for the confirmation, from the draft and the stored results. So results that
were stored after the preview are compared, too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from strava_live.formats import format_duration
from strava_live.parkrun.catalogue import catalogue, event_pk
from strava_live.parkrun.event import Event
from strava_live.parkrun.event_names import EventNames
from strava_live.parkrun.importing.drafts import current_draft, draft_faults, draft_rows
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.own_events import OWN, UnusableName, get_or_create_own_event
from strava_live.parkrun.pasted.dates import DateOrder
from strava_live.parkrun.pasted.faults import FaultCode, LineFault
from strava_live.parkrun.pasted.reading import PastedRow
from strava_live.parkrun.result_models import ImportDraft, ParkrunResult

MOST_UNCLEAR = 50
"""The largest number of event names that the athlete is asked about. Searching for similar names takes a while."""
IMPORTED_FIELDS = ("how", "volunteered", "source", "official_time_s", "position", "note")
"""The fields of a result that an import writes."""


class DraftGone(LookupError):
    """The draft has been confirmed or replaced, or is too old."""


@dataclass(frozen=True, slots=True)
class ImportChoices:
    """The athlete's answers on the preview.

    `events` has the answer for each pasted name that is not the name of exactly one event: the slug of the event that
    the athlete chose, or OWN for an own event. With `overwrite`, a pasted time or position replaces a stored one.
    `date_order` says whether day or month comes first. None takes the order that the draft was read in.
    """

    events: Mapping[str, str] = field(default_factory=dict)
    overwrite: bool = False
    date_order: DateOrder | None = None


NO_CHOICES = ImportChoices()


@dataclass(slots=True)
class UnclearEvent:
    """A pasted name that belongs to no event or to several. The athlete chooses the event.

    `chosen` is the slug of their choice, OWN for an own event, and "" before they have chosen.
    """

    name: str
    rows: list[PastedRow] = field(default_factory=list)
    suggested: list[Event] = field(default_factory=list)
    chosen: str = ""


@dataclass(slots=True)
class PlannedResult:
    """A result as the import would save it.

    `stored_time` and `stored_position` are what is stored now, if the paste has another value, else "".
    """

    row: PastedRow
    event: Event
    result: ParkrunResult
    stored_time: str = ""
    stored_position: str = ""

    @property
    def pasted_time(self) -> str:
        return format_duration(self.row.time_s)

    @property
    def differs(self) -> bool:
        return bool(self.stored_time or self.stored_position)


@dataclass(slots=True)
class ImportPlan:
    """What an import would do: results by kind of change, names that are unclear, and lines that it leaves out."""

    new: list[PlannedResult] = field(default_factory=list)
    updates: list[PlannedResult] = field(default_factory=list)
    conflicts: list[PlannedResult] = field(default_factory=list)
    unchanged: int = 0
    unclear_events: list[UnclearEvent] = field(default_factory=list)
    faults: list[LineFault] = field(default_factory=list)

    @property
    def to_save(self) -> list[PlannedResult]:
        return [*self.new, *self.updates, *self.conflicts]


def plan_import(draft: ImportDraft, choices: ImportChoices = NO_CHOICES) -> ImportPlan:
    """Return what importing the draft with these choices would change. Stores nothing."""
    plan = ImportPlan(faults=draft_faults(draft, choices.date_order))
    atlas, rows = catalogue.atlas(), draft_rows(draft, choices.date_order)
    own = {event.slug: event for event in ParkrunEvent.objects.own(draft.athlete_id)}
    stored = {result.key: result for result in ParkrunResult.objects.of(draft.athlete_id).shown()}
    for row, event in match_events(plan, rows, choices.events, own):
        pk = own[event.slug].pk if event.slug in own else event_pk(event, atlas)
        if pk is None:
            plan.faults.append(LineFault(row.line, row.event, FaultCode.EVENT_RENAMED))
            continue
        result = stored.get((pk, row.day))
        if result is None:
            stored[pk, row.day] = result = new_result(draft.athlete_id, pk, row)
            plan.new.append(PlannedResult(row, event, result))
        else:
            plan_update(plan, PlannedResult(row, event, result), overwrite=choices.overwrite)
    return plan


def match_events(
    plan: ImportPlan, rows: Iterable[PastedRow], chosen: Mapping[str, str], own: Mapping[str, ParkrunEvent]
) -> list[tuple[PastedRow, Event]]:
    """Return the rows whose event is known or chosen, each with its event. Add unclear names and faults to the plan."""
    atlas, own_by_slug = catalogue.atlas(), {slug: event.as_event() for slug, event in own.items()}
    names = EventNames(atlas, own_by_slug.values())
    events, unclear = dict[str, Event | None](), dict[str, UnclearEvent]()
    found = []
    for row in rows:
        if row.event not in events:
            same_name = names.named(row.event)
            slug = chosen.get(row.event, "")
            events[row.event] = same_name[0] if len(same_name) == 1 else own_by_slug.get(slug) or atlas.by_slug(slug)
            if len(same_name) != 1 and len(unclear) < MOST_UNCLEAR:
                suggested = same_name or names.suggest(row.event)
                unclear[row.event] = UnclearEvent(row.event, suggested=suggested, chosen=slug)
        event = events[row.event]
        if row.event in unclear:
            unclear[row.event].rows.append(row)
        elif event is None:
            plan.faults.append(LineFault(row.line, row.event, FaultCode.UNKNOWN_EVENT))
        if event is not None:
            found.append((row, event))
    plan.unclear_events = list(unclear.values())
    return found


def new_result(athlete_id: int, pk: int, row: PastedRow) -> ParkrunResult:
    on_foot = row.time_s is not None or not row.volunteered
    return ParkrunResult(
        athlete_id=athlete_id,
        event_id=pk,
        day=row.day,
        how=ParkrunResult.How.RUN if on_foot else "",
        volunteered=row.volunteered,
        source=ParkrunResult.Source.IMPORTED,
        official_time_s=row.time_s,
        position=row.position,
        note=row.note,
    )


def plan_update(plan: ImportPlan, planned: PlannedResult, *, overwrite: bool) -> None:
    """Merge the row into its stored result, and add the result to the plan as a conflict, an update or unchanged."""
    before = [getattr(planned.result, name) for name in IMPORTED_FIELDS]
    merge(planned, overwrite=overwrite)
    if planned.differs:
        plan.conflicts.append(planned)
    elif before != [getattr(planned.result, name) for name in IMPORTED_FIELDS]:
        plan.updates.append(planned)
    else:
        plan.unchanged += 1


def merge(planned: PlannedResult, *, overwrite: bool) -> None:
    """Add to the stored result what only the row has, and note a stored time or position that differs.

    A result that was recognised from an activity becomes an imported one. With `overwrite`, the row's time and position
    also replace stored ones that differ.
    """
    result, row = planned.result, planned.row
    if not result.stated:
        result.source = ParkrunResult.Source.IMPORTED
    if row.time_s is not None:
        if result.official_time_s not in (None, row.time_s):
            planned.stored_time = format_duration(result.official_time_s)
        if result.official_time_s is None or overwrite:
            result.official_time_s = row.time_s
        if not result.on_foot:
            result.how = ParkrunResult.How.RUN
    if row.position is not None:
        if result.position not in (None, row.position):
            planned.stored_position = str(result.position)
        if result.position is None or overwrite:
            result.position = row.position
    result.volunteered = result.volunteered or row.volunteered
    result.note = result.note or row.note


def apply_draft(athlete_id: int, token: str, choices: ImportChoices, *, now: datetime) -> ImportPlan:
    """Save the draft's results and delete the draft. Raise `DraftGone` if no draft has this token.

    The caller holds the athlete's lock, and announces the activities whose times have changed.
    """
    draft = current_draft(athlete_id, now=now)
    if draft is None or draft.token != token:
        raise DraftGone(token)
    events = {name: slug_to_use(athlete_id, name, slug) for name, slug in choices.events.items()}
    plan = plan_import(draft, replace(choices, events=events))
    results = {planned.result.key: planned.result for planned in plan.to_save}
    ParkrunResult.objects.bulk_create(
        results.values(),
        update_conflicts=True,
        unique_fields=["athlete", "event", "day"],
        update_fields=IMPORTED_FIELDS,
    )
    draft.delete()
    return plan


def slug_to_use(athlete_id: int, name: str, slug: str) -> str:
    """Return the slug of the chosen event. For OWN, return that of an own event, which is created if needed.

    Return "" if the own event cannot be created.
    """
    if slug != OWN:
        return slug
    try:
        return get_or_create_own_event(athlete_id, name).slug
    except UnusableName:
        return ""
