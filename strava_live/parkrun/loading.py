"""Make the stored events equal to a list of events, in one transaction. Events are closed, never deleted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from strava_live.parkrun.bundled import BUNDLED_ON, bundled_events, bundled_list, closed_events
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.event import Event
from strava_live.parkrun.event_regions import event_from_row, fill_in_regions
from strava_live.parkrun.geometry import metres_between
from strava_live.parkrun.listing import ListedEvent, UnusableListing, read_listing
from strava_live.parkrun.models import LISTED_FIELDS, CatalogueState, LoadedList, ParkrunEvent
from strava_live.parkrun.wording import rough_distance

MOVED_M = 50.0
"""The least distance of a move that is reported as a move. A shorter one is reported as a correction."""
FORMER_PLACE_M = 300.0
"""The least distance of a move after which the old place is stored too. Older runs started there."""
MOST_CLOSED = 0.1
"""The largest share of the open events that a list may close without `--yes-close`. A list may always close one."""


@dataclass(slots=True)
class ListChanges:
    """What loading a list has changed: a line for each event by kind of change, printed by load_parkrun_events."""

    events: int = 0
    new: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    reopened: list[str] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)
    closed_before: list[str] = field(default_factory=list)
    """Events of data/closed.csv that were added."""

    def by_kind(self) -> dict[str, list[str]]:
        return {
            "new": self.new,
            "renamed": self.renamed,
            "moved": self.moved,
            "closed": self.closed,
            "open again": self.reopened,
            "corrected": self.corrected,
            "closed before this list": self.closed_before,
        }


def load_bundled(*, today: date, close_many: bool = False) -> ListChanges:
    """Load the list that comes with the project, and the events that had closed before it was made."""
    loaded = LoadedList(CatalogueState.BUNDLED, BUNDLED_ON)
    with transaction.atomic():
        changes = load_list(read_listing(bundled_list()), today=today, close_many=close_many, loaded=loaded)
        changes.closed_before = add_closed_events()
    return changes


def add_closed_events() -> list[str]:
    """Add the events of data/closed.csv that are not stored yet. Return their names."""
    with transaction.atomic():
        known = {slug for event in ParkrunEvent.objects.listed() for slug in (event.slug, *event.former_slugs)}
        new = [event for event in closed_events() if event.slug not in known]
        ParkrunEvent.objects.bulk_create(closed_row(event) for event in new)
        if new:
            CatalogueState.new_version()
            transaction.on_commit(catalogue.expire)
    catalogue.expire()
    return [event.name for event in new]


def closed_row(event: Event) -> ParkrunEvent:
    return ParkrunEvent(
        slug=event.slug,
        name=event.name,
        short_name=event.short_name,
        country=event.country,
        region=event.region,
        latitude=event.latitude,
        longitude=event.longitude,
        time_zone=event.zone,
        start_default=event.starts,
        closed_on=event.closed_on,
    )


def bundled_is_newer() -> bool:
    """Return whether the bundled list is newer than the list that was loaded last.

    Return False if events are stored but the date of their list is not, because that list may be the newer one.
    """
    loaded = CatalogueState.loaded_list()
    if loaded is None:
        return not ParkrunEvent.objects.listed().exists()
    return loaded.dated < BUNDLED_ON


def load_list(
    listed: list[ListedEvent], *, today: date, close_many: bool = False, loaded: LoadedList | None = None
) -> ListChanges:
    """Make the stored events equal to the list, except for start times that an operator has entered.

    Raise `UnusableListing` if the list lacks more than one in ten open events, unless `close_many`. `loaded` says where
    the list comes from. Without `loaded`, the list is an operator's, and is dated today.
    """
    with transaction.atomic():
        known = list(ParkrunEvent.objects.listed().select_for_update())
        if not close_many:
            check_closing(listed, known)
        rows = fill_in_regions(listed, events_with_regions(known))
        changes = ListChanges(events=len(rows))
        apply_list(rows, known, changes, today=today)
        if any(changes.by_kind().values()):
            CatalogueState.new_version()
            transaction.on_commit(catalogue.expire)
        CatalogueState.store_list(loaded or LoadedList(CatalogueState.OPERATOR, today))
    catalogue.expire()
    return changes


def events_with_regions(known: list[ParkrunEvent]) -> Iterator[Event]:
    """Yield the stored events, or those of the bundled list if none are stored."""
    yield from (event.as_event() for event in known) if known else bundled_events()


def check_closing(listed: list[ListedEvent], known: list[ParkrunEvent]) -> None:
    """Raise `UnusableListing` if the list lacks too many open events: it was probably cut off."""
    kept = {event.pk for event in match_rows(listed, known).values()}
    still_open = [event for event in known if event.closed_on is None]
    closing = sum(event.pk not in kept for event in still_open)
    if closing > max(1, len(still_open) * MOST_CLOSED):
        raise UnusableListing(
            f"The list lacks {closing:,} of the {len(still_open):,} events that are open: it would close more than one "
            "in ten. If that is right, run it again with --yes-close."
        )


def apply_list(rows: list[ListedEvent], known: list[ParkrunEvent], changes: ListChanges, *, today: date) -> None:
    """Add new events, update listed ones, and close those that are missing from the rows. Note each change.

    A missing event gets another slug if a row has its slug now.
    """
    by_row = match_rows(rows, known)
    new, changed = [], {}
    for row in rows:
        event = by_row.get(row.event_id)
        if event is None:
            new.append(write_row(ParkrunEvent(), row))
            changes.new.append(row.name)
        elif update_event(event, row, changes):
            changed[event.pk] = event
    slugs, listed = {row.slug for row in rows}, {event.pk for event in by_row.values()}
    for event in known:
        if event.pk in listed:
            continue
        if event.closed_on is None:
            event.closed_on = today
            changes.closed.append(event.name)
            changed[event.pk] = event
        if event.slug in slugs:
            event.former_slugs = [*event.former_slugs, event.slug]
            event.slug = f"{event.slug}-{event.event_id or event.pk}"
            changed[event.pk] = event
    store_events(new, list(changed.values()))


def match_rows(rows: list[ListedEvent], known: list[ParkrunEvent]) -> dict[int, ParkrunEvent]:
    """Return the stored events of the rows, by the row's event id. A new event is not among them.

    A stored event that has another id on the list is matched by its slug, if its place is still nearly the same.
    """
    by_number = {event.event_id: event for event in known}
    numbers = {row.event_id for row in rows}
    left = {event.slug: event for event in known if event.event_id not in numbers}
    matched = {}
    for row in rows:
        event = by_number.get(row.event_id)
        if event is None and (namesake := left.get(row.slug)) and metres_moved(namesake, row) < FORMER_PLACE_M:
            event = namesake
        if event is not None:
            matched[row.event_id] = event
    return matched


def update_event(event: ParkrunEvent, row: ListedEvent, changes: ListChanges) -> bool:
    """Copy the row into the event and note the kinds of change. Return whether anything has changed."""
    was = {name: getattr(event, name) for name in LISTED_FIELDS}
    metres = metres_moved(event, row)
    write_row(event, row)
    if all(getattr(event, name) == value for name, value in was.items()):
        return False
    kinds = 0
    if (was["slug"], was["name"]) != (event.slug, event.name):
        slugs = f" ({was['slug']} → {event.slug})" if was["slug"] != event.slug else ""
        changes.renamed.append(f"{was['name']} → {event.name}{slugs}")
        kinds += 1
    if metres >= MOVED_M:
        changes.moved.append(f"{event.name}, by {rough_distance(metres)}")
        kinds += 1
    if was["closed_on"] is not None:
        changes.reopened.append(event.name)
        kinds += 1
    if not kinds:
        changes.corrected.append(event.name)
    return True


def write_row(event: ParkrunEvent, row: ListedEvent) -> ParkrunEvent:
    """Copy the row's values into the event. A start time that an operator has entered stays.

    An old slug becomes a former slug. An old place becomes a former place if the event has moved by FORMER_PLACE_M.
    """
    if event.pk and event.slug != row.slug:
        event.former_slugs = [*(slug for slug in event.former_slugs if slug != row.slug), event.slug]
    if event.pk and metres_moved(event, row) >= FORMER_PLACE_M:
        event.former_places = [*event.former_places, [event.latitude, event.longitude]]
    placed = event_from_row(row)
    event.event_id, event.slug, event.name, event.short_name = row.event_id, row.slug, row.name, row.short_name
    event.country, event.region = row.country, row.region
    event.latitude, event.longitude = row.latitude, row.longitude
    event.series = ParkrunEvent.Series.JUNIOR if row.junior else ParkrunEvent.Series.FIVE_K
    event.time_zone, event.start_default = placed.zone, placed.starts
    event.closed_on = None
    return event


def store_events(new: list[ParkrunEvent], changed: list[ParkrunEvent]) -> None:
    wanted = {event.pk: event.slug for event in changed}
    # Slugs are unique and may swap between events, so first give every changed event a temporary one.
    for event in changed:
        event.slug = f"~{event.pk}"
    ParkrunEvent.objects.bulk_update(changed, ["slug"], batch_size=200)
    for event in changed:
        event.slug = wanted[event.pk]
    ParkrunEvent.objects.bulk_update(changed, LISTED_FIELDS, batch_size=100)
    ParkrunEvent.objects.bulk_create(new, batch_size=500)


def metres_moved(event: ParkrunEvent, row: ListedEvent) -> float:
    return metres_between((event.latitude, event.longitude), (row.latitude, row.longitude))
