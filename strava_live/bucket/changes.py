"""Find out what a sending has to change at Bucket, and note what Bucket has stored. This module uses only the database.

The order makes it safe to end a process at any moment. First a transaction plans: it gives each new activity its
timestamp. Then Bucket is called. Then a transaction notes what Bucket has stored. Without that note, the next process
sends the same rows again, with the same timestamps, and Bucket overwrites them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from strava_live.activities.athlete_state import current_mark
from strava_live.activities.models import Activity, ActivityQuerySet
from strava_live.bucket.models import BucketConnection, SentActivity
from strava_live.bucket.rows import Values, digest_of_values, start_ms, values_of

AT_ONCE = 200
"""How many activities are sent, and noted, together."""
MILLISECONDS = range(1000)
"""What is added to the start of activities that started in the same second, so that each has its own timestamp."""


class ConnectionGone(Exception):
    """The user has disconnected Bucket, or deleted their account: the sending must stop."""


@dataclass(frozen=True, slots=True)
class PlannedActivity:
    """One changed activity, with the values that Bucket is to have of it."""

    sent: SentActivity
    values: Values
    digest: str

    @property
    def is_new_to_bucket(self) -> bool:
        return self.sent.digest != self.digest

    @property
    def kinds_without_value(self) -> set[str]:
        """The kinds of which Bucket may have a row, although the activity has no such value any more."""
        return set(self.sent.kinds) - set(self.values)


@dataclass(frozen=True, slots=True)
class Plan:
    """The next activities to send, in the order of their changes."""

    activities: list[PlannedActivity]
    since: int
    """The mark up to which everything was sent before."""
    mark: int
    """The mark of the last of these changes."""


def saved_activities(user_id: int) -> ActivityQuerySet:
    """Return the activities that the user's Bucket should have."""
    return Activity.objects.of(user_id).saved()


def sent_activities_to_delete(connection: BucketConnection) -> QuerySet[SentActivity]:
    """Return what was sent and is not among the saved activities any more: un-saved, deleted, or gone at Strava."""
    saved = saved_activities(connection.user_id).filter(strava_id=OuterRef("strava_id"))
    return SentActivity.objects.filter(connection=connection).exclude(Exists(saved))


def activities_to_send(connection: BucketConnection) -> ActivityQuerySet:
    """Return the saved activities that have changed since they were sent, or that Bucket may not have stored."""
    unsure = SentActivity.objects.filter(connection=connection, strava_id=OuterRef("strava_id"), digest="")
    changed = Q(mark__gt=connection.sent_mark) | Q(Exists(unsure))
    return saved_activities(connection.user_id).filter(changed)


def count_changes(connection: BucketConnection) -> int:
    """Return how many activities a sending has to process: changed ones, and ones to delete."""
    return activities_to_send(connection).count() + sent_activities_to_delete(connection).count()


def has_changes(connection: BucketConnection) -> bool:
    return activities_to_send(connection).exists() or sent_activities_to_delete(connection).exists()


def next_to_delete(connection: BucketConnection) -> list[SentActivity]:
    """Return the next activities whose rows are to be deleted at Bucket."""
    return list(sent_activities_to_delete(connection).order_by("pk")[:AT_ONCE])


def note_deleted(rows: Iterable[SentActivity]) -> None:
    """Forget activities whose rows Bucket has deleted. A later sending may give their timestamps to others."""
    SentActivity.objects.filter(pk__in=[row.pk for row in rows]).delete()


def next_changes(connection: BucketConnection) -> list[Activity]:
    """Return the next activities to send, in the order of their changes."""
    return list(activities_to_send(connection).with_result().order_by("mark")[:AT_ONCE])


def with_other_start(connection: BucketConnection, activities: Sequence[Activity]) -> list[SentActivity]:
    """Return what was sent of these activities under a start that they no longer have.

    Their timestamps are wrong now, so their rows are deleted at Bucket before they are sent again.
    """
    starts = {activity.strava_id: start_ms(activity) for activity in activities}
    sent = SentActivity.objects.filter(connection=connection, strava_id__in=starts)
    return [row for row in sent if row.timestamp_ms - starts[row.strava_id] not in MILLISECONDS]


def plan_activities(connection: BucketConnection, activities: Sequence[Activity]) -> Plan:
    """Give each activity that was never sent its timestamp, and return what Bucket should have of all of them.

    Raise ConnectionGone if the connection was deleted meanwhile.
    """
    with transaction.atomic():
        locked_connection(connection)
        sent = sent_by_strava_id(connection, activities)
        fresh = [activity for activity in activities if activity.strava_id not in sent]
        taken = taken_timestamps(connection, fresh)
        for activity in fresh:
            first = start_ms(activity)
            timestamp = next(first + extra for extra in MILLISECONDS if first + extra not in taken)
            taken.add(timestamp)
            sent[activity.strava_id] = SentActivity(
                connection=connection, strava_id=activity.strava_id, timestamp_ms=timestamp
            )
        SentActivity.objects.bulk_create([sent[activity.strava_id] for activity in fresh])
    planned = []
    for activity in activities:
        values = values_of(activity, sends_start_point=connection.sends_start_point)
        planned.append(PlannedActivity(sent[activity.strava_id], values, digest_of_values(values)))
    return Plan(planned, since=connection.sent_mark, mark=max(connection.sent_mark, activities[-1].mark))


def sent_by_strava_id(connection: BucketConnection, activities: Sequence[Activity]) -> dict[int, SentActivity]:
    ids = [activity.strava_id for activity in activities]
    return {row.strava_id: row for row in SentActivity.objects.filter(connection=connection, strava_id__in=ids)}


def taken_timestamps(connection: BucketConnection, activities: Sequence[Activity]) -> set[int]:
    """Return the timestamps that sent activities have, from the first of these starts to the last."""
    if not activities:
        return set()
    starts = [start_ms(activity) for activity in activities]
    near = SentActivity.objects.filter(
        connection=connection, timestamp_ms__gte=min(starts), timestamp_ms__lt=max(starts) + len(MILLISECONDS)
    )
    return set(near.values_list("timestamp_ms", flat=True))


def note_kinds(connection: BucketConnection, plan: Plan) -> None:
    """Note, before Bucket is called, the kinds of which Bucket may have rows from now on.

    If the sending is cut off and the activity is removed, the next sending then knows what to delete.
    """
    changed = []
    for activity in plan.activities:
        kinds = sorted(set(activity.sent.kinds) | set(activity.values))
        if activity.is_new_to_bucket and (kinds != activity.sent.kinds or activity.sent.digest):
            activity.sent.kinds, activity.sent.digest = kinds, ""
            changed.append(activity.sent)
    with transaction.atomic():
        locked_connection(connection)
        SentActivity.objects.bulk_update(changed, ["kinds", "digest"])


def note_sent(connection: BucketConnection, plan: Plan) -> None:
    """Note that Bucket has stored the values of the planned activities. Raise ConnectionGone without a connection."""
    now, changed = timezone.now(), []
    for activity in plan.activities:
        if activity.is_new_to_bucket:
            activity.sent.kinds = sorted(activity.values)
            activity.sent.digest, activity.sent.sent_at = activity.digest, now
            changed.append(activity.sent)
    with transaction.atomic():
        row = locked_connection(connection)
        SentActivity.objects.bulk_update(changed, ["kinds", "digest", "sent_at"])
        if (row.sent_mark, row.sends_start_point) == (plan.since, connection.sends_start_point):
            # If they differ, the user has changed a choice meanwhile, and everything has to be compared again.
            row.sent_mark = plan.mark
            row.save(update_fields=["sent_mark"])


def current_connection(connection: BucketConnection) -> BucketConnection:
    """Return the connection as it is in the database. Raise ConnectionGone if it was deleted."""
    row = BucketConnection.objects.filter(pk=connection.pk).first()
    if row is None:
        raise ConnectionGone
    return row


def locked_connection(connection: BucketConnection) -> BucketConnection:
    """Lock the row of the connection, and return it. Raise ConnectionGone if it was deleted."""
    row = BucketConnection.objects.select_for_update().filter(pk=connection.pk).first()
    if row is None:
        raise ConnectionGone
    return row


def expected_timestamps(connection: BucketConnection) -> dict[str, set[int]]:
    """Return the timestamps of the rows that Bucket should have, by kind of value."""
    expected = defaultdict[str, set[int]](set)
    sent = SentActivity.objects.filter(connection=connection).exclude(digest="")
    for timestamp, kinds in sent.values_list("timestamp_ms", "kinds"):
        for kind in kinds:
            expected[kind].add(timestamp)
    return expected


def send_again(connection: BucketConnection, timestamps: Iterable[int]) -> None:
    """Have the sending send the activities with these timestamps again, although their values have not changed."""
    ordered = sorted(timestamps)
    with transaction.atomic():
        locked_connection(connection)
        sent = SentActivity.objects.filter(connection=connection)
        for first in range(0, len(ordered), AT_ONCE):
            sent.filter(timestamp_ms__in=ordered[first : first + AT_ONCE]).update(digest="")


def note_complete(connection: BucketConnection) -> bool:
    """Note that everything was sent up to the last change. Return False if there are changes to send.

    Changes to activities that are not saved raise the mark, too. Without this note, the job in following.py would
    process the connection again and again.
    """
    mark = current_mark(connection.user_id)
    with transaction.atomic():
        row = locked_connection(connection)
        if has_changes(row):
            return False
        if row.sent_mark < mark:
            row.sent_mark = mark
            row.save(update_fields=["sent_mark"])
    return True
