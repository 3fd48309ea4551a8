"""Changes to activities that no run makes. Each is marked in the transaction that keeps it, and told once that is
committed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from strava_live.activities.items import item_of, time_of
from strava_live.activities.marks import take_marks
from strava_live.activities.models import Activity
from strava_live.broadcast import Marks, announce, athlete_group
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.protocol import ActivitiesFound, ActivitySaved, ActivityUnsaved
from strava_live.sync.models import SyncRun

Change = ActivitiesFound | ActivitySaved | ActivityUnsaved

ITEMS_A_FRAME = 200
ROWS_A_STATEMENT = 500


def write_marked(athlete_id: int, rows: Sequence[Activity], *fields: str) -> None:
    """Store these fields of the rows, each row with a mark of its own. In the athlete's turn."""
    if not rows:
        return
    for row, mark in zip(rows, take_marks(athlete_id, len(rows)), strict=True):
        row.mark = mark
    Activity.objects.bulk_update(rows, [*fields, "mark"], batch_size=ROWS_A_STATEMENT)


def official_times(known: Iterable[ParkrunResult]) -> dict[int | None, int | None]:
    """By activity, as they are before results are kept anew."""
    return {result.activity_id: result.official_time_s for result in known}


def retimed(rows: Iterable[Activity], before: Mapping[int | None, int | None]) -> list[Activity]:
    """Those that show another time, because a result with an official one went to them or away from them."""
    return [row for row in rows if row.parkrun and time_of(row) != (before.get(row.pk) or row.elapsed_s)]


def chosen(row: Activity) -> Change:
    """What its athlete has just decided of it."""
    message = ActivitySaved if row.state == Activity.State.SAVED else ActivityUnsaved
    return message(item=item_of(row), mark=row.mark)


def shown_anew(athlete_id: int, rows: Sequence[Activity]) -> list[Change]:
    """Nobody has decided anything of these, but they show something else now. In the order of their marks."""
    if not rows:
        return []
    last = SyncRun.objects.of(athlete_id).order_by("-pk").values_list("pk", flat=True).first()
    parts = (rows[first : first + ITEMS_A_FRAME] for first in range(0, len(rows), ITEMS_A_FRAME))
    return [
        ActivitiesFound(run_id=last or 0, items=[item_of(row) for row in part], mark=part[-1].mark) for part in parts
    ]


async def announce_changes(athlete_id: int, changes: Sequence[Change]) -> None:
    """To every socket of the athlete; only once the changes are committed."""
    for together in frames(changes):
        marks = Marks(mark_before(together[0]), together[-1].mark)
        await announce(athlete_group(athlete_id), together, marks=marks)


def frames(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """As many as fit a frame. A gap between two marks parts them: what lies in it is somebody else's to tell."""
    together: list[Change] = []
    for change in changes:
        if together:
            full = sum(map(items_in, together)) + items_in(change) > ITEMS_A_FRAME
            if full or mark_before(change) != together[-1].mark:
                yield together
                together = []
        together.append(change)
    if together:
        yield together


def items_in(change: Change) -> int:
    return len(change.items) if isinstance(change, ActivitiesFound) else 1


def mark_before(change: Change) -> int:
    return change.mark - items_in(change)
