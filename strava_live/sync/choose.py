"""What an athlete decides about their activities by hand. No rule and no sync says otherwise after that."""

from django.db import transaction

from strava_live.activities.items import item_of
from strava_live.activities.marks import take_marks
from strava_live.activities.models import Activity
from strava_live.protocol import ActivitySaved, ActivityUnsaved, Message

State = Activity.State


class UnknownActivity(LookupError):
    """This athlete has no such activity; somebody else's are nobody's here."""


def save_activity(athlete_id: int, strava_id: int) -> ActivitySaved | ActivityUnsaved:
    return choose(athlete_id, strava_id, State.SAVED)


def unsave_activity(athlete_id: int, strava_id: int) -> ActivitySaved | ActivityUnsaved:
    """Found or saved, it is dismissed."""
    return choose(athlete_id, strava_id, State.DISMISSED)


def choose(athlete_id: int, strava_id: int, state: Activity.State) -> ActivitySaved | ActivityUnsaved:
    with transaction.atomic():
        row = Activity.objects.of(athlete_id).select_for_update().filter(strava_id=strava_id).first()
        if row is None:
            raise UnknownActivity(strava_id)
        if row.state != state or not row.settled:
            row.state, row.settled = state, True
            row.mark = take_marks(athlete_id, 1)[-1]
            row.save(update_fields=["state", "settled", "mark"])
    return told(row)


def unsave_all(athlete_id: int) -> list[Message]:
    """Every saved activity is dismissed; what was only found stays found."""
    with transaction.atomic():
        rows = list(Activity.objects.of(athlete_id).saved().select_for_update().newest_first())
        if not rows:
            return []
        marks = take_marks(athlete_id, len(rows))
        for row, mark in zip(rows, marks, strict=True):
            row.state, row.settled, row.mark = State.DISMISSED, True, mark
        Activity.objects.bulk_update(rows, ["state", "settled", "mark"], batch_size=500)
    return [told(row) for row in rows]


def told(row: Activity) -> ActivitySaved | ActivityUnsaved:
    message = ActivitySaved if row.state == State.SAVED else ActivityUnsaved
    return message(item=item_of(row), mark=row.mark)
