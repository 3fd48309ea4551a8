"""Store a chunk in one transaction: the activities, the verdicts of the rules, and how far the run has got.

The number of queries is the same for one activity as for two hundred. The athlete's lock is taken first, so that a
chunk and a decision of the athlete are stored one after the other.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from strava_live.accounts.people import adopt_time_zone
from strava_live.activities.athlete_state import lock_athlete
from strava_live.activities.items import item_of
from strava_live.activities.models import Activity, AthleteState
from strava_live.activities.strava_copy import COPIED, copy_fields
from strava_live.broadcast import Marks
from strava_live.database import on_database
from strava_live.feed.parkrun_entries import RECENT_IN_ANY_ZONE, reconcile_parkrun_entries
from strava_live.leases import Lease
from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.results import is_in_club, reconcile_results, results_around
from strava_live.protocol import ItemShape
from strava_live.strava.payloads import StravaActivity
from strava_live.sync.changes import official_times, save_with_marks, with_changed_time
from strava_live.sync.classify import classify
from strava_live.sync.models import SyncRun
from strava_live.sync.pipeline import Place
from strava_live.sync.run_messages import announce_chunk
from strava_live.sync.runs import record_progress

# All activities of a local day, anywhere on earth, start within this of each other.
A_DAY_ANYWHERE = timedelta(hours=50)
SEEN = ("seen_at", "seen_in")
JUDGED = ("state", "parkrun", "event_slug", "event_name", "reasons", "rules_version")


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """The items of a chunk that were read or changed, those among them that the rules saved, and the marks taken."""

    marks: Marks
    items: list[ItemShape]
    saved: list[ItemShape]


async def store_and_announce(run: SyncRun, lease: Lease, activities: list[StravaActivity], place: Place) -> None:
    """Store a chunk in a database thread, then announce it.

    Not announced by `on_commit`: that would hold one of the few database threads until the event loop, which is busy
    parsing the answers of many runs, has sent the announcement.
    """
    stored = await on_database(store_chunk)(run, lease, activities, place)
    await announce_chunk(run, stored.items, stored.saved, stored.marks)


def store_chunk(run: SyncRun, lease: Lease, activities: list[StravaActivity], place: Place) -> StoredChunk:
    """Store a chunk. Raise LeaseLost, and store nothing, if the lease was lost or the run is to stop."""
    events = catalogue.atlas()
    with transaction.atomic():
        state = lock_athlete(run.athlete_id)
        writer = ChunkWriter(run, known_around(run, activities), now=timezone.now())
        for seen in activities:
            writer.add(seen)
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
        if writer.concerns_clubs and is_in_club(run.athlete_id, results):
            reconcile_parkrun_entries(run.athlete_id)
        oldest = min(activity.start for activity in activities)
        if not run.found:  # the first chunk has the newest activities
            adopt_time_zone(run.athlete_id, next((seen.zone for seen in activities if seen.zone), ""))
        saved = len(writer.saved) - writer.unsaved
        record_progress(run, lease, place, found=writer.counted, saved=saved, oldest=oldest)
    return writer.stored(marks)


def known_around(run: SyncRun, activities: list[StravaActivity]) -> dict[int, Activity]:
    """Return the rows of these activities and of all others on their days, which the rules judge together."""
    starts = [activity.start for activity in activities]
    days = Q(start__range=(min(starts) - A_DAY_ANYWHERE, max(starts) + A_DAY_ANYWHERE))
    these = Q(strava_id__in=[activity.strava_id for activity in activities])
    return {row.strava_id: row for row in Activity.objects.of(run.athlete_id).filter(days | these)}


@dataclass(slots=True)
class ChunkWriter:
    """A chunk that is being stored, with the rows that may change."""

    run: SyncRun
    rows: dict[int, Activity]
    now: datetime
    read: list[int] = field(default_factory=list)
    changed: dict[int, Activity] = field(default_factory=dict)
    saved: list[Activity] = field(default_factory=list)
    counted: int = 0
    """How many activities the run had not read before."""
    unsaved: int = 0
    """How many the rules had saved before and save no longer: another of the morning was the parkrun."""
    concerns_clubs: bool = False
    """Whether clubs' feeds must be updated at once. An older history reaches the feeds when its run ends."""

    def add(self, seen: StravaActivity) -> None:
        row = self.rows.get(seen.strava_id)
        if row is None:
            row = self.rows[seen.strava_id] = Activity(athlete_id=self.run.athlete_id, strava_id=seen.strava_id)
        if copy_fields(row, seen) or row.pk is None:
            self.changed[row.strava_id] = row
            self.concerns_clubs |= row.pk is not None
        self.counted += row.seen_in != self.run.pk
        row.seen_in, row.seen_at = self.run.pk, self.now
        self.read.append(row.strava_id)

    def classify(self, events: Atlas) -> None:
        for row, was_saved in classify(self.rows, self.read, events):
            self.changed[row.strava_id] = row
            self.concerns_clubs |= row.pk is not None or row.start > self.now - RECENT_IN_ANY_ZONE
            if row.state == Activity.State.SAVED and not was_saved:
                self.saved.append(row)
            elif was_saved and row.state != Activity.State.SAVED:
                self.unsaved += 1

    def write(self, state: AthleteState) -> Marks:
        """Store the changed rows, each with a new mark, and note that the others were seen."""
        before = state.value
        unchanged = [self.rows[strava_id] for strava_id in dict.fromkeys(self.read) if strava_id not in self.changed]
        if not self.changed:
            Activity.objects.filter(pk__in=[row.pk for row in unchanged]).update(seen_at=self.now, seen_in=self.run.pk)
            return Marks(before, before)
        state.value += len(self.changed)
        state.save(update_fields=["value"])
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

    def stored(self, marks: Marks) -> StoredChunk:
        shown = dict.fromkeys([*self.read, *self.changed])
        items = [item_of(self.rows[strava_id]) for strava_id in shown]
        return StoredChunk(marks, items, [item_of(row) for row in self.saved])
