"""What the page My Strava and its socket begin with: the athlete's latest import, and a list of activities."""

from dataclasses import dataclass

from django.utils import timezone

from strava_live.activities.athlete_state import current_mark
from strava_live.activities.items import item_of
from strava_live.activities.models import Activity, ActivityQuerySet
from strava_live.formats import utc_iso
from strava_live.protocol import MOST_REPLAYED, MOST_SHOWN, VERSION, ItemShape, SyncHello
from strava_live.sync.models import SyncRun


@dataclass(frozen=True)
class Snapshot:
    """The latest import that the athlete has started, and activities."""

    mark: int
    """A client that has this snapshot reconnects with this mark, and gets the changes after it."""
    run: SyncRun | None
    rows: list[Activity]
    removed: list[int]
    """Strava's ids of the activities that were removed after the last change that the client knows."""
    complete: bool
    """False if there are more activities than `rows` contains."""

    def hello(self) -> SyncHello:
        return SyncHello(
            protocol=VERSION,
            server_time=utc_iso(timezone.now()),
            run=self.run.wire() if self.run else None,
            mark=self.mark,
            items=[item_of(row) for row in self.rows],
            removed=self.removed,
            complete=self.complete,
        )


def snapshot_of(athlete_id: int, after: int | None = None, *, newest: int = MOST_SHOWN) -> Snapshot:
    """Return the `newest` activities, or with `after` the activities that have changed since.

    `after` is the mark of the last change that the client knows. It is ignored if it is above the athlete's current
    mark. The current mark is read before the activities. So a change that is committed in between may be sent twice,
    but none is missed.
    """
    mark = current_mark(athlete_id)
    run = SyncRun.objects.latest(athlete_id)
    if after is None or after > mark:
        rows, complete = up_to(rows_for_lists(athlete_id).newest_first(), newest)
        return Snapshot(mark, run, rows, [], complete)
    changed = Activity.with_gone.of(athlete_id).with_result().defer("polyline").changed_since(after)
    rows, complete = up_to(changed, MOST_REPLAYED)
    mark = mark if complete else rows[-1].mark
    removed = [row.strava_id for row in rows if row.is_gone]
    return Snapshot(mark, run, [row for row in rows if not row.is_gone], removed, complete)


def hello_for(athlete_id: int, after: int | None) -> SyncHello:
    return snapshot_of(athlete_id, after).hello()


def run_and_mark(athlete_id: int) -> tuple[SyncRun | None, int]:
    return SyncRun.objects.latest(athlete_id), current_mark(athlete_id)


def rows_for_lists(athlete_id: int) -> ActivityQuerySet:
    """Return an athlete's activities with their official times. Routes, most of a row's size, are not loaded."""
    return Activity.objects.of(athlete_id).with_result().defer("polyline")


def up_to(rows: ActivityQuerySet, most: int) -> tuple[list[Activity], bool]:
    """Return at most `most` rows, and True if there are no others."""
    found = list(rows[: most + 1])
    return found[:most], len(found) <= most


def items_older_than(athlete_id: int, strava_id: int) -> list[ItemShape]:
    """Return the next activities after `strava_id` in the athlete's list; [] if that is none of their activities."""
    start = Activity.objects.of(athlete_id).filter(strava_id=strava_id).values_list("start", flat=True).first()
    if start is None:
        return []
    older = rows_for_lists(athlete_id).older_than(start, strava_id).newest_first()
    return [item_of(row) for row in older[:MOST_SHOWN]]
