"""Execute sendings in this process, as a worker does. Return the rows that the stand-in has and should have."""

from datetime import timedelta
from typing import Any

from simulators.bucket_process import BucketStandIn
from strava_live.activities.models import Activity
from strava_live.bucket.models import BucketConnection, Sending, SentActivity
from strava_live.bucket.rows import PROPERTIES, start_ms, values_of
from strava_live.bucket.sender import claim_sendings
from strava_live.bucket.sending_task import SendingTask
from strava_live.bucket.sendings import start_sending
from strava_live.database import on_database
from strava_live.leases import Lease
from tests.bucket.connected import username_of

LEASE = Lease("this-process", timedelta(seconds=20))


async def send_now(user_id: int, *, reason: str = "asked") -> Sending:
    """Start a sending, execute it to its end or its pause, and return it as it is stored then."""
    sending = await on_database(start_sending)(user_id, reason=Sending.SendingReason(reason))
    return await executed(sending)


async def executed(sending: Sending) -> Sending:
    """Execute a sending to its end or its pause, and return it as it is stored then."""
    row = await execute(sending)
    assert row is not None
    return row


async def execute(sending: Sending) -> Sending | None:
    """Claim a sending, even before its pause ends, and execute it. Return its row, or None if that is gone by then."""
    await Sending.objects.filter(pk=sending.pk).aupdate(wait_until=None)
    (claimed,) = await on_database(claim_sendings)(LEASE, 1)
    assert claimed.pk == sending.pk
    await SendingTask(claimed, LEASE).execute()
    return await Sending.objects.select_related("connection").filter(pk=sending.pk).afirst()


def stored(bucket: BucketStandIn, connection: BucketConnection) -> dict[str, list[list[Any]]]:
    """Return the rows that Bucket has of the person, by the name of the Property. Leave out Properties without rows."""
    return {name: rows for name, rows in bucket.rows_by_name(username_of(connection)).items() if rows}


def should_be_stored(connection: BucketConnection) -> dict[str, list[list[Any]]]:
    """Return the rows that Bucket should have: one for each value of each saved activity."""
    connection.refresh_from_db()
    timestamps = dict(SentActivity.objects.filter(connection=connection).values_list("strava_id", "timestamp_ms"))
    rows: dict[str, list[list[Any]]] = {}
    for activity in Activity.objects.of(connection.user_id).saved().with_result():
        timestamp = timestamps[activity.strava_id]
        assert 0 <= timestamp - start_ms(activity) < 1000
        for kind, values in values_of(activity, sends_start_point=connection.sends_start_point).items():
            rows.setdefault(PROPERTIES[kind].name, []).append([timestamp, *values])
    assert len(set(timestamps.values())) == len(timestamps)
    return {name: sorted(found) for name, found in rows.items()}
