"""One transaction that keeps a chunk: the activities, what the rules make of them, and how far the run has got.

The number of queries is the same for one activity as for two hundred. The athlete's turn comes first: a person who
chooses at the same moment is waited for, or waits.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from strava_live.accounts.people import adopt_time_zone
from strava_live.activities.items import item_of
from strava_live.activities.models import Activity, AthleteState
from strava_live.activities.strava_copy import TAKEN_OVER, take_over
from strava_live.broadcast import Marks
from strava_live.feed.parkrun_entries import NEWS_ANYWHERE, reconcile_parkrun_entries
from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.results import is_in_club, keep_results, lock_athlete, results_around
from strava_live.strava.payloads import StravaActivity
from strava_live.sync.changes import official_times, retimed, write_marked
from strava_live.sync.classify import classify
from strava_live.sync.models import SyncRun
from strava_live.sync.pipeline import Place
from strava_live.sync.runs import Lease, note_place

# All activities of a local day, wherever on earth, start within this of each other.
A_DAY_ANYWHERE = timedelta(hours=50)
SEEN = ("seen_at", "seen_in")
JUDGED = ("state", "parkrun", "event_slug", "event_name", "reasons", "rules_version")


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """What was stored, for whoever watches."""

    marks: Marks
    items: list[dict[str, Any]]
    saved: list[dict[str, Any]]


def store_chunk(run: SyncRun, lease: Lease, activities: list[StravaActivity], place: Place) -> StoredChunk:
    """Raises LeaseLost, and keeps nothing, when the run is no longer ours or is to stop."""
    events = catalogue.atlas()
    with transaction.atomic():
        state = lock_athlete(run.athlete_id)
        writer = ChunkWriter(run, known_around(run, activities), now=timezone.now())
        for seen in activities:
            writer.take(seen)
        writer.classify(events)
        marks = writer.write(state)
        rows = writer.rows.values()
        results = results_around(run.athlete_id, rows)
        before = official_times(results)
        keep_results(run.athlete_id, rows, results, events)
        if others := [row for row in retimed(rows, before) if row.strava_id not in writer.changed]:
            write_marked(run.athlete_id, others)
            writer.changed |= {row.strava_id: row for row in others}
            marks = Marks(marks.before, others[-1].mark)
        if writer.news and is_in_club(run.athlete_id, results):
            reconcile_parkrun_entries(run.athlete_id)
        oldest = min(activity.start for activity in activities)
        if not run.found:  # the first chunk has the newest activities
            adopt_time_zone(run.athlete_id, next((seen.zone for seen in activities if seen.zone), ""))
        note_place(run, lease, place, found=writer.counted, saved=len(writer.saved) - writer.let_go, oldest=oldest)
    shown = dict.fromkeys([*writer.read, *writer.changed])
    return StoredChunk(marks, [item_of(writer.rows[one]) for one in shown], [item_of(row) for row in writer.saved])


def known_around(run: SyncRun, activities: list[StravaActivity]) -> dict[int, Activity]:
    """The rows of these activities, and of everything else on their days, which the rules judge together."""
    starts = [activity.start for activity in activities]
    days = Q(start__range=(min(starts) - A_DAY_ANYWHERE, max(starts) + A_DAY_ANYWHERE))
    these = Q(strava_id__in=[activity.strava_id for activity in activities])
    return {row.strava_id: row for row in Activity.objects.of(run.athlete_id).filter(days | these)}


@dataclass(slots=True)
class ChunkWriter:
    """A chunk being worked on, together with the rows it touches."""

    run: SyncRun
    rows: dict[int, Activity]
    now: datetime
    read: list[int] = field(default_factory=list)
    changed: dict[int, Activity] = field(default_factory=dict)
    saved: list[Activity] = field(default_factory=list)
    counted: int = 0
    let_go: int = 0
    """Saved by the rules before, and no longer: another of its morning was the parkrun."""
    news: bool = False
    """Whether clubs may have to hear of it at once. A history that comes in is told when its run ends."""

    def take(self, seen: StravaActivity) -> None:
        row = self.rows.get(seen.strava_id)
        if row is None:
            row = self.rows[seen.strava_id] = Activity(athlete_id=self.run.athlete_id, strava_id=seen.strava_id)
        if take_over(row, seen) or row.pk is None:
            self.changed[row.strava_id] = row
            self.news |= row.pk is not None
        self.counted += row.seen_in != self.run.pk
        row.seen_in, row.seen_at = self.run.pk, self.now
        self.read.append(row.strava_id)

    def classify(self, events: Atlas) -> None:
        for row, was_saved in classify(self.rows, self.read, events):
            self.changed[row.strava_id] = row
            self.news |= row.pk is not None or row.start > self.now - NEWS_ANYWHERE
            if row.state == Activity.State.SAVED and not was_saved:
                self.saved.append(row)
            elif was_saved and row.state != Activity.State.SAVED:
                self.let_go += 1

    def write(self, state: AthleteState) -> Marks:
        """The rows that changed, each with a mark of its own. The rest has only been seen again, and goes along."""
        before = state.value
        same = [self.rows[one] for one in dict.fromkeys(self.read) if one not in self.changed]
        if not self.changed:
            Activity.objects.filter(pk__in=[row.pk for row in same]).update(seen_at=self.now, seen_in=self.run.pk)
            return Marks(before, before)
        state.value += len(self.changed)
        state.save(update_fields=["value"])
        for mark, row in enumerate(self.changed.values(), start=before + 1):
            row.mark = mark
        rows = [*self.changed.values(), *same]
        for row in rows:
            row.pk = None  # what is stored is found by Strava's id, so that old and new go in one statement
        Activity.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["athlete", "strava_id"],
            update_fields=[*TAKEN_OVER, *JUDGED, *SEEN, "mark"],
        )
        return Marks(before, state.value)
