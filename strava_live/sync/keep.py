"""One transaction that keeps a chunk: the activities, what the rules make of them, and how far the run has got.

The number of queries is the same for one activity as for two hundred.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from strava_live.activities.items import item_of
from strava_live.activities.marks import current_mark, take_marks
from strava_live.activities.models import Activity
from strava_live.activities.strava_copy import TAKEN_OVER, take_over
from strava_live.broadcast import Marks
from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.catalogue import catalogue
from strava_live.strava.payloads import Activity as StravaActivity
from strava_live.sync.models import SyncRun
from strava_live.sync.pipeline import Place
from strava_live.sync.runs import Lease, note_place
from strava_live.sync.sift import sift

# All activities of a local day, wherever on earth, start within this of each other.
A_DAY_ANYWHERE = timedelta(hours=50)
SEEN = ("seen_at", "seen_in")
JUDGED = ("state", "parkrun", "event_slug", "event_name", "reasons", "rules_version")


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept, for whoever watches."""

    marks: Marks
    items: list[dict[str, Any]]
    saved: list[dict[str, Any]]


def keep_chunk(run: SyncRun, lease: Lease, activities: list[StravaActivity], place: Place) -> Kept:
    """Raises LeaseLost, and keeps nothing, when the run is no longer ours or is to stop."""
    events = catalogue.atlas()
    with transaction.atomic():
        desk = Desk(run, known_around(run, activities), now=timezone.now())
        for seen in activities:
            desk.take_in(seen)
        desk.sift(events)
        marks = desk.write()
        oldest = min(activity.start for activity in activities)
        note_place(run, lease, place, found=desk.counted, saved=len(desk.saved), oldest=oldest)
    shown = dict.fromkeys([*desk.read, *desk.changed])
    return Kept(marks, [item_of(desk.rows[one]) for one in shown], [item_of(row) for row in desk.saved])


def known_around(run: SyncRun, activities: list[StravaActivity]) -> dict[int, Activity]:
    """The rows of these activities, and of everything else on their days, which the rules judge together."""
    starts = [activity.start for activity in activities]
    days = Q(start__range=(min(starts) - A_DAY_ANYWHERE, max(starts) + A_DAY_ANYWHERE))
    these = Q(strava_id__in=[activity.strava_id for activity in activities])
    return {row.strava_id: row for row in Activity.objects.of(run.athlete_id).filter(days | these)}


@dataclass(slots=True)
class Desk:
    """A chunk being worked on, together with the rows it touches."""

    run: SyncRun
    rows: dict[int, Activity]
    now: datetime
    read: list[int] = field(default_factory=list)
    changed: dict[int, Activity] = field(default_factory=dict)
    saved: list[Activity] = field(default_factory=list)
    counted: int = 0

    def take_in(self, seen: StravaActivity) -> None:
        row = self.rows.get(seen.strava_id)
        if row is None:
            row = self.rows[seen.strava_id] = Activity(athlete_id=self.run.athlete_id, strava_id=seen.strava_id)
        if take_over(row, seen) or row.pk is None:
            self.changed[row.strava_id] = row
        self.counted += row.seen_in != self.run.pk
        row.seen_in, row.seen_at = self.run.pk, self.now
        self.read.append(row.strava_id)

    def sift(self, events: Atlas) -> None:
        for row, was_saved in sift(self.rows, self.read, events):
            self.changed[row.strava_id] = row
            if row.state == Activity.State.SAVED and not was_saved:
                self.saved.append(row)

    def write(self) -> Marks:
        """The rows that changed, each with a mark of its own; the rest has only been seen again."""
        same = [self.rows[one].pk for one in dict.fromkeys(self.read) if one not in self.changed]
        if same:
            Activity.objects.filter(pk__in=same).update(seen_at=self.now, seen_in=self.run.pk)
        if not self.changed:
            mark = current_mark(self.run.athlete_id)
            return Marks(mark, mark)
        marks = take_marks(self.run.athlete_id, len(self.changed))
        for row, mark in zip(self.changed.values(), marks, strict=True):
            row.mark = mark
        Activity.objects.bulk_create(
            self.changed.values(),
            update_conflicts=True,
            unique_fields=["athlete", "strava_id"],
            update_fields=[*TAKEN_OVER, *JUDGED, *SEEN, "mark"],
        )
        return Marks(marks[0] - 1, marks[-1])
