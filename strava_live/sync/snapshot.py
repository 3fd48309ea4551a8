"""What a socket and the page are told first: the run, and the newest activities or those that have changed."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from strava_live.activities.items import item_of
from strava_live.activities.marks import current_mark
from strava_live.activities.models import Activity, ActivityQuerySet
from strava_live.protocol import MOST_REPLAYED, MOST_SHOWN, VERSION, SyncHello
from strava_live.sync.models import SyncRun, utc_text


@dataclass(frozen=True)
class Snapshot:
    """Where an athlete's own Strava stands."""

    mark: int
    run: SyncRun | None
    rows: list[Activity]
    complete: bool

    def hello(self) -> SyncHello:
        return SyncHello(
            protocol=VERSION,
            server_time=utc_text(timezone.now()) or "",
            run=self.run.wire() if self.run else None,
            mark=self.mark,
            items=[item_of(row) for row in self.rows],
            complete=self.complete,
        )


def snapshot_of(athlete_id: int, after: int | None = None, *, newest: int = MOST_SHOWN) -> Snapshot:
    """Return the activities changed since `after`, or without it the `newest`.

    The mark is read first: what is stored meanwhile is then sent twice rather than never."""
    mark = current_mark(athlete_id)
    run = SyncRun.objects.latest(athlete_id)
    if after is None or after > mark:
        rows, complete = first_of(in_a_list(athlete_id).newest_first(), newest)
    else:
        rows, complete = first_of(in_a_list(athlete_id).changed_since(after), MOST_REPLAYED)
        mark = mark if complete else rows[-1].mark
    return Snapshot(mark, run, rows, complete)


def hello_for(athlete_id: int, after: int | None) -> SyncHello:
    return snapshot_of(athlete_id, after).hello()


def standing(athlete_id: int) -> tuple[SyncRun | None, int]:
    return SyncRun.objects.latest(athlete_id), current_mark(athlete_id)


def in_a_list(athlete_id: int) -> ActivityQuerySet:
    """As rows show them: the official time goes along, the route stays, which is most of what a row weighs."""
    return Activity.objects.of(athlete_id).with_result().defer("polyline")


def first_of(rows: ActivityQuerySet, most: int) -> tuple[list[Activity], bool]:
    """And whether that is all."""
    found = list(rows[: most + 1])
    return found[:most], len(found) <= most


def rows_older_than(athlete_id: int, strava_id: int) -> list[dict[str, Any]]:
    """The next rows of the list after this activity; none when it is not there."""
    start = Activity.objects.of(athlete_id).filter(strava_id=strava_id).values_list("start", flat=True).first()
    if start is None:
        return []
    older = in_a_list(athlete_id).older_than(start, strava_id).newest_first()
    return [item_of(row) for row in older[:MOST_SHOWN]]
