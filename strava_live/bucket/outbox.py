"""Bring a user's Bucket up to date: delete there what is not saved here, send what has changed, count the rows."""

from collections.abc import Iterable, Mapping, Sequence

from strava_live.bucket.bucket_app import bucket
from strava_live.bucket.changes import (
    Plan,
    count_changes,
    current_connection,
    expected_timestamps,
    next_changes,
    next_to_delete,
    note_complete,
    note_deleted,
    note_kinds,
    note_sent,
    plan_activities,
    send_again,
    with_other_start,
)
from strava_live.bucket.messages import announce_sending
from strava_live.bucket.models import BucketConnection, Sending, SentActivity
from strava_live.bucket.rows import kinds_to_send
from strava_live.bucket.sendings import record_progress
from strava_live.bucket.thing import Home, complete_home, find_or_make_home
from strava_live.bucket_client.errors import BucketAnswerTooLong
from strava_live.bucket_client.shapes import BucketProperty, BucketRow
from strava_live.database import on_database
from strava_live.http.tokens import TokenSource
from strava_live.leases import Lease

FIRST_MS, LAST_MS = 0, 9_000_000_000_000
"""No activity is before the first of these timestamps, or after the last."""


class Outbox:
    """One pass over everything that has changed, for one sending."""

    home: Home | None = None
    """Where the activities are at Bucket. None until that is known."""

    def __init__(self, sending: Sending, lease: Lease, tokens: TokenSource) -> None:
        self.sending = sending
        self.lease = lease
        self.tokens = tokens
        self.bucket = bucket()
        self.may_send_again = True
        """Whether rows that Bucket has not kept may be sent once more in this pass."""

    @property
    def connection(self) -> BucketConnection:
        return self.sending.connection

    @property
    def properties(self) -> Mapping[str, BucketProperty]:
        return self.home.properties if self.home else {}

    async def send_everything(self) -> None:
        """Send and delete until nothing is left to do. Changes that are made meanwhile are sent, too."""
        asked = self.sending.reason == Sending.SendingReason.ASKED
        await self.note_total()
        self.home = await find_or_make_home(self.bucket, self.tokens, self.connection, may_replace=asked)
        await self.note_total()
        while True:
            await self.delete_removed()
            await self.send_changes()
            await self.count_back()
            if await on_database(note_complete)(self.connection):
                return

    async def note_total(self) -> None:
        await self.reload()
        done = self.sending.sent + self.sending.unchanged + self.sending.deleted
        await self.note(total=done + await on_database(count_changes)(self.connection))

    async def note(self, **counts: int) -> None:
        """Record how far the sending has got, and announce it."""
        await on_database(record_progress)(self.sending, self.lease, **counts)
        await announce_sending(self.connection.user_id, self.sending)

    async def reload(self) -> None:
        """Read the connection again: the user may have changed a choice, or have disconnected."""
        connection = self.sending.connection = await on_database(current_connection)(self.connection)
        wanted = kinds_to_send(sends_start_point=connection.sends_start_point)
        if self.home is not None and not self.home.properties.keys() >= set(wanted):
            self.home = await complete_home(self.bucket, self.tokens, connection, self.home.thing_id)

    async def delete_removed(self) -> None:
        """Delete at Bucket what is not saved here any more."""
        while rows := await on_database(next_to_delete)(self.connection):
            await self.delete(rows)
            await self.note(deleted=self.sending.deleted + len(rows))

    async def delete(self, sent: list[SentActivity]) -> None:
        """Delete the rows of these activities at Bucket, then forget that they were sent."""
        await self.delete_rows({row.timestamp_ms: row.kinds for row in sent})
        await on_database(note_deleted)(sent)

    async def delete_rows(self, kinds: Mapping[int, Iterable[str]]) -> None:
        """Delete rows at Bucket: `kinds` has the kinds of values for each timestamp."""
        for kind, there in self.properties.items():
            timestamps = [timestamp for timestamp, of in kinds.items() if kind in of]
            if timestamps:
                await self.bucket.delete_values(self.tokens, there.thing_id, there.id, timestamps)

    async def send_changes(self) -> None:
        """Send the saved activities that have changed, chunk by chunk."""
        await self.reload()
        while activities := await on_database(next_changes)(self.connection):
            if moved := await on_database(with_other_start)(self.connection, activities):
                await self.delete(moved)
            plan = await on_database(plan_activities)(self.connection, activities)
            new = sum(activity.is_new_to_bucket for activity in plan.activities)
            await on_database(note_kinds)(self.connection, plan)
            await self.send(plan)
            await on_database(note_sent)(self.connection, plan)
            await self.note(
                sent=self.sending.sent + new,
                unchanged=self.sending.unchanged + len(plan.activities) - new,
                setbacks=0,
            )
            await self.reload()

    async def send(self, plan: Plan) -> None:
        """Write the values of the plan at Bucket, and delete there the values that the activities no longer have."""
        changed = [activity for activity in plan.activities if activity.is_new_to_bucket]
        for kind, there in self.properties.items():
            values = {activity.sent.timestamp_ms: activity.values.get(kind) for activity in changed}
            rows = [BucketRow(at, in_order(found, there)) for at, found in values.items() if found is not None]
            if rows:
                await self.bucket.put_values(self.tokens, there, rows)
        await self.delete_rows({one.sent.timestamp_ms: one.kinds_without_value for one in changed})

    async def count_back(self) -> None:
        """Count the rows at Bucket, because it may skip some. Send missing ones once more, and delete unknown ones."""
        checked, missing = 0, set[int]()
        all_expected = await on_database(expected_timestamps)(self.connection)
        # If the copies were forgotten meanwhile (forgetting.py), this raises SendingLost: all rows would look unknown.
        await self.note(checked=checked)
        for kind, there in self.properties.items():
            expected = all_expected[kind]
            checked += len(expected)
            if await self.bucket.count_rows(self.tokens, there.thing_id, there.id) == len(expected):
                continue
            present = await self.timestamps_at(there, FIRST_MS, LAST_MS)
            if unknown := sorted(present - expected):
                await self.bucket.delete_values(self.tokens, there.thing_id, there.id, unknown)
            missing |= expected - present
        if missing and self.may_send_again:
            self.may_send_again = False
            await on_database(send_again)(self.connection, missing)
            missing = set()
        await self.note(checked=checked, missing=len(missing))

    async def timestamps_at(self, there: BucketProperty, first: int, last: int) -> set[int]:
        """Return the timestamps that Bucket has from `first` to `last`. Read each half by itself if there are too many
        for one answer.

        Bucket has no pages, and other apps may have written any number of rows.
        """
        try:
            read = await self.bucket.read_values(self.tokens, there.thing_id, there.id, from_ms=first, to_ms=last)
        except BucketAnswerTooLong:
            if first == last:
                raise
            middle = (first + last) // 2
            earlier = await self.timestamps_at(there, first, middle)
            return earlier | await self.timestamps_at(there, middle + 1, last)
        return {row.at_ms for row in read.rows}


def in_order(values: Sequence[float | str], there: BucketProperty) -> tuple[float | str, ...]:
    """Return the values in the order of the Property's dimensions. Only a start point has two: longitude, latitude."""
    ids = [dimension.id for dimension in there.type.dimensions or ()]
    return tuple(reversed(values)) if ids == ["latitude", "longitude"] else tuple(values)
