"""What a socket is told first: the run, and the newest activities or those that have changed."""

from typing import Any

from django.utils import timezone

from strava_live.activities.items import item_of
from strava_live.activities.marks import current_mark
from strava_live.activities.models import Activity
from strava_live.protocol import MOST_REPLAYED, MOST_SHOWN, VERSION, SyncHello
from strava_live.sync.models import SyncRun, utc_text


def hello_for(athlete_id: int, after: int | None) -> SyncHello:
    """The mark is read first: what is kept meanwhile is then told twice rather than never."""
    mark = current_mark(athlete_id)
    run = SyncRun.objects.latest(athlete_id)
    if after is None or after > mark:
        rows, complete = newest(athlete_id)
    else:
        rows, complete = changed_since(athlete_id, after)
        mark = mark if complete else rows[-1].mark
    return SyncHello(
        protocol=VERSION,
        server_time=utc_text(timezone.now()) or "",
        run=run.wire() if run else None,
        mark=mark,
        items=[item_of(row) for row in rows],
        complete=complete,
    )


def standing(athlete_id: int) -> tuple[SyncRun | None, int]:
    return SyncRun.objects.latest(athlete_id), current_mark(athlete_id)


def newest(athlete_id: int) -> tuple[list[Activity], bool]:
    rows = list(Activity.objects.of(athlete_id).with_result().newest_first()[: MOST_SHOWN + 1])
    return rows[:MOST_SHOWN], len(rows) <= MOST_SHOWN


def changed_since(athlete_id: int, mark: int) -> tuple[list[Activity], bool]:
    rows = list(Activity.objects.of(athlete_id).with_result().changed_since(mark)[: MOST_REPLAYED + 1])
    return rows[:MOST_REPLAYED], len(rows) <= MOST_REPLAYED


def rows_older_than(athlete_id: int, strava_id: int) -> list[dict[str, Any]]:
    """The next rows of the list after this activity; none when it is not there."""
    place = Activity.objects.of(athlete_id).filter(strava_id=strava_id).first()
    if place is None:
        return []
    older = Activity.objects.of(athlete_id).with_result().older_than(place.start, place.strava_id).newest_first()
    return [item_of(row) for row in older[:MOST_SHOWN]]
