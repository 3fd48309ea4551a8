"""Store a chunk, up to 200 activities that a sync run has read, in one transaction.

The transaction also stores the verdicts of the parkrun rules, the results and feed entries that follow from them, and
how far the run has got. The number of queries does not depend on the number of activities. The athlete's lock is taken
first, so that a chunk and a decision of the athlete cannot overwrite each other.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from strava_live.accounts.people import adopt_time_zone
from strava_live.activities.athlete_state import lock_athlete
from strava_live.activities.gone import clear_gone
from strava_live.activities.items import item_of
from strava_live.activities.models import Activity, AthleteState
from strava_live.activities.strava_copy import COPIED, copy_fields
from strava_live.broadcast import Marks
from strava_live.database import on_database
from strava_live.feed.parkrun_entries import RECENT_IN_ANY_ZONE, reconcile_parkrun_entries
from strava_live.leases import Lease
from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.results import may_be_in_club, reconcile_results, results_around
from strava_live.protocol import ItemShape
from strava_live.strava.payloads import StravaActivity
from strava_live.sync.changes import official_times, save_with_marks, with_changed_time
from strava_live.sync.classify import classify, verdict_when_removed
from strava_live.sync.handled_events import NO_EVENTS, HandledEvents, answered_since
from strava_live.sync.hidden import HIDDEN
from strava_live.sync.models import SyncRun
from strava_live.sync.pipeline import Place
from strava_live.sync.run_messages import announce_chunk
from strava_live.sync.runs import note_progress, progress_of, record_progress
from strava_live.sync.waiting_events import end_if_nothing_is_due

A_DAY_ANYWHERE = timedelta(hours=50)
"""The longest time between the starts of two activities of the same local date, anywhere on earth."""
FAR_APART = timedelta(days=30)
"""If two successive activities of a chunk are farther apart than this, the days between them are not loaded."""
SEEN = ("seen_at", "seen_in")
"""The columns that say when Strava last returned an activity, and which run has read it (see `Activity.seen_in`)."""
JUDGED = ("state", "parkrun", "event_slug", "event_name", "reasons", "rules_version")
"""The columns that `classify` sets."""


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """What is announced about a stored chunk. Activities have the shape that clients receive."""

    marks: Marks
    """The athlete's mark before and after the transaction."""
    items: list[ItemShape]
    """The activities that were read, and changed ones that started on the same days."""
    saved: list[ItemShape]
    """Those of `items` that the rules have saved just now."""
    removed: list[int]
    """Strava's ids of the activities that are gone."""
    run_ended: bool
    """Whether the transaction has also ended the run, because none of its athlete's events is due any more."""


async def store_and_announce(
    run: SyncRun, lease: Lease, activities: list[StravaActivity], place: Place, handled: HandledEvents = NO_EVENTS
) -> bool:
    """Store a chunk in a database thread, then announce it. Return whether the run has ended with it.

    Unlike other changes, a chunk is not announced with `on_commit`. That would keep one of the few database threads
    waiting until the event loop, which is busy parsing Strava's answers, has sent the announcement. A run about events
    announces nothing if no activity has changed.
    """
    stored = await on_database(store_chunk)(run, lease, activities, place, handled)
    if run.is_import or stored.marks.now > stored.marks.before:
        await announce_chunk(run, stored.items, stored.saved, stored.removed, stored.marks)
    return stored.run_ended


def store_chunk(
    run: SyncRun, lease: Lease, activities: list[StravaActivity], place: Place, handled: HandledEvents = NO_EVENTS
) -> StoredChunk:
    """Store a chunk. Raise LeaseLost, and store nothing, if the lease was lost or the run is to stop.

    A run about events passes `handled`: which activities are gone, which to hide, and the outcome of each event.
    """
    events = catalogue.atlas()
    with transaction.atomic():
        state = lock_athlete(run.athlete_id)
        answered = answered_since(run.athlete_id, place.asked_at) if place.asked_at else set()
        outdated = answered.intersection(seen.strava_id for seen in activities)
        current = [seen for seen in activities if seen.strava_id not in outdated]
        writer = ChunkWriter(run, known_around(run, current, handled.unseen | outdated), now=timezone.now())
        for seen in activities:
            if seen.strava_id in outdated:
                writer.keep(seen.strava_id)
            else:
                writer.add(seen)
        for strava_id in handled.gone:
            writer.remove(strava_id, events)
        for strava_id in handled.hidden:
            writer.hide(strava_id)
        writer.classify(events)
        marks = writer.write(state)
        rows = writer.rows.values()
        results = results_around(run.athlete_id, rows)
        before = official_times(results)
        reconcile_results(run.athlete_id, rows, results, events)
        if retimed := [row for row in with_changed_time(rows, before) if row.strava_id not in writer.changed]:
            save_with_marks(run.athlete_id, retimed)
            writer.changed |= {row.strava_id: row for row in retimed}
            marks = Marks(marks.before, retimed[-1].mark)
        if writer.concerns_clubs and may_be_in_club(results):
            reconcile_parkrun_entries(run.athlete_id, history_known=state.history_known)
        oldest = min((activity.start for activity in activities), default=None)
        if not run.found and run.is_import:  # the first chunk has the newest activities
            adopt_time_zone(run.athlete_id, next((seen.zone for seen in activities if seen.zone), ""))
        handled.write(run.athlete_id, writer.removed, now=writer.now)
        found, saved = writer.counted + len(writer.removed), len(writer.saved) - writer.unsaved
        progress = progress_of(run, place, found=found, saved=saved, oldest=oldest)
        run_ended = handled.is_whole_look and end_if_nothing_is_due(run, lease, progress)
        if not run_ended:
            record_progress(run, lease, progress)
    note_progress(run, progress)
    return writer.stored(marks, run_ended=run_ended)


def known_around(run: SyncRun, activities: list[StravaActivity], others: Collection[int]) -> dict[int, Activity]:
    """Return, by Strava's id, the rows of `activities`, the rows with an id in `others`, and all rows of the same days.

    The rules judge the activities of a day together. Rows of activities that are gone are left out, except those of
    `activities` and those that the athlete has dismissed.
    """
    mine, read = Activity.with_gone.of(run.athlete_id), [activity.strava_id for activity in activities]
    starts = [activity.start for activity in activities]
    if others:
        starts += mine.filter(strava_id__in=others).values_list("start", flat=True)
    wanted = Q(strava_id__in=[*read, *others])
    for first, last in spans(starts):
        wanted |= Q(start__range=(first - A_DAY_ANYWHERE, last + A_DAY_ANYWHERE))
    rows = {row.strava_id: row for row in mine.filter(wanted)}
    for strava_id in [strava_id for strava_id, row in rows.items() if row.is_gone and strava_id not in read]:
        if rows[strava_id].state != Activity.State.DISMISSED:  # the rules compare removed parkruns with others
            del rows[strava_id]
    return rows


def spans(starts: list[datetime]) -> Iterator[tuple[datetime, datetime]]:
    """Split the starts into groups wherever more than FAR_APART passes. Yield the first and last start of each group.

    An import's chunk has successive activities. In a run about events, the activities may be years apart.
    """
    first = last = None
    for start in sorted(starts):
        if first is None or last is None:
            first = start
        elif start - last > FAR_APART:
            yield first, last
            first = start
        last = start
    if first is not None and last is not None:
        yield first, last


@dataclass(slots=True)
class ChunkWriter:
    """Collects what changes while a chunk is classified, and writes it to the table in one statement."""

    run: SyncRun
    rows: dict[int, Activity]
    """The activities of the chunk, and all others of the same days, by Strava's id."""
    now: datetime
    read: list[int] = field(default_factory=list)
    """Strava's ids of the activities of the chunk, in the order in which they were read."""
    changed: dict[int, Activity] = field(default_factory=dict)
    """The rows that are new or differ from what is stored. Each gets a new mark."""
    saved: list[Activity] = field(default_factory=list)
    """The rows that the rules save now and had not saved before."""
    counted: int = 0
    """The number of activities that this run has not read and counted before."""
    unsaved: int = 0
    """The number of activities that the rules unsave, because another activity of the day was the parkrun."""
    removed: list[int] = field(default_factory=list)
    """Strava's ids of the rows that are gone."""
    days: set[date] = field(default_factory=set)
    """The days of the rows that are gone, whose other activities are judged again."""
    concerns_clubs: bool = False
    """True if clubs' feeds must be updated in this transaction: a stored activity has changed, or a new one is news.
    During an import, older parkruns reach the feeds when the run ends."""

    def add(self, seen: StravaActivity) -> None:
        """Copy what Strava has returned about an activity to its row."""
        row = self.rows.get(seen.strava_id)
        if row is None:
            row = self.rows[seen.strava_id] = Activity(athlete_id=self.run.athlete_id, strava_id=seen.strava_id)
        is_new = row.pk is None
        if copy_fields(row, seen) or is_new:
            self.changed[row.strava_id] = row
            self.concerns_clubs |= not is_new and counts_as_parkrun(row)
        self.note_seen(row, is_new=is_new)

    def keep(self, strava_id: int) -> None:
        """Keep the stored row of an activity: a run about events has stored a newer copy than this import has read.

        Do nothing if that run has removed the activity.
        """
        row = self.rows.get(strava_id)
        if row is not None and not row.is_gone:
            self.note_seen(row, is_new=False)

    def note_seen(self, row: Activity, *, is_new: bool) -> None:
        self.counted += row.seen_in != self.run.pk
        if is_new or self.run.is_import:  # else a live import may have counted it: keep that run's key
            row.seen_in = self.run.pk
        row.seen_at = self.now
        self.read.append(row.strava_id)

    def remove(self, strava_id: int, events: Atlas) -> None:
        """Clear the row of an activity that Strava no longer has. Another recording may then become the parkrun."""
        row = self.rows.get(strava_id)
        if row is None or row.is_gone:
            return
        self.days.add(verdict_when_removed(row, events).day)
        self.concerns_clubs |= counts_as_parkrun(row)
        clear_gone(row)
        row.seen_at = self.now  # a row without a decision is deleted some days after this
        self.changed[strava_id] = row
        self.removed.append(strava_id)

    def hide(self, strava_id: int) -> None:
        """Hide an activity from clubs. Clubs see it again once Strava has returned it."""
        row = self.rows.get(strava_id)
        if row is None or row.is_gone or row.visibility == HIDDEN:
            return
        row.visibility = HIDDEN
        self.changed[strava_id] = row
        self.concerns_clubs |= counts_as_parkrun(row)

    def classify(self, events: Atlas) -> None:
        """Apply the parkrun rules to the days of the chunk and to `days`, and collect what changes."""
        for row, was_saved in classify(self.rows, self.read, events, days=self.days):
            self.changed[row.strava_id] = row
            is_news = row.start > self.now - RECENT_IN_ANY_ZONE or not self.run.is_import
            self.concerns_clubs |= row.pk is not None or is_news
            if row.state == Activity.State.SAVED and not was_saved:
                self.saved.append(row)
            elif was_saved and row.state != Activity.State.SAVED:
                self.unsaved += 1

    def write(self, state: AthleteState) -> Marks:
        """Store the changed rows with a new mark each. Of the unchanged rows, store the SEEN columns."""
        before = state.value
        unchanged = [self.rows[strava_id] for strava_id in dict.fromkeys(self.read) if strava_id not in self.changed]
        if not self.changed:
            seen: dict[str, Any] = {"seen_at": self.now}
            if self.run.is_import:
                seen["seen_in"] = self.run.pk
            if unchanged:
                Activity.objects.filter(pk__in=[row.pk for row in unchanged]).update(**seen)
            return Marks(before, before)
        state.value += len(self.changed)
        AthleteState.objects.filter(pk=state.pk).update(value=state.value)
        for mark, row in enumerate(self.changed.values(), start=before + 1):
            row.mark = mark
        rows = [*self.changed.values(), *unchanged]
        for row in rows:
            row.pk = None  # conflicts are found by Strava's id, so that one statement inserts and updates
        Activity.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["athlete", "strava_id"],
            update_fields=[*COPIED, *JUDGED, *SEEN, "mark"],
        )
        return Marks(before, state.value)

    def stored(self, marks: Marks, *, run_ended: bool) -> StoredChunk:
        """Return what is to be announced."""
        shown = dict.fromkeys([*self.read, *self.changed])
        items = [item_of(self.rows[strava_id]) for strava_id in shown if strava_id not in self.removed]
        return StoredChunk(marks, items, [item_of(row) for row in self.saved], self.removed, run_ended)


def counts_as_parkrun(row: Activity) -> bool:
    """Return True if clubs may have an entry about the activity, so that a change of it may change their feeds."""
    return row.state == Activity.State.SAVED or bool(row.parkrun)
