"""Give changed activities their marks, and announce the changes to the athlete's sockets after the commit.

A mark is the number of the last change to an activity, counted for each athlete. Functions that carry out an athlete's
decision call `announce_on_commit` in their transaction, so that no caller has to remember it. Sync runs do not use this
function: they announce each chunk after it was stored (`store.store_and_announce`).
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
"""The most activities that one WebSocket frame carries."""
ROWS_PER_STATEMENT = 500
"""The most activities that one UPDATE statement changes."""


def save_with_marks(athlete_id: int, rows: Sequence[Activity], *fields: str) -> None:
    """Store these fields of the activities, and give each activity a new mark. Needs the athlete's lock."""
    if not rows:
        return
    for row, mark in zip(rows, next_marks(athlete_id, len(rows)), strict=True):
        row.mark = mark
    Activity.objects.bulk_update(rows, [*fields, "mark"], batch_size=ROWS_PER_STATEMENT)


def official_times(results: Iterable[ParkrunResult]) -> dict[int | None, int | None]:
    """Return the official times of results by the id of their activity.

    Call it before the results are changed, and pass what it returns to `with_changed_time` afterwards.
    """
    return {result.activity_id: result.official_time_s for result in results}


def with_changed_time(rows: Iterable[Activity], before: Mapping[int | None, int | None]) -> list[Activity]:
    """Return those activities whose shown time has changed since `before`, which `official_times` returned.

    A parkrun shows its official time if its result has one, otherwise the elapsed time of the recording.
    """
    return [row for row in rows if row.parkrun and shown_time_s(row) != (before.get(row.pk) or row.elapsed_s)]


def decision_message(row: Activity) -> ActivityChange:
    """Return the message about an activity that its athlete has saved or dismissed."""
    message = ActivitySaved if row.state == Activity.State.SAVED else ActivityUnsaved
    return message(item=item_of(row), mark=row.mark)


def update_messages(athlete_id: int, rows: Sequence[Activity]) -> list[ActivityChange]:
    """Return the messages about changed activities. `rows` must be in the order of their marks."""
    if not rows:
        return []
    last = SyncRun.objects.of(athlete_id).history().order_by("-pk").values_list("pk", flat=True).first()
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
    """Split messages into lists that are sent as one frame each: at most ITEMS_PER_FRAME items, with consecutive marks.

    A frame says which marks it covers, so it ends where a mark between two changes is missing.
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
    """Return the mark before the first one that the message covers."""
    return change.mark - items_in(change)
