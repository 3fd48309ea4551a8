"""Changes to activities that no run makes: a mark for each, and an announcement after the commit.

Every function that changes activities calls `announce_on_commit` in its transaction, so that its callers need not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from asgiref.sync import async_to_sync
from django.db import transaction

from strava_live.activities.athlete_state import next_marks
from strava_live.activities.items import item_of, shown_time_s
from strava_live.activities.models import Activity
from strava_live.broadcast import Marks, announce, athlete_group
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.protocol import ActivitiesFound, ActivitySaved, ActivityUnsaved
from strava_live.sync.models import SyncRun

ActivityChange = ActivitiesFound | ActivitySaved | ActivityUnsaved

ITEMS_PER_FRAME = 200
ROWS_PER_STATEMENT = 500


def save_with_marks(athlete_id: int, rows: Sequence[Activity], *fields: str) -> None:
    """Store these fields of the rows, each with a mark of its own. Needs the athlete's lock."""
    if not rows:
        return
    for row, mark in zip(rows, next_marks(athlete_id, len(rows)), strict=True):
        row.mark = mark
    Activity.objects.bulk_update(rows, [*fields, "mark"], batch_size=ROWS_PER_STATEMENT)


def official_times(results: Iterable[ParkrunResult]) -> dict[int | None, int | None]:
    """Return the official times by activity. Call it before the results change, for `with_changed_time`."""
    return {result.activity_id: result.official_time_s for result in results}


def with_changed_time(rows: Iterable[Activity], before: Mapping[int | None, int | None]) -> list[Activity]:
    """Return the parkruns whose shown time has changed, because they gained or lost a result with an official time."""
    return [row for row in rows if row.parkrun and shown_time_s(row) != (before.get(row.pk) or row.elapsed_s)]


def decision_message(row: Activity) -> ActivityChange:
    """Return the message about an activity that its athlete has saved or dismissed."""
    message = ActivitySaved if row.state == Activity.State.SAVED else ActivityUnsaved
    return message(item=item_of(row), mark=row.mark)


def update_messages(athlete_id: int, rows: Sequence[Activity]) -> list[ActivityChange]:
    """Return the messages about activities that look different now. The rows are in the order of their marks."""
    if not rows:
        return []
    last = SyncRun.objects.of(athlete_id).order_by("-pk").values_list("pk", flat=True).first()
    parts = (rows[first : first + ITEMS_PER_FRAME] for first in range(0, len(rows), ITEMS_PER_FRAME))
    return [
        ActivitiesFound(run_id=last or 0, items=[item_of(row) for row in part], mark=part[-1].mark) for part in parts
    ]


def announce_on_commit(athlete_id: int, changes: Sequence[ActivityChange]) -> None:
    """Announce the changes to the athlete's sockets once the current transaction is committed."""
    if changes:
        transaction.on_commit(partial(async_to_sync(announce_changes), athlete_id, changes))


async def announce_changes(athlete_id: int, changes: Sequence[ActivityChange]) -> None:
    for messages in frames(changes):
        marks = Marks(mark_before(messages[0]), messages[-1].mark)
        await announce(athlete_group(athlete_id), messages, marks=marks)


def frames(changes: Sequence[ActivityChange]) -> Iterator[list[ActivityChange]]:
    """Split changes into frames of at most ITEMS_PER_FRAME items, each with consecutive marks.

    A frame says which marks it covers. A gap between two marks belongs to another transaction, which announces it.
    """
    messages: list[ActivityChange] = []
    for change in changes:
        if messages:
            is_full = sum(map(items_in, messages)) + items_in(change) > ITEMS_PER_FRAME
            if is_full or mark_before(change) != messages[-1].mark:
                yield messages
                messages = []
        messages.append(change)
    if messages:
        yield messages


def items_in(change: ActivityChange) -> int:
    return len(change.items) if isinstance(change, ActivitiesFound) else 1


def mark_before(change: ActivityChange) -> int:
    return change.mark - items_in(change)
